import schema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { hostileReport } from '../../fixtures/reports/hostile.ts';
import { emptyReport, finding, richReport } from '../../fixtures/reports/rich.ts';
import { fixtureTexts } from '../../fixtures/reports/texts.ts';
import type { Report } from '../../src/core/report.ts';
import { render } from '../../src/reporters/sarif/index.ts';
import { expectTame } from './tame.ts';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number } };
  }[];
  readonly relatedLocations?: readonly object[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly kind: string; readonly status: string; readonly justification: string }[];
  readonly baselineState?: string;
}

interface Rule {
  readonly id: string;
  readonly helpUri?: string;
  readonly help: { readonly text: string; readonly markdown?: string };
  readonly properties: { readonly tags: readonly string[]; readonly 'security-severity': string };
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly Rule[] } };
  readonly results: readonly Result[];
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[];
  }[];
}

const ajv = new Ajv({ strict: false, unicodeRegExp: false });
addFormats.default(ajv);
// The schema is draft 4; it uses nothing that draft 7 reads in another way, once its own name is off.
const { $schema: _draft, id: _id, ...body } = schema as Record<string, unknown>;
const validate = ajv.compile(body);

const runOf = (report: Report): Run => {
  const sarif = JSON.parse(render(report, { texts: fixtureTexts })) as { readonly runs: readonly Run[] };
  expect(validate(sarif), JSON.stringify(validate.errors)).toBe(true);
  const [run] = sarif.runs;
  if (run === undefined) throw new Error('no run');
  return run;
};
const resultOf = (run: Run, ruleId: string): Result => {
  const found = run.results.find((result) => result.ruleId === ruleId);
  if (found === undefined) throw new Error(ruleId);
  return found;
};

describe('SARIF 2.1.0', () => {
  test.each([
    ['rich', richReport],
    ['empty', emptyReport],
    ['hostile', hostileReport],
  ])('a %s report follows the OASIS schema', (_, report) => {
    expect(runOf(report).results).toHaveLength(report.findings.length);
  });

  test('the schema is at work: a result without message does not pass', () => {
    const sarif = JSON.parse(render(richReport, {}).replaceAll('"message"', '"massage"')) as unknown;
    expect(validate(sarif)).toBe(false);
  });

  test('each result has a physical location; of a binary it is line 1, of a member the archive', () => {
    const nested = finding({
      ruleId: 'unsafe-artifact',
      severity: 'high',
      location: { path: 'models/classifier.pkl!archive/data.pkl', offset: 3 },
    });
    const odd = finding({ ruleId: 'unsafe-artifact', severity: 'high', location: { path: 'src/wow!.py', line: 7 } });
    const run = runOf({ ...richReport, findings: [nested, odd, ...richReport.findings] });
    for (const { locations } of run.results) expect(locations[0]?.physicalLocation.region.startLine).toBeGreaterThan(0);
    const uris = run.results.map((result) => result.locations[0]?.physicalLocation.artifactLocation.uri);
    expect(uris).toContain('models/classifier.pkl');
    expect(uris).toContain('src/wow%21.py');
    expect(uris.filter((uri) => uri?.includes('archive'))).toEqual([]);
  });

  test('rules tell GitHub severity, tags and help', () => {
    const { rules } = runOf(richReport).tool.driver;
    const rule = rules.find((each) => each.id === 'unsafe-artifact');
    expect(rule).toMatchObject({
      helpUri: 'https://docs.python.org/3/library/pickle.html',
      properties: {
        'security-severity': '9.5',
        tags: ['security', 'supply-chain', 'external/cwe/cwe-502', 'owasp-llm/LLM03', 'mitre-atlas/AML.T0011.000'],
      },
    });
    expect(rule?.help.markdown).toContain('### What to do\n\nDelete the file');
    expect(rule?.help.markdown).toContain('```\nload_file("model.safetensors")\n```');
    for (const each of rules) {
      expect(Number(each.properties['security-severity'])).toBeGreaterThan(0);
      expect(each.help.text).not.toBe('');
      expect(each.properties.tags.length).toBeLessThanOrEqual(10);
    }
  });

  test('each result points at its rule', () => {
    const run = runOf(hostileReport);
    for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
  });

  test('what is not open is suppressed with its reason, the baseline has a state, open ones come first', () => {
    const run = runOf(richReport);
    expect(resultOf(run, 'mcp-unpinned-server').suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: 'waived: internal sandbox only (assay.yaml)' },
    ]);
    expect(resultOf(run, 'unpinned-image')).toMatchObject({ baselineState: 'unchanged' });
    expect(resultOf(run, 'unsafe-artifact')).toMatchObject({ baselineState: 'new' });
    expect(resultOf(run, 'unsafe-artifact')).not.toHaveProperty('suppressions');
    expect(run.results.map((result) => result.suppressions !== undefined)).toEqual([...Array(6).fill(false), ...Array(3).fill(true)]);
  });

  test('fingerprints do not hold lines: moved code keeps its alerts', () => {
    const moved = { ...richReport, findings: richReport.findings.map((each) => ({ ...each, location: { ...each.location, line: 99 } })) };
    const prints = (report: Report): unknown =>
      runOf(report)
        .results.map((result) => result.partialFingerprints)
        .map((each) => JSON.stringify(each))
        .sort();
    expect(prints(moved)).toEqual(prints(richReport));
    expect(new Set(prints(richReport) as string[]).size).toBe(richReport.findings.length);
  });

  test('keeps to GitHub’s limits and says what is left out', () => {
    const [first] = richReport.findings;
    if (first === undefined) throw new Error('fixture');
    const many = Array.from({ length: 25_010 }, (_, index) => ({
      ...first,
      fingerprint: index.toString(16).padStart(32, '0'),
      related: index === 0 ? Array.from({ length: 2000 }, (__, line) => ({ path: 'a.py', line: line + 1 })) : [],
    }));
    const sarif = JSON.parse(render({ ...richReport, findings: many }, {})) as { readonly runs: readonly Run[] };
    const [run] = sarif.runs;
    expect(run?.results).toHaveLength(25_000);
    expect(run?.results[0]?.relatedLocations).toHaveLength(100);
    expect(run?.invocations[0]?.toolExecutionNotifications.at(-1)?.message.text).toContain('10 findings are over the limit');
  });

  test('what was not read is told', () => {
    const [invocation] = runOf(richReport).invocations;
    const texts = invocation?.toolExecutionNotifications.map((each) => each.message.text);
    expect(texts).toEqual(
      expect.arrayContaining(['code: partial: 1 file could not be parsed', 'Not read (syntax-error): src/broken.py: line 3']),
    );
    expect(runOf(hostileReport).invocations[0]?.executionSuccessful).toBe(false);
  });

  test('no name acts on a terminal or leaves its tree', () => {
    expectTame(render(hostileReport, { texts: fixtureTexts }));
    for (const { locations } of runOf(hostileReport).results) {
      const uri = locations[0]?.physicalLocation.artifactLocation.uri ?? '';
      expect(uri).toMatch(/^(?:[\w\-.~/]|%[0-9A-F]{2})+$/);
      expect(uri).toMatch(/^src\//);
    }
  });
});
