import type { ComponentRef } from './component.ts';
import type { Location } from './evidence.ts';
import type { Facts } from './observation.ts';
import type { Confidence, Severity } from './severity.ts';

/** `open` counts for the gate; the others stay in every output with who said so and why. */
export type FindingStatus = 'open' | 'waived' | 'baselined' | 'not-affected' | 'fixed' | 'under-investigation' | 'disabled';

/**
 * A fact that a rule holds against a component. No prose: reporters render `args` through the
 * text of `rules/findings/<ruleId>.yaml`.
 */
export interface Finding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly status: FindingStatus;
  readonly component?: ComponentRef;
  /** Exactly one primary location. */
  readonly location: Location;
  readonly related: readonly Location[];
  /** Values for the rule's message template. Never a secret. */
  readonly args: Facts;
  /** Rule, component and normalised evidence, without line numbers: stable when code moves. */
  readonly fingerprint: string;
  /** Why it is not open: reason and source of a waiver, baseline or VEX statement. */
  readonly suppression?: {
    readonly kind: 'waiver' | 'inline' | 'baseline' | 'vex' | 'config';
    readonly reason: string;
    readonly source: string;
    readonly expires?: string;
  };
}

/** What a rule returns; the pipeline adds status and fingerprint. */
export type DraftFinding = Omit<Finding, 'status' | 'fingerprint' | 'suppression' | 'related'> & {
  readonly related?: readonly Location[];
  /** What tells two findings of one rule at one component apart, beside path and args. */
  readonly subject?: string;
};
