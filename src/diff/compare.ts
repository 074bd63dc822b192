import { atLeast, severityRank, type Severity } from '../core/severity.ts';
import { STANDARD_FACTS, type FindingItem, type Item, type Snapshot } from './snapshot.ts';

export interface Change {
  readonly field: string;
  /** Absent where the side says nothing. */
  readonly old?: string;
  readonly new?: string;
}

interface ChangedItem {
  readonly item: Item;
  readonly changes: readonly Change[];
}

export interface Diff {
  readonly old: string;
  readonly new: string;
  readonly components: {
    readonly added: readonly Item[];
    readonly removed: readonly Item[];
    readonly changed: readonly ChangedItem[];
    readonly unchanged: number;
  };
  /** Absent where one side holds no findings: they cannot be compared. */
  readonly findings?: { readonly new: readonly FindingItem[]; readonly gone: readonly FindingItem[]; readonly unchanged: number };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byItem = (a: Item, b: Item): number => byText(a.kind, b.kind) || byText(a.name, b.name) || byText(a.version ?? '', b.version ?? '');

function group<T>(items: readonly T[], key: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    if (name === undefined) continue;
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [item]);
    else known.push(item);
  }
  return groups;
}

/** Pairs of one key: first those of the same version, then in order. One name may be there in several versions. */
function pair(olds: readonly Item[], news: readonly Item[], match: (old: Item, item: Item) => void): void {
  const free = [...news];
  const rest = olds.filter((old) => {
    const at = free.findIndex((item) => item.version === old.version);
    const [found] = at < 0 ? [] : free.splice(at, 1);
    if (found !== undefined) match(old, found);
    return found === undefined;
  });
  for (const old of rest) {
    const next = free.shift();
    if (next !== undefined) match(old, next);
  }
}

function changesOf(old: Item, item: Item, all: boolean): Change[] {
  const changes: Change[] = [];
  const note = (field: string, before: string | undefined, after: string | undefined): void => {
    // SPDX ids are compared without case (annex D of the specification), and tools write them as they like.
    const same = field === 'licence' ? before?.toLowerCase() === after?.toLowerCase() : before === after;
    if (!same) changes.push({ field, ...(before === undefined ? {} : { old: before }), ...(after === undefined ? {} : { new: after }) });
  };
  note('version', old.version, item.version);
  const fields = [...new Set([...Object.keys(old.facts), ...Object.keys(item.facts)])].sort();
  for (const field of fields) {
    const known = all || (STANDARD_FACTS.has(field) && Object.hasOwn(old.facts, field) && Object.hasOwn(item.facts, field));
    if (known)
      note(
        field,
        Object.hasOwn(old.facts, field) ? old.facts[field] : undefined,
        Object.hasOwn(item.facts, field) ? item.facts[field] : undefined,
      );
  }
  return changes;
}

function compareFindings(olds: readonly FindingItem[], news: readonly FindingItem[]): NonNullable<Diff['findings']> {
  const before = new Set(olds.filter((finding) => finding.open).map((finding) => finding.key));
  const after = new Set(news.filter((finding) => finding.open).map((finding) => finding.key));
  const sorted = (findings: readonly FindingItem[]): FindingItem[] =>
    [...findings].sort(
      (a, b) =>
        severityRank(b.severity) - severityRank(a.severity) ||
        byText(a.ruleId, b.ruleId) ||
        byText(a.place, b.place) ||
        byText(a.key, b.key),
    );
  return {
    new: sorted(news.filter((finding) => finding.open && !before.has(finding.key))),
    gone: sorted(olds.filter((finding) => finding.open && !after.has(finding.key))),
    unchanged: [...after].filter((key) => before.has(key)).length,
  };
}

/** What came, went and changed between two documents. */
export function compare(old: Snapshot, next: Snapshot): Diff {
  const pairs: (readonly [Item, Item])[] = [];
  const left = new Set(old.items);
  const right = new Set(next.items);
  const match = (before: Item, after: Item): void => {
    pairs.push([before, after]);
    left.delete(before);
    right.delete(after);
  };
  // By key first; what is left, by package URL: two tools may call one thing by two kinds.
  for (const key of [(item: Item) => item.key, (item: Item) => item.purl]) {
    const news = group([...right], key);
    for (const [name, olds] of group([...left], key)) pair(olds, news.get(name) ?? [], match);
  }
  const all = old.source === next.source && old.source !== 'bom';
  const changed = pairs
    .map(([before, item]) => ({ item, changes: changesOf(before, item, all) }))
    .filter(({ changes }) => changes.length > 0);
  return {
    old: old.label,
    new: next.label,
    components: {
      added: [...right].sort(byItem),
      removed: [...left].sort(byItem),
      changed: changed.sort((a, b) => byItem(a.item, b.item)),
      unchanged: pairs.length - changed.length,
    },
    ...(old.findings === undefined || next.findings === undefined ? {} : { findings: compareFindings(old.findings, next.findings) }),
  };
}

/** The exit code of `assay diff`: 1 where a new open finding is at or above the floor. */
export const exitCodeOf = (diff: Diff, failOn: Severity | 'none'): 0 | 1 =>
  failOn !== 'none' && (diff.findings?.new ?? []).some((finding) => atLeast(finding.severity, failOn)) ? 1 : 0;
