import type { FactValue } from '../../core/observation.ts';
import type { Snapshot } from '../snapshot.ts';

/** What an audit sees beside the two snapshots. */
export interface DriftInput {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** `false`: the commit of the last audit is no ancestor of today's. */
  readonly descends?: boolean | undefined;
}

/** One thing that is not as it was. `rule` is the finding's id. */
export interface DriftChange {
  readonly rule: string;
  /** File concerned; absent where it is the repository. */
  readonly path?: string;
  readonly before: FactValue;
  readonly after: FactValue;
}

/** Detects one kind of change. Pure. */
export type Detector = (input: DriftInput) => readonly DriftChange[];

/** A change of one value; nothing where it is the same or a side does not know it. */
export const changed = (rule: string, before: FactValue | undefined, after: FactValue | undefined): DriftChange[] =>
  before === undefined || after === undefined || before === after ? [] : [{ rule, before, after }];

export const listed = (items: readonly string[]): string => (items.length === 0 ? 'none' : [...items].sort().join(', '));
