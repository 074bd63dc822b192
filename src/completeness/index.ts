import type { Report } from '../core/report.ts';
import type { CompletenessElement } from '../knowledge/completeness.ts';
import type { Declarations } from '../policy/policy.ts';
import { derivations, type Share } from './derive.ts';

export type CompletenessStatus = 'derived' | 'declared' | 'unknown' | 'not-applicable';

export interface CompletenessEntry {
  readonly id: string;
  readonly framework: CompletenessElement['framework'];
  readonly cluster: string;
  readonly title: string;
  readonly status: CompletenessStatus;
  /** How many of the models, data sets … say it, where it is about each of them. */
  readonly share?: Share;
  /** What fills it; only where it is unknown. */
  readonly todo?: string;
}

export interface Completeness {
  readonly entries: readonly CompletenessEntry[];
  /** By framework: elements that are known, of those that apply. */
  readonly score: Readonly<Record<CompletenessElement['framework'], Share>>;
}

const camel = (key: string): string => key.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Clusters that are about things which a system may not have at all. */
const ABOUT: Readonly<Record<string, (report: Report) => boolean>> = {
  models: (report) => report.components.some(({ kind }) => kind === 'model' || kind === 'artifact'),
  datasets: (report) => report.components.some(({ kind }) => kind === 'dataset'),
};

function entryOf(element: CompletenessElement, report: Report, declarations: Declarations): CompletenessEntry {
  const { id, framework, cluster, title, from, declare, todo } = element;
  const base = { id, framework, cluster, title };
  const derived = from === undefined ? undefined : derivations[from](report);
  if (derived && derived.total > 0 && derived.known === derived.total)
    return { ...base, status: 'derived', ...(derived.total > 1 ? { share: derived } : {}) };
  if (declare !== undefined && declarations[camel(declare)] !== undefined) return { ...base, status: 'declared' };
  if (derived?.total === 0 || ABOUT[cluster]?.(report) === false) return { ...base, status: 'not-applicable' };
  return { ...base, status: 'unknown', ...(derived && derived.total > 1 ? { share: derived } : {}), todo };
}

const scoreOf = (entries: readonly CompletenessEntry[], framework: CompletenessElement['framework']): Share => {
  const applicable = entries.filter((entry) => entry.framework === framework && entry.status !== 'not-applicable');
  return { known: applicable.filter((entry) => entry.status !== 'unknown').length, total: applicable.length };
};

/** What of the minimum elements a report says, from the tree or by declaration, and what fills the rest. */
export function completenessOf(report: Report, elements: readonly CompletenessElement[], declarations: Declarations = {}): Completeness {
  const entries = elements.map((element) => entryOf(element, report, declarations));
  return { entries, score: { g7: scoreOf(entries, 'g7'), owasp: scoreOf(entries, 'owasp') } };
}
