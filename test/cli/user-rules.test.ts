import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assay } from './run.ts';

let work: string;

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'assay-rules-'));
  mkdirSync(join(work, 'app'));
  mkdirSync(join(work, 'rules'));
  writeFileSync(join(work, 'app/main.py'), 'from inhouse_llm import Client\n\nClient().ask(model="inhouse/large-2", prompt="hi")\n');
  writeFileSync(
    join(work, 'rules/inhouse.yaml'),
    '- id: inhouse-client\n  languages: [python]\n  calls: [inhouse_llm.**.ask]\n  args: {model: [model]}\n  service: inhouse\n  model: {origin: api}\n',
  );
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const names = (...args: string[]): string[] =>
  (
    JSON.parse(assay(['scan', join(work, 'app'), '--format', 'json', ...args]).stdout) as { components: { kind: string; name: string }[] }
  ).components.map((item) => `${item.kind} ${item.name}`);

describe('--rules', () => {
  it("finds what a user's own rule describes, also in worker threads", () => {
    expect(names()).not.toContain('model inhouse/large-2');
    expect(names('--rules', join(work, 'rules'))).toEqual(expect.arrayContaining(['model inhouse/large-2', 'service inhouse']));
  });

  it.each([
    ['not a list', 'a: b\n', /must be a list/],
    ['a rule without id', '- calls: [x]\n', /without id/],
    ['an unknown language', '- id: x\n  languages: [cobol]\n  calls: [x]\n', /unknown language cobol/],
  ])('says what is wrong with %s', (name, text, message) => {
    const dir = join(work, name.replaceAll(' ', '-'));
    mkdirSync(dir);
    writeFileSync(join(dir, 'x.yaml'), text);
    const run = assay(['scan', join(work, 'app'), '--rules', dir]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(message);
  });

  it('gives up after --timeout', () => {
    const run = assay(['scan', 'src', '--timeout', '0.05']);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/gave up after 0.05 seconds/);
  });
});
