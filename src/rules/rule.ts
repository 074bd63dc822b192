import type { DraftFinding } from '../core/finding.ts';
import type { Inventory } from '../core/inventory.ts';
import type { ArtifactReport, IntegrityResult } from '../core/report.ts';
import type { ArtifactFinding } from '../formats/format.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';

/** Everything a rule may look at. Plain values; rules are pure. */
export interface RuleInput {
  readonly inventory: Inventory;
  readonly artifacts: readonly (ArtifactReport & { readonly findings: readonly ArtifactFinding[] })[];
  readonly integrity: readonly IntegrityResult[];
  readonly knowledge: Knowledge;
  /** Today, ISO date, from the injected clock. */
  readonly today: string;
}

/** One rule, one file; the file name is the id. Text, severity and mappings stand in `rules/findings/<id>.yaml`. */
export interface Rule {
  readonly id: string;
  readonly check: (input: RuleInput) => readonly DraftFinding[];
}

export const defineRule = (rule: Rule): Rule => rule;
