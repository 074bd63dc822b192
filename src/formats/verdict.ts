import type { Verdict } from '../core/component.ts';
import type { ArtifactFinding } from './format.ts';

/** Best first. `suspicious` is worse than `incomplete`: something was seen. */
const ORDER: readonly Verdict[] = ['clean', 'incomplete', 'suspicious', 'malicious'];

export const verdictRank = (verdict: Verdict): number => ORDER.indexOf(verdict);

const worstVerdict = (a: Verdict, b: Verdict): Verdict => (verdictRank(a) >= verdictRank(b) ? a : b);

/** The worst that any finding says; `clean` where none says anything. */
export const verdictOf = (findings: readonly ArtifactFinding[]): Verdict =>
  findings.reduce<Verdict>((verdict, finding) => worstVerdict(verdict, finding.verdict ?? 'clean'), 'clean');
