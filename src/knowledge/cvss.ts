import type { Severity } from '../core/severity.ts';
import { cvss4Score } from './cvss4.ts';

const VALUES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
};
const PRIVILEGES = { unchanged: { N: 0.85, L: 0.62, H: 0.27 }, changed: { N: 0.85, L: 0.68, H: 0.5 } } as const;

/** Rounding of CVSS 3.1, appendix A: up to one decimal, in integers so that 4.000001 does not become 4.1. */
function roundUp(value: number): number {
  const integer = Math.round(value * 100_000);
  return integer % 10_000 === 0 ? integer / 100_000 : (Math.floor(integer / 10_000) + 1) / 10;
}

/**
 * Base score of a CVSS 3.0 or 3.1 vector (https://www.first.org/cvss/v3-1/specification-document, 7.1);
 * `undefined` for anything else.
 */
export function cvss3Score(vector: string): number | undefined {
  const [version, ...parts] = vector.split('/');
  if (version !== 'CVSS:3.0' && version !== 'CVSS:3.1') return undefined;
  const metrics = new Map(parts.map((part) => [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)]));
  const value = (name: string): number => VALUES[name]?.[metrics.get(name) ?? ''] ?? Number.NaN;
  const changed = metrics.get('S') === 'C';
  const privileges = (changed ? PRIVILEGES.changed : PRIVILEGES.unchanged)[(metrics.get('PR') ?? '') as 'N' | 'L' | 'H'] ?? Number.NaN;
  const base = 1 - (1 - value('C')) * (1 - value('I')) * (1 - value('A'));
  const impact = changed ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  const exploitability = 8.22 * value('AV') * value('AC') * privileges * value('UI');
  if (Number.isNaN(impact + exploitability)) return undefined;
  if (impact <= 0) return 0;
  return roundUp(Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10));
}

/** Qualitative scale, the same in CVSS 3.1 (section 5) and 4.0 (section 6). */
export function cvssSeverity(vector: string): Severity | undefined {
  const score = cvss3Score(vector) ?? cvss4Score(vector);
  if (score === undefined) return undefined;
  return score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : score > 0 ? 'low' : 'info';
}
