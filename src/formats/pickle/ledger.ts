import type { Verdict } from '../../core/component.ts';
import type { FactValue } from '../../core/observation.ts';
import { severityRank, type Confidence, type Severity } from '../../core/severity.ts';
import type { ArtifactFinding } from '../format.ts';

/** Different findings of one pickle file. */
const MAX_FINDINGS = 200;

export type PickleRule = 'unsafe-artifact' | 'pickle-code-object' | 'pickle-anomaly' | 'pickle-unknown-class';

export interface Entry {
  readonly rule: PickleRule;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly verdict?: Exclude<Verdict, 'clean'>;
  readonly offset: number;
  /** What makes two sightings the same finding. */
  readonly args: Readonly<Record<string, FactValue>>;
  /** Shown from the first sighting only. */
  readonly detail?: Readonly<Record<string, FactValue>>;
}

/** Collects findings; the same fact at many offsets is one finding with a count. */
export class Ledger {
  readonly #entries = new Map<string, { entry: Entry; count: number }>();

  add(entry: Entry): void {
    const key = `${entry.rule}\0${entry.verdict ?? ''}\0${JSON.stringify(entry.args)}`;
    const known = this.#entries.get(key);
    if (known) {
      known.count += 1;
      if (severityRank(entry.severity) > severityRank(known.entry.severity)) known.entry = { ...entry, offset: known.entry.offset };
    } else if (this.#entries.size < MAX_FINDINGS || entry.verdict === 'malicious') this.#entries.set(key, { entry, count: 1 });
  }

  get malicious(): boolean {
    for (const { entry } of this.#entries.values()) if (entry.verdict === 'malicious') return true;
    return false;
  }

  findings(): ArtifactFinding[] {
    const worst = [...this.#entries.values()].sort(
      (a, b) => severityRank(b.entry.severity) - severityRank(a.entry.severity) || a.entry.offset - b.entry.offset,
    );
    return worst.slice(0, MAX_FINDINGS).map(({ entry, count }) => ({
      ruleId: entry.rule,
      severity: entry.severity,
      confidence: entry.confidence,
      ...(entry.verdict === undefined ? {} : { verdict: entry.verdict }),
      offset: entry.offset,
      args: { ...entry.args, ...entry.detail, ...(count > 1 ? { count } : {}) },
    }));
  }
}
