import type { Report } from '../core/report.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { Policy } from '../policy/index.ts';
import type { AdvisoryLookup } from '../registries/advisories.ts';
import type { RuleTexts } from '../reporters/text/rule-text.ts';
import type { Changes } from './changes.ts';
import type { Context } from './context.ts';
import type { GitHub } from './github.ts';
import type { Inputs } from './inputs.ts';

/** What a run is given. */
export interface Run {
  readonly inputs: Inputs;
  readonly context: Context;
  readonly knowledge: Knowledge;
  readonly now: Date;
  /** Writes to the step's log. */
  readonly write: (text: string) => void;
  /** Absent without a token. Loaded when it is needed: a run that asks nothing of GitHub starts faster. */
  readonly github?: () => Promise<GitHub>;
  /** With `online`. */
  readonly advisories?: AdvisoryLookup;
}

/** What it comes to. */
export interface Outcome {
  readonly head: Report;
  /** Against the base; absent where there was nothing to compare with. */
  readonly changes: Changes | undefined;
  readonly policy: Policy;
  /** The configuration that judges this pull request is changed by it. */
  readonly policyChanged: boolean;
  readonly texts: RuleTexts;
  readonly failed: boolean;
  /** The pull request was looked at: its comment may be written. */
  readonly ofPullRequest: boolean;
}
