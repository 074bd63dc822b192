import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { hostileReport } from '../../fixtures/reports/hostile.ts';
import { emptyReport, richReport } from '../../fixtures/reports/rich.ts';
import { fixtureTexts } from '../../fixtures/reports/texts.ts';
import { render } from '../../src/reporters/table/index.ts';
import { displayWidth } from '../../src/reporters/text/width.ts';
import { expectTame } from './tame.ts';

const texts = fixtureTexts;
const widest = (text: string): number => Math.max(...text.split('\n').map(displayWidth));

describe('table', () => {
  test('tells what is in here, what is wrong, what to do, and what was not read', () => {
    const text = render(richReport, { texts });
    expect(text).toMatch(/WHAT IS IN HERE +23 components\n/);
    expect(text).toMatch(/models +5 {2}acme\/lora-support, gpt-4o,/);
    expect(text).toContain('models/classifier.pkl [MALICIOUS]');
    expect(text).toMatch(/WHAT IS WRONG +1 critical, 2 high, 2 medium, 1 info\n/);
    expect(text).toMatch(
      /CRITICAL {2}Model file runs code when it is loaded {2}unsafe-artifact\n +models\/classifier.pkl@21\n +Loading this file calls/,
    );
    expect(text).toMatch(/WHAT TO DO\n {2}1\. Delete the file and load safetensors instead\.\n/);
    expect(text).toContain('INCOMPLETE: 2 files not read (1 syntax-error, 1 too-large); code: partial');
  });

  test('fits one screen of 80 columns', () => {
    const lines = render(richReport, { texts }).split('\n');
    expect(lines.length).toBeLessThan(60);
    expect(widest(lines.join('\n'))).toBeLessThanOrEqual(80);
  });

  test.each([60, 80, 120])('keeps to %i columns, with hostile names too', (width) => {
    for (const report of [richReport, hostileReport]) expect(widest(render(report, { texts, width }))).toBeLessThanOrEqual(width);
  });

  test('lines do not grow with the number of findings', () => {
    const many = {
      ...richReport,
      findings: Array.from(
        { length: 5000 },
        (_, index) => ({ ...richReport.findings[index % 9], ruleId: `rule-${index % 300}` }) as (typeof richReport.findings)[number],
      ),
    };
    expect(render(many, { texts }).split('\n').length).toBeLessThan(120);
  });

  test('many findings of one component at one line take the room of one', () => {
    const [first] = richReport.findings.filter(({ status }) => status === 'open');
    if (!first) throw new Error('the fixture has no open finding');
    const findings = [2, 2, 2, 9, 11, 13, 15].map((line, index) => ({
      ...first,
      fingerprint: `${index}`,
      location: { path: 'requirements.txt', line },
    }));
    const text = render({ ...richReport, findings }, { texts });
    expect(text.match(/requirements\.txt:2\n/g)).toHaveLength(1);
    expect(text).toMatch(/\n +and 2 more here\n +requirements\.txt:9\n/);
    expect(text).toMatch(/\n +and 2 more places\n/);
    expect(text).toMatch(/\(5 places\)/);
  });

  test('suppressed findings are counted, and listed when asked for', () => {
    expect(render(richReport, { texts })).toContain('3 suppressed (--show-suppressed lists them)');
    expect(render(richReport, { texts, showSuppressed: true })).toContain('[waived] mcp-unpinned-server');
  });

  test('colour adds nothing that words do not say', () => {
    const colored = render(richReport, { texts, color: true });
    expect(colored).toContain('\u001B[31m');
    expect(stripVTControlCharacters(colored)).toBe(render(richReport, { texts }));
  });

  test('no name acts on the terminal', () => {
    expectTame(render(hostileReport, { texts, showSuppressed: true }));
  });

  test('nothing found is said, not implied', () => {
    const text = render(emptyReport, { texts });
    expect(text).toContain('No AI components found.');
    expect(text).toContain('Nothing found.');
    expect(text).not.toContain('INCOMPLETE');
  });
});
