import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileReport } from '../../fixtures/reports/hostile.ts';
import { emptyReport, finding, richReport } from '../../fixtures/reports/rich.ts';
import { fixtureTexts } from '../../fixtures/reports/texts.ts';
import type { Component } from '../../src/core/component.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Report } from '../../src/core/report.ts';
import { compare, exitCodeOf, readSnapshot, renderDiff, type Diff } from '../../src/diff/index.ts';
import { render as cyclonedx } from '../../src/reporters/cyclonedx/index.ts';
import { render as json } from '../../src/reporters/json/index.ts';
import { expectTame } from '../reporters/tame.ts';

const texts = fixtureTexts;
const component = (name: string, fields: object): Component => {
  const found = richReport.components.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return { ...found, ...fields } as Component;
};

/** torch updated, the pickle repaired, a model gone, a service new, one finding fixed, one new, one waived. */
const later: Report = {
  ...richReport,
  target: { ...richReport.target, name: 'acme/support-bot later' },
  components: richReport.components
    .filter((each) => each.name !== 'gpt-4o')
    .map((each) =>
      each.name === 'torch'
        ? component('torch', { version: '2.6.0' })
        : each.name === 'models/classifier.pkl'
          ? component('models/classifier.pkl', { sha256: 'f'.repeat(64), verdict: 'clean' })
          : each,
    )
    .concat([{ kind: 'service', name: 'anthropic', occurrences: component('gpt-4o', {}).occurrences }]),
  findings: [
    ...richReport.findings
      .filter((each) => each.ruleId !== 'vulnerable-library')
      .map((each) => (each.ruleId === 'remote-code-path' ? { ...each, status: 'waived' as const } : each)),
    finding({ ruleId: 'plaintext-endpoint', severity: 'medium', location: { path: 'a.py', line: 2 } }),
  ],
};

const asReport = (report: Report) => readSnapshot(json(report, { texts }), 'r.json', texts);
const asBom = async (report: Report) => readSnapshot(await cyclonedx(report, { texts, specVersion: '1.7' }), 'b.cdx.json');

const names = (diff: Diff): unknown => ({
  added: diff.components.added.map((item) => item.key),
  removed: diff.components.removed.map((item) => item.key),
  changed: diff.components.changed.map(({ item, changes }) => [
    item.key,
    ...changes.map(({ field, old, new: next }) => `${field}: ${old?.slice(0, 9)} → ${next?.slice(0, 9)}`),
  ]),
  new: diff.findings?.new.map((each) => each.ruleId),
  gone: diff.findings?.gone.map((each) => each.ruleId),
});

const expected = {
  added: ['service:anthropic'],
  removed: ['model:gpt-4o'],
  changed: [
    ['artifact:models/classifier.pkl', 'sha256: a3f1a3f1a → fffffffff', 'verdict: malicious → clean'],
    ['library:pypi/torch', 'version: 2.2.0 → 2.6.0'],
  ],
  new: ['plaintext-endpoint'],
  gone: ['remote-code-path', 'vulnerable-library'],
};

describe('diff', () => {
  test('two reports', () => {
    expect(names(compare(asReport(richReport), asReport(later)))).toEqual(expected);
  });

  test('two BOMs of ours', async () => {
    expect(names(compare(await asBom(richReport), await asBom(later)))).toEqual(expected);
  });

  test('a BOM against a report: what both can say', async () => {
    expect(names(compare(await asBom(richReport), asReport(later)))).toEqual({
      ...expected,
      changed: [['artifact:models/classifier.pkl', 'sha256: a3f1a3f1a → fffffffff'], expected.changed[1]],
    });
  });

  test.each([
    ['report', asReport(richReport)],
    ['hostile report', asReport(hostileReport)],
  ])('a %s against itself: nothing', (_, snapshot) => {
    const diff = compare(snapshot, snapshot);
    expect([diff.components.added, diff.components.removed, diff.components.changed, diff.findings?.new]).toEqual([[], [], [], []]);
    expect(diff.components.unchanged).toBe(snapshot.items.length);
  });

  test('a report against its own BOM: nothing', async () => {
    for (const report of [richReport, hostileReport, emptyReport]) {
      expect(names(compare(asReport(report), await asBom(report)))).toEqual({ added: [], removed: [], changed: [], new: [], gone: [] });
    }
  });

  test('another tool’s BOM is matched by package URL; without vulnerabilities no finding is new', () => {
    const foreign = readSnapshot(
      JSON.stringify({
        bomFormat: 'CycloneDX',
        specVersion: '1.5',
        metadata: { component: { name: 'bot' }, tools: [{ vendor: 'x', name: 'other-tool' }] },
        components: [
          { type: 'library', name: 'Torch', version: '2.2.0', purl: 'pkg:pypi/torch@2.2.0', licenses: [{ license: { id: 'MIT' } }] },
          { type: 'library', group: '@langchain', name: 'core', version: '0.3.0', purl: 'pkg:npm/%40langchain/core@0.3.0?x=y' },
          {
            type: 'library',
            name: 'left-pad',
            version: '1.0.0',
            purl: 'pkg:npm/left-pad@1.0.0',
            components: [{ type: 'library', name: 'nested', purl: 'pkg:npm/nested' }],
          },
          { type: 'application', name: 'hub', purl: 'pkg:huggingface/meta-llama/Llama-3.1-8B@abc' },
          'nonsense',
        ],
      }),
      'other.json',
    );
    const diff = compare(foreign, asReport(richReport));
    expect(diff.findings).toBeUndefined();
    expect(diff.components.removed.map((item) => item.name)).toEqual(['left-pad', 'nested']);
    expect(diff.components.changed.map(({ item, changes }) => [item.key, changes])).toEqual([
      ['library:npm/@langchain/core', [{ field: 'version', old: '0.3.0', new: '0.3.1' }]],
      ['library:pypi/torch', [{ field: 'licence', old: 'MIT', new: 'BSD-3-Clause' }]],
      ['model:meta-llama/llama-3.1-8b', [{ field: 'version', old: 'abc', new: '0e9e39f249a16976918f6564b8830bc894c89659' }]],
    ]);
  });

  test('one name in several versions is matched version by version', () => {
    const bom = (versions: readonly string[]) =>
      readSnapshot(
        JSON.stringify({
          bomFormat: 'CycloneDX',
          components: versions.map((version) => ({ type: 'library', name: 'a', version, purl: `pkg:npm/a@${version}` })),
        }),
        'b.json',
      );
    const diff = compare(bom(['1', '2', '3']), bom(['3', '1', '4', '5']));
    expect(diff.components.changed.map(({ changes }) => changes)).toEqual([[{ field: 'version', old: '2', new: '4' }]]);
    expect(diff.components.added.map((item) => item.version)).toEqual(['5']);
    expect(diff.components.unchanged).toBe(2);
  });

  test('vulnerabilities of another tool: by id and subject, worst rating, analysis', () => {
    const bom = (vulnerabilities: readonly object[]) => readSnapshot(JSON.stringify({ bomFormat: 'CycloneDX', vulnerabilities }), 'b.json');
    const one = { id: 'CVE-1', ratings: [{ severity: 'low' }, { severity: 'high' }, { severity: 'unknown' }], affects: [{ ref: 'a' }] };
    const diff = compare(
      bom([one]),
      bom([
        { ...one, affects: [{ ref: 'b' }] },
        { ...one, analysis: { state: 'not_affected' } },
      ]),
    );
    expect(diff.findings).toMatchObject({ new: [{ ruleId: 'CVE-1', severity: 'high', place: 'b' }], gone: [{ place: 'a' }] });
  });

  test('the exit code follows new open findings', () => {
    const diff = compare(asReport(richReport), asReport(later));
    expect(exitCodeOf(diff, 'medium')).toBe(1);
    expect(exitCodeOf(diff, 'high')).toBe(0);
    expect(exitCodeOf(diff, 'none')).toBe(0);
    expect(exitCodeOf(compare(asReport(emptyReport), asReport(richReport)), 'critical')).toBe(1);
  });
});

describe('what a diff says', () => {
  const diff = compare(asReport(richReport), asReport(later));

  test('table', () => {
    const text = renderDiff(diff, 'table', {});
    expect(text).toContain('acme/support-bot → acme/support-bot later\n');
    expect(text).toContain('+ service       anthropic\n');
    expect(text).toContain('- model         gpt-4o\n');
    expect(text).toMatch(/~ library {7}torch\n +version: 2\.2\.0 → 2\.6\.0\n/);
    expect(text).toContain('1 came, 1 went, 2 changed, 22 components as before; 1 new finding, 2 gone, 4 as before');
  });

  test('Markdown', () => {
    const text = renderDiff(diff, 'markdown', {});
    expect(text).toContain('## New findings (1)');
    expect(text).toContain('| `library` | `torch` | `version: 2.2.0 → 2.6.0` |');
  });

  test('JSON holds the whole comparison', () => {
    expect(JSON.parse(renderDiff(diff, 'json', {}))).toEqual({ schemaVersion: '1.0.0', ...JSON.parse(JSON.stringify(diff)) });
  });

  test('hostile names act on nothing', () => {
    const wild = compare(asReport(emptyReport), asReport(hostileReport));
    for (const format of ['table', 'markdown', 'json'] as const) expectTame(renderDiff(wild, format, {}));
    expect(renderDiff(wild, 'table', {}).split('\n').length).toBeLessThan(400);
  });
});

describe('what is no document', () => {
  test.each([
    ['text', 'hello', /not JSON/],
    ['another JSON', '{"a":1}', /neither a report of Assay nor a CycloneDX BOM/],
    ['an SPDX document', '{"spdxVersion":"SPDX-2.3"}', /neither a report of Assay nor a CycloneDX BOM/],
    ['a broken report', '{"schemaVersion":"1.0.0"}', /not a valid report/],
    [
      'a bomb of nested components',
      JSON.stringify({
        bomFormat: 'CycloneDX',
        components: [Array.from({ length: 100 }).reduce<object>((inner) => ({ name: 'x', components: [inner] }), {})],
      }),
      /nested deeper than 64/,
    ],
  ])('%s is a clear error', (_, text, message) => {
    expect(() => readSnapshot(text, 'f.json')).toThrow(UserError);
    expect(() => readSnapshot(text, 'f.json')).toThrow(message);
  });

  test('any shape of a BOM is read or refused, never a crash', () => {
    const bomLike = fc.record(
      {
        bomFormat: fc.constant('CycloneDX'),
        metadata: fc.jsonValue(),
        components: fc.jsonValue(),
        services: fc.jsonValue(),
        vulnerabilities: fc.jsonValue(),
      },
      { requiredKeys: ['bomFormat'] },
    );
    fc.assert(
      fc.property(bomLike, bomLike, (a, b) => {
        const diff = compare(readSnapshot(JSON.stringify(a), 'a'), readSnapshot(JSON.stringify(b), 'b'));
        expectTame(renderDiff(diff, 'table', {}));
      }),
    );
  });
});
