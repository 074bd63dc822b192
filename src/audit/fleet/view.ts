import { SEVERITIES, type Severity } from '../../core/severity.ts';
import type { Finding } from '../../core/finding.ts';
import type { AuditEntry, Counts, TargetHistory } from '../store.ts';

export interface FleetFinding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place: string;
}

/** One target as the page shows it. */
export interface FleetTarget {
  readonly target: string;
  readonly owner: string;
  readonly latest: AuditEntry;
  /** Open findings of the last audits, oldest first. */
  readonly trend: readonly number[];
  readonly worst?: Severity;
  /** Findings that the audit before did not have. */
  readonly fresh: readonly FleetFinding[];
}

export interface Fleet {
  /** Time of the newest audit, ISO 8601. */
  readonly time: string;
  readonly targets: readonly FleetTarget[];
  readonly owners: readonly { readonly owner: string; readonly targets: number; readonly open: Counts; readonly drift: number }[];
  /** Open findings of the whole fleet after each audit, oldest first. */
  readonly trend: readonly {
    readonly audit: string;
    readonly time: string;
    readonly targets: number;
    readonly open: number;
    readonly drift: number;
  }[];
  readonly open: Counts;
  readonly notAudited: number;
}

/** Audits that the trend shows. */
export const TREND = 12;

export const total = (counts: Counts): number => SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
const worstOf = (counts: Counts): Severity | undefined => SEVERITIES.find((severity) => counts[severity] > 0);
const add = (a: Counts, b: Counts): Counts =>
  Object.fromEntries(SEVERITIES.map((severity) => [severity, a[severity] + b[severity]])) as Record<Severity, number>;
const none = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
/** Whose it is: an account of a hub, a namespace of Ollama (its own library where there is none), a host and its first folder. */
const ownerOf = (target: string): string =>
  /^(?:hf:\/\/(?:datasets\/|spaces\/)?|github:)([^/@]+)/.exec(target)?.[1] ??
  /^oci:([^/]+\/[^/@:]+)/.exec(target)?.[1] ??
  (target.startsWith('ollama:') ? (/^ollama:(.+)\//.exec(target)?.[1] ?? 'ollama') : target);

/** Worst first: by the counts from critical down, then by what changed, then by name. */
function compare(a: FleetTarget, b: FleetTarget): number {
  for (const severity of SEVERITIES) {
    const difference = b.latest.open[severity] - a.latest.open[severity];
    if (difference !== 0) return difference;
  }
  return b.latest.drift - a.latest.drift || (a.target < b.target ? -1 : 1);
}

/**
 * Open findings of the whole fleet at the end of each audit. An audit of some targets leaves the others as they were,
 * so that audits of two owners in turn are no ups and downs.
 */
function trendOf(histories: readonly TargetHistory[]): Fleet['trend'] {
  const audits = new Map<string, { readonly audit: string; readonly time: string; readonly drift: number }>();
  for (const { audit, time, drift } of histories.flatMap(({ entries }) => entries)) {
    const known = audits.get(audit);
    audits.set(audit, { audit, time: known && known.time > time ? known.time : time, drift: drift + (known?.drift ?? 0) });
  }
  return [...audits.values()]
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.audit < b.audit ? -1 : 1))
    .slice(-TREND)
    .map((audit) => {
      const then = histories.flatMap(({ entries }) => entries.findLast(({ time }) => time <= audit.time) ?? []);
      return { ...audit, targets: then.length, open: then.reduce((sum, { open }) => sum + total(open), 0) };
    });
}

/** `findings` gives the findings of a target's newest report that are new in it. */
export function fleetOf(histories: readonly TargetHistory[], findings: ReadonlyMap<string, readonly FleetFinding[]>): Fleet {
  const targets = histories.flatMap(({ target, entries }): FleetTarget[] => {
    const latest = entries.at(-1);
    if (!latest) return [];
    const worst = worstOf(latest.open);
    return [
      {
        target,
        owner: ownerOf(target),
        latest,
        trend: entries.slice(-TREND).map((entry) => total(entry.open)),
        ...(worst === undefined ? {} : { worst }),
        fresh: findings.get(target) ?? [],
      },
    ];
  });
  const owners = new Map<string, { targets: number; open: Counts; drift: number }>();
  for (const { owner, latest } of targets) {
    const known = owners.get(owner) ?? { targets: 0, open: none, drift: 0 };
    owners.set(owner, { targets: known.targets + 1, open: add(known.open, latest.open), drift: known.drift + latest.drift });
  }
  return {
    time: targets.reduce((newest, { latest }) => (latest.time > newest ? latest.time : newest), ''),
    targets: targets.sort(compare),
    owners: [...owners.entries()]
      .map(([owner, rest]) => ({ owner, ...rest }))
      .sort((a, b) => total(b.open) - total(a.open) || (a.owner < b.owner ? -1 : 1)),
    trend: trendOf(histories),
    open: targets.reduce((sum, { latest }) => add(sum, latest.open), none as Counts),
    notAudited: targets.filter(({ latest }) => latest.status === 'failed' || latest.status === 'denied').length,
  };
}

/** What is new: changes, and whatever the page should lead with. */
export const isFresh = (finding: Finding): boolean => finding.status === 'open' && finding.ruleId.startsWith('drift-');
