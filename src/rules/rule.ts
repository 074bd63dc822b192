import type { DraftFinding } from '../core/finding.ts';
import type { Inventory } from '../core/inventory.ts';
import type { ArtifactReport, IntegrityResult } from '../core/report.ts';
import type { ArtifactFinding } from '../formats/format.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { Advisory } from '../knowledge/osv.ts';
import type { Policy } from '../policy/policy.ts';

/** Everything a rule may look at. Plain values; rules are pure. */
export interface RuleInput {
  readonly inventory: Inventory;
  readonly artifacts: readonly (ArtifactReport & { readonly findings: readonly ArtifactFinding[] })[];
  readonly integrity: readonly IntegrityResult[];
  readonly knowledge: Knowledge;
  /** Today, ISO date, from the injected clock. */
  readonly today: string;
  /** What the user's configuration allows and asks for. Rules that judge by it say nothing without it. */
  readonly policy?: Policy;
  /** What the OSV service said of the libraries, where it was asked (`--online`). */
  readonly advisories?: readonly Advisory[];
}

/**
 * What a rule found at one place. Severity and confidence are those of `rules/findings/<id>.yaml`
 * unless the rule knows better; confidence is an upper bound then, not a promise.
 */
export type Hit = Omit<DraftFinding, 'ruleId' | 'severity' | 'confidence'> & Partial<Pick<DraftFinding, 'severity' | 'confidence'>>;

/** One rule, one file; the file name is the id. Text, severity and mappings stand in `rules/findings/<id>.yaml`. */
export interface Rule {
  readonly id: string;
  readonly check: (input: RuleInput) => readonly Hit[];
}

export const defineRule = (rule: Rule): Rule => rule;
