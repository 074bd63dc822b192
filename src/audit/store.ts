import type { Report } from '../core/report.ts';
import type { Severity } from '../core/severity.ts';
import type { Surveyed } from '../crawlers/artifacts/survey.ts';
import type { Snapshot } from './snapshot.ts';

/** Counts of open findings of one audit of one target. */
export type Counts = Readonly<Record<Severity, number>>;

/** One target at one audit, as the history keeps it. */
export interface AuditEntry {
  readonly target: string;
  /** Id of the audit that it belongs to. */
  readonly audit: string;
  /** ISO 8601. */
  readonly time: string;
  readonly status: Snapshot['status'];
  readonly reason?: string;
  readonly commit?: string;
  readonly open: Counts;
  /** Open findings `drift-*`. */
  readonly drift: number;
  readonly bytes: number;
  readonly requests: number;
}

export interface AuditRecord {
  readonly entry: AuditEntry;
  readonly snapshot: Snapshot;
  readonly report: Report;
}

/** Inspections by digest: one blob is inspected once for the whole fleet. */
export interface ArtifactCache {
  get(key: string): Promise<Surveyed | undefined>;
  set(key: string, value: Surveyed): Promise<void>;
}

/** A target of the fleet with its past, newest last. */
export interface TargetHistory {
  readonly target: string;
  readonly entries: readonly AuditEntry[];
}

/** Where audits remember. Every write is whole or not there: a killed process leaves nothing half. */
export interface AuditStore {
  readonly artifacts: ArtifactCache;
  /** The audit that a killed process left unfinished, or a new one with these targets. */
  begin(
    id: string,
    specs: readonly string[],
    targets: () => Promise<readonly string[]>,
  ): Promise<{ readonly id: string; readonly targets: readonly string[]; readonly resumed: boolean }>;
  /** Whether the audit has this target's result already. */
  done(audit: string, target: string): Promise<boolean>;
  /** Newest record with a snapshot; what the next audit compares with. */
  last(target: string): Promise<AuditRecord | undefined>;
  /** Keeps a result; exactly one per audit and target: a second one changes nothing and resolves to false. */
  record(record: AuditRecord): Promise<boolean>;
  finish(audit: string): Promise<void>;
  /** Everything that is known, sorted by target. */
  fleet(): Promise<readonly TargetHistory[]>;
  close(): Promise<void>;
}

/** Entries of one target that are kept: a year of daily audits. */
export const MAX_HISTORY = 400;
