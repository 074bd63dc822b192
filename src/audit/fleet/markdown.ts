import { SEVERITIES } from '../../core/severity.ts';
import { code, row } from '../../reporters/markdown/escape.ts';
import type { Fleet } from './view.ts';
import { calmNote, countsOf, freshOf, isCalm, MAX_ROWS, stateOf, summaryOf, timeOf, wordOf } from './words.ts';

/** The fleet for an issue, a summary, a wiki. */
export function fleetMarkdown(fleet: Fleet): string {
  const fresh = freshOf(fleet);
  const open = fleet.targets.filter((target) => !isCalm(target));
  const calm = fleet.targets.length - open.length;
  const more = (count: number, what: string): string[] => (count > MAX_ROWS ? ['', `and ${count - MAX_ROWS} more ${what}`] : []);
  return [
    '# AI fleet',
    '',
    `${timeOf(fleet)}: ${summaryOf(fleet)}.`,
    '',
    ...(fleet.trend.length > 1 ? [`Open findings after the last audits: ${fleet.trend.map((audit) => audit.open).join(', ')}`, ''] : []),
    '## What is new',
    '',
    ...(fresh.length === 0
      ? ['Nothing changed since the audit before.']
      : [
          row(['', 'Target', 'What', 'Rule']),
          row(['---', '---', '---', '---']),
          ...fresh
            .slice(0, MAX_ROWS)
            .map(({ target, finding }) => row([finding.severity, code(target.target), code(finding.message), code(finding.ruleId)])),
          ...more(fresh.length, 'changes'),
        ]),
    '',
    '## Worst first',
    '',
    ...(open.length === 0
      ? []
      : [
          row(['Worst', 'Target', 'Open', 'Changes', 'State']),
          row(['---', '---', '---', '---', '---']),
          ...open
            .slice(0, MAX_ROWS)
            .map((target) =>
              row([
                wordOf(target),
                code(target.target),
                countsOf(target.latest.open) || 'none',
                String(target.latest.drift),
                stateOf(target) === '' ? 'ok' : code(stateOf(target)),
              ]),
            ),
          ...more(open.length, 'targets'),
          '',
        ]),
    ...(calm > 0 ? [`${calmNote(calm)}.`, ''] : []),
    '## By owner',
    '',
    row(['Owner', 'Targets', ...SEVERITIES, 'Changes']),
    row(['---', '---', ...SEVERITIES.map(() => '---'), '---']),
    ...fleet.owners
      .slice(0, MAX_ROWS)
      .map(({ owner, targets, open: counts, drift }) =>
        row([code(owner), String(targets), ...SEVERITIES.map((severity) => String(counts[severity])), String(drift)]),
      ),
    '',
  ].join('\n');
}
