import { HtmlValidate } from 'html-validate';
import { describe, expect, it } from 'vitest';
import { renderFleet } from '../../src/audit/fleet/render.ts';
import { sparkline } from '../../src/audit/fleet/words.ts';
import { fleetOf } from '../../src/audit/fleet/view.ts';
import { displayWidth } from '../../src/reporters/text/width.ts';
import type { AuditEntry, TargetHistory } from '../../src/audit/store.ts';

const counts = (high = 0, critical = 0) => ({ critical, high, medium: 0, low: 0, info: 0 });
const entry = (target: string, audit: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  target,
  audit: `a${audit}`,
  time: `2026-11-0${audit}T04:00:00.000Z`,
  status: 'ok',
  open: counts(),
  drift: 0,
  bytes: 1,
  requests: 1,
  ...more,
});
const hostile = 'hf://evil/<script>alert(1)</script>|`x`\u202E';
const histories: readonly TargetHistory[] = [
  { target: 'hf://acme/calm', entries: [entry('hf://acme/calm', 1), entry('hf://acme/calm', 2)] },
  {
    target: 'hf://acme/bad',
    entries: [entry('hf://acme/bad', 1, { open: counts(1) }), entry('hf://acme/bad', 2, { open: counts(2, 1), drift: 1 })],
  },
  { target: 'hf://other/away', entries: [entry('hf://other/away', 2, { status: 'failed', reason: 'HTTP 500' })] },
  { target: hostile, entries: [entry(hostile, 2, { open: counts(1) })] },
];
const fleet = fleetOf(
  histories,
  new Map([
    [
      'hf://acme/bad',
      [{ ruleId: 'drift-recreated', severity: 'critical' as const, message: '<b>made</b> again | twice', place: 'README.md' }],
    ],
  ]),
);

describe('the fleet on one page', () => {
  it('has the worst first, sums by owner, and the trend over audits', () => {
    expect(fleet.targets.map(({ target }) => target)).toEqual(['hf://acme/bad', hostile, 'hf://acme/calm', 'hf://other/away']);
    expect(fleet.owners[0]).toMatchObject({ owner: 'acme', targets: 2, open: counts(2, 1), drift: 1 });
    expect(fleet.trend.map(({ audit, open, drift }) => [audit, open, drift])).toEqual([
      ['a1', 1, 0],
      ['a2', 4, 1],
    ]);
    expect(fleet).toMatchObject({ open: counts(3, 1), notAudited: 1, time: '2026-11-02T04:00:00.000Z' });
  });

  it('is a valid page without scripts, whatever names say', async () => {
    const html = renderFleet(fleet, 'html');
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<b>made');
    expect(html).toContain('&lt;script&gt;');
    const report = await new HtmlValidate({ extends: ['html-validate:standard'], rules: { 'no-inline-style': 'off' } }).validateString(
      html,
    );
    expect(report.results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${line}: ${ruleId} ${message}`))).toEqual(
      [],
    );
  });

  it('fits on a screen of 80 columns, and says nothing of what is calm', () => {
    const long = 'hf://owner-with-a-long-name/a-model-with-a-name-that-no-terminal-has-room-for-at-all-v1.2.3';
    const calm = Array.from({ length: 40 }, (_, i): TargetHistory => {
      const target = `hf://quiet/m${i}`;
      return { target, entries: [entry(target, 1), entry(target, 2)] };
    });
    const page = fleetOf(
      [
        ...histories,
        ...calm,
        { target: long, entries: [entry(long, 2, { open: counts(123), status: 'partial', reason: 'x '.repeat(200) })] },
      ],
      new Map([
        [
          long,
          [
            {
              ruleId: 'drift-file-replaced',
              severity: 'high' as const,
              message: `was ${'a'.repeat(64)} and is ${'b'.repeat(64)}`,
              place: 'x',
            },
          ],
        ],
      ]),
    );
    const table = renderFleet(page, 'table');
    for (const line of table.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(80);
    expect(table).toContain('41 targets with nothing open');
    expect(table).not.toContain('hf://quiet/m1');
    expect(table).toContain('was aaaaaaaaaaaa… and is bbbbbbbbbbbb…');
    // What could not be audited is not called clean.
    expect(table).toMatch(/^unknown +hf:\/\/other\/away/m);
    expect(renderFleet(page, 'table', { color: true, width: 80 })).toContain('\u001B[');
  });

  it('takes an audit of some for no change of the others', () => {
    const trend = fleetOf(
      [
        { target: 'hf://a/x', entries: [entry('hf://a/x', 1, { open: counts(3) })] },
        { target: 'hf://b/y', entries: [entry('hf://b/y', 2, { open: counts(1) })] },
      ],
      new Map(),
    ).trend;
    expect(trend.map(({ open, targets }) => [open, targets])).toEqual([
      [3, 1],
      [4, 2],
    ]);
  });

  it('lets no name break out of a table', () => {
    const markdown = renderFleet(fleet, 'markdown');
    expect(markdown).not.toMatch(/(?<![`\\].*)<script>/);
    for (const line of markdown.split('\n').filter((text) => text.startsWith('|'))) expect(line.endsWith('|'), line).toBe(true);
    const table = renderFleet(fleet, 'table');
    expect(table).not.toContain('\u202E');
    expect(table).toContain('failed: HTTP 500');
  });

  it('is the same bytes for the same history, and JSON that can be read', () => {
    for (const format of ['table', 'json', 'markdown', 'html'] as const)
      expect(renderFleet(fleetOf([...histories].reverse(), new Map()), format)).toBe(renderFleet(fleetOf(histories, new Map()), format));
    expect(JSON.parse(renderFleet(fleet, 'json'))).toMatchObject({ schemaVersion: '1.0.0', notAudited: 1 });
    expect(sparkline([0, 1, 2])).toBe('▁▅█');
  });
});
