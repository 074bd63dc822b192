import { SEVERITIES, type Severity } from '../../core/severity.ts';
import type { Counts } from '../store.ts';
import { total, type Fleet, type FleetFinding, type FleetTarget } from './view.ts';

/** Targets that people can read on one page; the JSON has all. */
export const MAX_ROWS = 200;
/** New findings that one target shows. */
export const MAX_FRESH = 5;

const BARS = '▁▂▃▄▅▆▇█';

/** One character per audit, the highest is full. */
export function sparkline(values: readonly number[]): string {
  const top = Math.max(1, ...values);
  return values.map((value) => BARS[Math.round((value / top) * (BARS.length - 1))] ?? '').join('');
}

const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

export const countsOf = (open: Counts): string =>
  SEVERITIES.filter((severity) => open[severity] > 0)
    .map((severity) => `${open[severity]} ${severity}`)
    .join(', ');

export const stateOf = ({ latest }: FleetTarget): string =>
  latest.status === 'ok' ? '' : `${latest.status}${latest.reason === undefined ? '' : `: ${latest.reason}`}`;

/** What of a target is shown first: what was not looked at is not known to be clean. */
export const wordOf = ({ worst, latest }: FleetTarget): Severity | 'clean' | 'unknown' =>
  worst ?? (latest.status === 'ok' || latest.status === 'partial' ? 'clean' : 'unknown');

/** Nothing open, everything read: a count is enough. */
export const isCalm = ({ latest, fresh }: FleetTarget): boolean => latest.status === 'ok' && total(latest.open) === 0 && fresh.length === 0;

/** `2026-11-25 04:00 UTC`. */
export const timeOf = ({ time }: Fleet): string => (time === '' ? 'never' : `${time.slice(0, 16).replace('T', ' ')} UTC`);

export const driftOf = (fleet: Fleet): number => fleet.targets.reduce((sum, { latest }) => sum + latest.drift, 0);

/** What a person wants to know first. */
export function summaryOf(fleet: Fleet): string {
  const open = countsOf(fleet.open);
  return [
    many(fleet.targets.length, 'target'),
    open === '' ? 'no open findings' : open,
    many(driftOf(fleet), 'change'),
    fleet.notAudited === 0 ? 'all could be audited' : `${fleet.notAudited} could not be audited`,
  ].join('; ');
}

/** What is new, worst first over all targets. */
export function freshOf(fleet: Fleet): readonly { readonly target: FleetTarget; readonly finding: FleetFinding }[] {
  const rank = new Map(SEVERITIES.map((severity, index) => [severity, index]));
  return fleet.targets
    .flatMap((target) => target.fresh.map((finding) => ({ target, finding })))
    .sort((a, b) => (rank.get(a.finding.severity) ?? 0) - (rank.get(b.finding.severity) ?? 0));
}

/** Digests and commits as people compare them: by their beginning. The JSON has them whole. */
export const short = (text: string): string => text.replaceAll(/\b([0-9a-f]{12})[0-9a-f]{20,}\b/g, '$1…');

export const calmNote = (calm: number): string => `${many(calm, 'target')} with nothing open`;
