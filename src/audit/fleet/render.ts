import { SEVERITIES } from '../../core/severity.ts';
import { code, row } from '../../reporters/markdown/escape.ts';
import { toJson } from '../../reporters/text/json.ts';
import { visible } from '../../reporters/text/visible.ts';
import { fleetHtml } from './html.ts';
import type { Fleet, FleetTarget } from './view.ts';

export const FLEET_FORMATS = ['table', 'json', 'markdown', 'html'] as const;
export type FleetFormat = (typeof FLEET_FORMATS)[number];

/** Targets that people can read on one page; the JSON has all. */
const MAX_ROWS = 200;
/** New findings that one target shows. */
const MAX_FRESH = 5;

const BARS = '▁▂▃▄▅▆▇█';

/** One character per audit, the highest is full. */
export function sparkline(values: readonly number[]): string {
  const top = Math.max(1, ...values);
  return values.map((value) => BARS[Math.round((value / top) * (BARS.length - 1))] ?? '').join('');
}

const counts = ({ latest }: FleetTarget): string =>
  SEVERITIES.filter((severity) => latest.open[severity] > 0)
    .map((severity) => `${latest.open[severity]} ${severity}`)
    .join(', ') || 'none';
const state = ({ latest }: FleetTarget): string =>
  latest.status === 'ok' ? '' : `${latest.status}${latest.reason === undefined ? '' : `: ${latest.reason}`}`;

function summary(fleet: Fleet): string {
  const open =
    SEVERITIES.filter((severity) => fleet.open[severity] > 0)
      .map((severity) => `${fleet.open[severity]} ${severity}`)
      .join(', ') || 'no open findings';
  const drift = fleet.targets.reduce((sum, { latest }) => sum + latest.drift, 0);
  return `${fleet.targets.length} targets, ${open}; ${drift} changes since the audit before; ${fleet.notAudited} could not be audited`;
}

function table(fleet: Fleet): string {
  const lines = [`Fleet at ${fleet.time}`, summary(fleet), ''];
  if (fleet.trend.length > 1)
    lines.push(
      `Open findings over ${fleet.trend.length} audits: ${sparkline(fleet.trend.map(({ open }) => open))} ${fleet.trend.map(({ open }) => open).join(' ')}`,
      '',
    );
  for (const target of fleet.targets.slice(0, MAX_ROWS)) {
    lines.push(`${(target.worst ?? 'clean').padEnd(9)}${visible(target.target)}  ${counts(target)}  ${sparkline(target.trend)}`);
    const told = state(target);
    if (told !== '') lines.push(`         ${visible(told)}`);
    for (const finding of target.fresh.slice(0, MAX_FRESH))
      lines.push(`         + ${finding.severity} ${finding.ruleId}: ${visible(finding.message)}`);
    if (target.fresh.length > MAX_FRESH) lines.push(`         + and ${target.fresh.length - MAX_FRESH} more`);
  }
  if (fleet.targets.length > MAX_ROWS) lines.push(`and ${fleet.targets.length - MAX_ROWS} more targets`);
  return `${lines.join('\n')}\n`;
}

function markdown(fleet: Fleet): string {
  const fresh = fleet.targets.flatMap((target) => target.fresh.slice(0, MAX_FRESH).map((finding) => ({ target, finding })));
  return [
    '# AI fleet',
    '',
    `${fleet.time}: ${summary(fleet)}.`,
    '',
    ...(fleet.trend.length > 1 ? [`Open findings over the last audits: ${fleet.trend.map(({ open }) => open).join(', ')}`, ''] : []),
    ...(fresh.length === 0
      ? ['Nothing changed since the audit before.', '']
      : [
          '## What is new',
          '',
          row(['', 'Target', 'What']),
          row(['---', '---', '---']),
          ...fresh.slice(0, MAX_ROWS).map(({ target, finding }) => row([finding.severity, code(target.target), code(finding.message)])),
          '',
        ]),
    '## By owner',
    '',
    row(['Owner', 'Targets', ...SEVERITIES, 'Changes']),
    row(['---', '---', ...SEVERITIES.map(() => '---'), '---']),
    ...fleet.owners
      .slice(0, MAX_ROWS)
      .map(({ owner, targets, open, drift }) =>
        row([code(owner), String(targets), ...SEVERITIES.map((severity) => String(open[severity])), String(drift)]),
      ),
    '',
    '## Worst first',
    '',
    row(['Worst', 'Target', 'Open', 'Changes', 'State']),
    row(['---', '---', '---', '---', '---']),
    ...fleet.targets
      .slice(0, MAX_ROWS)
      .map((target) =>
        row([
          target.worst ?? 'clean',
          code(target.target),
          counts(target),
          String(target.latest.drift),
          state(target) === '' ? 'ok' : code(state(target)),
        ]),
      ),
    ...(fleet.targets.length > MAX_ROWS ? ['', `and ${fleet.targets.length - MAX_ROWS} more targets`] : []),
    '',
  ].join('\n');
}

/** The fleet for people or programs. Pure. */
export function renderFleet(fleet: Fleet, format: FleetFormat): string {
  switch (format) {
    case 'json':
      return `${toJson({ schemaVersion: '1.0.0', ...fleet })}\n`;
    case 'markdown':
      return markdown(fleet);
    case 'html':
      return fleetHtml(fleet);
    case 'table':
      return table(fleet);
  }
}
