import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileReport } from '../../fixtures/reports/hostile.ts';
import { emptyReport, richReport } from '../../fixtures/reports/rich.ts';
import { fixtureTexts } from '../../fixtures/reports/texts.ts';
import { UserError } from '../../src/core/errors.ts';
import { FORMATS, formatOfFile, isFormat, loadRenderer } from '../../src/reporters/index.ts';
import { render } from '../../src/reporters/json/index.ts';
import { MAX_REPORT, readReport } from '../../src/reporters/json/read.ts';

const text = render(richReport, { texts: fixtureTexts });
const changed = (change: (report: Record<string, unknown>) => unknown): string =>
  JSON.stringify(change(JSON.parse(text) as Record<string, unknown>));

describe('reading a JSON report back', () => {
  test.each([
    ['rich', richReport],
    ['empty', emptyReport],
    ['hostile', hostileReport],
  ])('a %s report comes back as it was', (_, report) => {
    expect(readReport(render(report, { texts: fixtureTexts }), 'report.json')).toEqual(report);
  });

  test('every format of a report that was read is the same as of the report itself', async () => {
    const read = readReport(text, 'report.json');
    for (const format of FORMATS) {
      const renderer = await loadRenderer(format);
      expect(await renderer(read, { texts: fixtureTexts }), format).toBe(await renderer(richReport, { texts: fixtureTexts }));
    }
  });

  test.each([
    ['no JSON', 'hello', /r\.json: not JSON/],
    ['nothing', '', /r\.json: not JSON/],
    ['another document', '{"bomFormat":"CycloneDX"}', /not a report of Assay/],
    ['null', 'null', /not a report of Assay/],
    [
      'a later major version',
      changed((report) => ({ ...report, schemaVersion: '2.0.0' })),
      /report of schema 2\.0\.0; this version of Assay reads 1\.x/,
    ],
    ['a missing part', changed((report) => ({ ...report, findings: undefined })), /must have required property 'findings'/],
    ['an unknown property', changed((report) => ({ ...report, extra: 1 })), /additional properties: extra/],
    ['a time that is none', changed((report) => ({ ...report, timestamp: 'yesterday' })), /\/timestamp must match format/],
    ['an unknown kind', changed((report) => ({ ...report, components: [{ kind: 'robot' }] })), /\/components\/0\/kind/],
  ])('%s is a clear error', (_, input, message) => {
    expect(() => readReport(input, 'r.json')).toThrow(UserError);
    expect(() => readReport(input, 'r.json')).toThrow(message);
  });

  test('a later minor version may know more, but not less', () => {
    const later = changed((report) => ({ ...report, schemaVersion: '1.9.0', extra: 1 }));
    expect(readReport(later, 'r.json').components).toHaveLength(richReport.components.length);
    const broken = changed((report) => ({ ...report, schemaVersion: '1.9.0', extra: 1, findings: {} }));
    expect(() => readReport(broken, 'r.json')).toThrow(/\/findings must be array/);
  });

  test('a text over the limit is refused before it is parsed', () => {
    expect(() => readReport(' '.repeat(MAX_REPORT + 1), 'r.json')).toThrow(/r\.json: larger than/);
  });

  test('whatever JSON it is given, it throws nothing but a UserError', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(() => readReport(json, 'r.json')).toThrow(UserError);
      }),
    );
  });
});

describe('formats', () => {
  test.each([
    ['out/bom.cdx.json', 'cyclonedx'],
    ['bom.json', 'cyclonedx'],
    ['assay.sarif', 'sarif'],
    ['assay.sarif.json', 'sarif'],
    ['a.spdx.json', 'spdx'],
    ['report.json', 'json'],
    ['SUMMARY.MD', 'markdown'],
    ['report.html', 'html'],
    ['junit.xml', 'junit'],
    ['gl-code-quality-report.json', 'gitlab'],
    ['report.txt', 'table'],
    ['report.pdf', undefined],
    ['report', undefined],
  ])('%s is %s', (path, format) => {
    expect(formatOfFile(path)).toBe(format);
  });

  test('a format is one of the list, not a member of Object', () => {
    expect(isFormat('html')).toBe(true);
    expect(isFormat('constructor')).toBe(false);
  });

  test('rendering twice gives the same bytes in every format', async () => {
    for (const format of FORMATS) {
      const renderer = await loadRenderer(format);
      expect(await renderer(hostileReport, { texts: fixtureTexts }), format).toBe(await renderer(hostileReport, { texts: fixtureTexts }));
    }
  });
});
