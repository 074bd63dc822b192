import picocolors from 'picocolors';
import { SEVERITIES, type Severity } from '../../core/severity.ts';
import { visible } from '../../reporters/text/visible.ts';
import { fit, fitEnd, padEnd, wrap } from '../../reporters/text/width.ts';
import type { Fleet, FleetTarget } from './view.ts';
import { calmNote, freshOf, isCalm, MAX_FRESH, MAX_ROWS, short, sparkline, stateOf, summaryOf, timeOf, wordOf } from './words.ts';

/** What the terminal gives. */
export interface Terminal {
  readonly color: boolean;
  readonly width: number;
}

export const PLAIN: Terminal = { color: false, width: 80 };

const MIN_WIDTH = 60;
const MAX_WIDTH = 140;
/** `critical ` and its blank. */
const WORD = 10;
/** Columns of five counts and a trend of twelve audits. */
const COUNT = 5;
const SHORT: Readonly<Record<Severity, string>> = { critical: 'crit', high: 'high', medium: 'med', low: 'low', info: 'info' };
const TREND = 13;
/** Lines of one message. */
const LINES = 2;

/** The fleet on a screen: what is new, worst first, then every target with something open. */
export function fleetTable(fleet: Fleet, { color, width: columns }: Terminal): string {
  const colors = picocolors.createColors(color);
  const width = Math.min(Math.max(columns, MIN_WIDTH), MAX_WIDTH);
  const paint: Readonly<Record<Severity | 'clean' | 'unknown', (text: string) => string>> = {
    critical: (text) => colors.bold(colors.red(text)),
    high: colors.red,
    medium: colors.yellow,
    low: colors.blue,
    info: colors.dim,
    clean: colors.green,
    unknown: colors.magenta,
  };
  const word = (severity: keyof typeof paint): string => paint[severity](severity.padEnd(WORD));
  const indented = (text: string, lines = LINES): string[] => wrap(text, width - WORD, lines).map((line) => ' '.repeat(WORD) + line);
  const lines = [colors.bold(`Fleet at ${timeOf(fleet)}`), ...wrap(summaryOf(fleet), width, 4)];
  if (fleet.trend.length > 1) {
    const values = fleet.trend.map(({ open }) => open);
    lines.push(fit(`Open findings over ${values.length} audits: ${sparkline(values)} ${values.at(0)} to ${values.at(-1)}`, width));
  }
  const fresh = freshOf(fleet);
  lines.push('', colors.bold('What is new'));
  if (fresh.length === 0) lines.push('Nothing changed since the audit before.');
  const told = new Map<FleetTarget, number>();
  for (const { target, finding } of fresh.slice(0, MAX_ROWS)) {
    const count = (told.get(target) ?? 0) + 1;
    told.set(target, count);
    if (count > MAX_FRESH) continue;
    lines.push(`${word(finding.severity)}${fitEnd(visible(target.target), width - WORD - 30)}  ${colors.dim(finding.ruleId)}`);
    lines.push(...indented(short(visible(finding.message))));
  }
  const more = fresh.length - [...told.values()].reduce((sum, count) => sum + Math.min(count, MAX_FRESH), 0);
  if (more > 0) lines.push(`and ${more} more changes`);

  const open = fleet.targets.filter((target) => !isCalm(target));
  const name = width - WORD - COUNT * SEVERITIES.length - TREND;
  lines.push('');
  if (open.length > 0)
    lines.push(
      colors.bold(`${padEnd('Worst first', WORD + name)}${SEVERITIES.map((severity) => SHORT[severity].padStart(COUNT)).join('')} trend`),
    );
  for (const target of open.slice(0, MAX_ROWS)) {
    const counts = SEVERITIES.map((severity) => {
      const text = String(target.latest.open[severity] || '-').padStart(COUNT);
      return target.latest.open[severity] > 0 ? paint[severity](text) : colors.dim(text);
    });
    lines.push(
      `${word(wordOf(target))}${padEnd(fitEnd(visible(target.target), name - 1), name)}${counts.join('')} ${sparkline(target.trend)}`.trimEnd(),
    );
    const state = stateOf(target);
    if (state !== '') lines.push(...indented(short(visible(state))));
  }
  if (open.length > MAX_ROWS) lines.push(`and ${open.length - MAX_ROWS} more targets`);
  const calm = fleet.targets.length - open.length;
  if (calm > 0) lines.push(calmNote(calm));
  if (fleet.owners.length > 1) {
    lines.push(
      '',
      colors.bold(`${padEnd('By owner', WORD + name)}${SEVERITIES.map((severity) => SHORT[severity].padStart(COUNT)).join('')} targets`),
    );
    for (const { owner, open: counts, targets } of fleet.owners.slice(0, MAX_ROWS))
      lines.push(
        `${padEnd(fitEnd(visible(owner), WORD + name - 1), WORD + name)}${SEVERITIES.map((severity) => String(counts[severity] || '-').padStart(COUNT)).join('')} ${targets}`,
      );
  }
  return `${lines.join('\n')}\n`;
}
