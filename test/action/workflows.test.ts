import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'tsdown';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readInputs } from '../../src/action/inputs.ts';
import type { NoOperationTraceWriter, parseAction, parseWorkflow } from './github-parser.ts';

const read = (path: string): string => readFileSync(path, 'utf8');
const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => `${folder}/${name}`);
const examples = filesOf('docs/workflows');
const ours = filesOf('.github/workflows');

interface Parser {
  readonly NoOperationTraceWriter: typeof NoOperationTraceWriter;
  readonly parseAction: typeof parseAction;
  readonly parseWorkflow: typeof parseWorkflow;
}

let parser: Parser;
beforeAll(async () => {
  const outDir = resolve('node_modules/.cache/assay/github-parser');
  await build({
    config: false,
    entry: ['test/action/github-parser.ts'],
    outDir,
    format: 'esm',
    platform: 'node',
    dts: false,
    logLevel: 'silent',
    fixedExtension: false,
    deps: { alwaysBundle: [/.*/] },
  });
  parser = (await import(/* @vite-ignore */ `${outDir}/github-parser.js`)) as Parser;
}, 60_000);

const errorsOf = (result: ReturnType<typeof parseAction>): string[] => result.context.errors.getErrors().map((error) => error.message);

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const action = parse(read('action.yml')) as {
  inputs: Record<string, { description: string; default?: string }>;
  outputs: Record<string, { description: string }>;
  runs: { using: string; main: string };
};

it('finds workflows to look at', () => {
  expect(examples.map((path) => path.split('/').at(-1))).toEqual([
    'attest-bom.yml',
    'code-scanning.yml',
    'fork-comment.yml',
    'nightly-audit.yml',
    'pull-request.yml',
  ]);
  expect(ours).toHaveLength(2);
});

describe.each([...examples, ...ours])('%s', (path) => {
  const text = read(path);
  const workflow = parse(text) as Workflow;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

  it("is a workflow for GitHub's own parser", () => {
    expect(errorsOf(parser.parseWorkflow({ name: path, content: text }, new parser.NoOperationTraceWriter()))).toEqual([]);
    expect(
      errorsOf(parser.parseWorkflow({ name: path, content: text.replace('runs-on:', 'run-on:') }, new parser.NoOperationTraceWriter())),
    ).not.toEqual([]);
  });

  it('gives no permission by default, and a reason for each that a job has', () => {
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs)) expect(Object.keys(job.permissions ?? {}).length).toBeGreaterThan(0);
    const granted = text.split('\n').filter((line) => /^ {6}[a-z-]+: (?:read|write)\b/.test(line));
    expect(granted.length).toBe(Object.values(workflow.jobs).reduce((sum, job) => sum + Object.keys(job.permissions ?? {}).length, 0));
    for (const line of granted) expect(line).toMatch(/ # \w.{8,}$/);
  });

  it('names every action by its commit, with the version beside it', () => {
    for (const line of text.split('\n').filter((item) => /\buses: /.test(item)))
      expect(line).toMatch(/uses: (?:\.\/$|[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$)/);
  });

  it('puts nothing that a stranger writes into a script', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{');
  });

  it('keeps credentials only where it says why, and ends by itself', () => {
    for (const { uses, with: inputs } of steps)
      if (uses?.startsWith('actions/checkout@')) expect(inputs?.['persist-credentials'], path).toBeTypeOf('boolean');
    for (const [at, line] of text.split('\n').entries())
      if (line.includes('persist-credentials: true')) expect(text.split('\n')[at - 1]).toMatch(/#/);
    for (const job of Object.values(workflow.jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('gives the Action inputs that it has, with values that it takes', () => {
    for (const { uses, with: inputs } of steps) {
      if (uses !== './' && !uses?.startsWith('OWNER/assay@')) continue;
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs ?? {})));
      expect(() =>
        readInputs(Object.fromEntries(Object.entries(inputs ?? {}).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, String(value)]))),
      ).not.toThrow();
    }
  });
});

describe('action.yml', () => {
  it("is an action for GitHub's own parser", () => {
    expect(errorsOf(parser.parseAction({ name: 'action.yml', content: read('action.yml') }, new parser.NoOperationTraceWriter()))).toEqual(
      [],
    );
    expect(
      errorsOf(
        parser.parseAction(
          { name: 'action.yml', content: read('action.yml').replace('using:', 'use:') },
          new parser.NoOperationTraceWriter(),
        ),
      ),
    ).not.toEqual([]);
  });

  it('has no default that would win over the configuration file', () => {
    for (const name of ['config', 'fail-on', 'min-severity', 'baseline', 'base-ref'])
      expect(action.inputs[name]).not.toHaveProperty('default');
  });

  it('runs on node24, from the bundle, without another action', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/action/index.js' });
  });

  it('says in docs/action.md what every input and output is', () => {
    const page = read('docs/action.md');
    for (const name of [...Object.keys(action.inputs), ...Object.keys(action.outputs)]) expect(page, name).toContain(`\`${name}\``);
    for (const path of examples) expect(page, path).toContain(path.replace('docs/', ''));
  });
});

describe('other systems', () => {
  it('the pre-commit hook runs a command that there is', () => {
    const [hook] = parse(read('.pre-commit-hooks.yaml')) as Record<string, unknown>[];
    expect(hook).toMatchObject({ id: 'assay', language: 'node', pass_filenames: false, require_serial: true });
    expect(String(hook?.['entry'])).toMatch(/^assay scan \. /);
  });

  it('the image is built from Debian and npm alone, and runs as nobody', () => {
    const text = read('Dockerfile');
    expect(text.match(/^FROM .*/gm)).toEqual(['FROM debian:trixie-slim AS build', 'FROM debian:trixie-slim']);
    expect(text).not.toMatch(/curl|wget|ADD http/);
    expect(text).toMatch(/^USER \d+:\d+$/m);
  });

  it('the GitLab template is one job with reports', () => {
    expect(parse(read('docs/ci/gitlab.yml'))).toMatchObject({
      assay: { artifacts: { reports: { codequality: 'gl-code-quality-report.json', cyclonedx: 'gl-sbom-ai.cdx.json' } } },
    });
  });
});
