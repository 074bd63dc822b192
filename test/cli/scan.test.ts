import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assay } from './run.ts';

const EXAMPLE = 'fixtures/examples/support-assistant';
let work: string;

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'assay-cli-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function project(name: string, files: Record<string, string | Buffer>): string {
  for (const [path, content] of Object.entries(files)) {
    const full = join(work, name, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
  }
  return join(work, name);
}

interface Report {
  components: { kind: string; name: string }[];
  findings: { ruleId: string; status: string }[];
  artifacts: { path: string; verdict: string }[];
  notices?: { code: string }[];
  coverage: { skipped: { path: string; reason: string }[]; crawlers: { id: string; status: string }[] };
}

const scanJson = (target: string, ...args: string[]): { code: number | null; report: Report; stderr: string } => {
  const run = assay(['scan', target, '--format', 'json', ...args]);
  return { code: run.code, report: JSON.parse(run.stdout) as Report, stderr: run.stderr };
};

describe('the example repository', () => {
  it('prints a table within 80 columns, writes files, and fails the build for the malicious pickle', () => {
    const bom = join(work, 'out/bom.cdx.json');
    const run = assay(['scan', EXAMPLE, '-o', bom, '-o', `json=${join(work, 'out/report')}`, '--validate']);
    expect(run.code).toBe(1);
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain('downloaded.pkl');
    expect(run.stdout.split('\n').every((line) => [...line].length <= 80)).toBe(true);
    expect(JSON.parse(readFileSync(bom, 'utf8'))).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    expect(JSON.parse(readFileSync(join(work, 'out/report'), 'utf8'))).toMatchObject({ schemaVersion: expect.any(String) as string });
  });

  it('finds what is in it, in every kind', () => {
    const { report } = scanJson(EXAMPLE, '--fail-on', 'none');
    const names = new Set(report.components.map((component) => `${component.kind} ${component.name}`));
    for (const expected of [
      'model gpt-4o-mini',
      'model BAAI/bge-small-en-v1.5',
      'model cross-encoder/ms-marco-MiniLM-L-6-v2',
      'model nlptown/bert-base-multilingual-uncased-sentiment',
      'model mistralai/Mistral-7B-Instruct-v0.3',
      'model claude-3-5-haiku-20241022',
      'artifact models/downloaded.pkl',
      'dataset mteb/amazon_reviews_multi',
      'dataset data/tickets.csv',
      'library openai',
      'library ai',
      'service openai',
      'service anthropic',
      'vector-store qdrant',
      'mcp-server tickets',
      'mcp-server search',
      'prompt prompts/answer.md',
      'infra vllm/vllm-openai',
      'infra qdrant/qdrant',
    ]) {
      expect(names, expected).toContain(expected);
    }
    expect(report.artifacts.find((artifact) => artifact.path === 'models/downloaded.pkl')?.verdict).toBe('malicious');
    expect(report.artifacts.find((artifact) => artifact.path === 'models/adapter.pt')?.verdict).toBe('clean');
    expect(report.artifacts.find((artifact) => artifact.path === 'models/priority.joblib')?.verdict).toBe('clean');
  });

  it('gives the same bytes twice, in every format, without a path of this machine', () => {
    const formats = ['table', 'json', 'cyclonedx', 'sarif', 'markdown', 'html', 'spdx', 'junit', 'gitlab', 'github'];
    const runs = ['first', 'second'].map((name) => {
      const files = formats.map((format) => join(work, name, format));
      const run = assay([
        'scan',
        EXAMPLE,
        '--jobs',
        '2',
        '--fail-on',
        'none',
        ...files.flatMap((file, i) => ['-o', `${formats[i]}=${file}`]),
      ]);
      return [run.stdout, ...files.map((file) => readFileSync(file, 'utf8'))];
    });
    expect(runs[0]).toEqual(runs[1]);
    for (const text of runs[0] ?? []) expect(text).not.toContain(process.cwd());
  });
});

describe('exit codes and messages', () => {
  it.each([
    [['scan', '/no/such/dir'], /^error: no such file or directory: \/no\/such\/dir\n$/],
    [['scan', 'package.json'], /not a directory.*assay inspect/],
    [['scan', '--format', 'pdf', '.'], /Allowed choices/],
    [['scan', '--no-such-flag'], /unknown option/],
    [['scan', '-o', 'report.unknown', '.'], /does not tell the format/],
    [['scan', '--rule', 'nope', EXAMPLE], /no rule "nope"/],
    [['rules', 'nope'], /no rule/],
    [['verify', EXAMPLE], /say whom you trust/],
    [['inspect', '/no/such/file'], /no such file/],
    [['scan', '--baseline', '/no/such/file', EXAMPLE], /cannot read/],
  ])('%j is a user error: one clear line, exit 2', (args, message) => {
    const run = assay(args);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).not.toMatch(/\n\s+at /);
    expect(run.stdout).toBe('');
  });

  it('is 0 with a notice where there is no AI', () => {
    const run = assay(['scan', project('plain', { 'main.c': 'int main() { return 0; }\n' })]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('No AI components found');
  });

  it('tells with -v on stderr what was read, skipped and how long it took, and keeps stdout as it is', () => {
    const target = project('verbose', {
      'requirements.txt': 'openai==1.0\n',
      'a\u001b[31m.yaml': 'model: [unclosed\n  - {\n',
    });
    const quiet = assay(['scan', target]);
    const run = assay(['scan', target, '-v']);
    expect(run.stdout).toBe(quiet.stdout);
    expect(quiet.stderr).toBe('');
    expect(run.stderr).toMatch(/^crawl {4}\d+\.\d\d s$/m);
    expect(run.stderr).toContain('manifest-python: 1 file\n');
    expect(run.stderr).toMatch(/^skipped a\\u\{1b\}\[31m\.yaml: syntax-error/m);
    expect(run.stderr).not.toContain('\u001b');
  });

  it('follows --fail-on, its environment variable, and the configuration, in that order', () => {
    expect(assay(['scan', EXAMPLE, '--fail-on', 'none']).code).toBe(0);
    expect(assay(['scan', EXAMPLE], { env: { ASSAY_FAIL_ON: 'none' } }).code).toBe(0);
    expect(assay(['scan', EXAMPLE, '--fail-on', 'critical'], { env: { ASSAY_FAIL_ON: 'none' } }).code).toBe(1);
    const dir = project('configured', { 'assay.yaml': 'fail-on: low\n', 'requirements.txt': 'openai\n', 'a.py': 'import openai\n' });
    expect(assay(['scan', dir]).code).toBe(1);
    expect(assay(['scan', dir, '--no-config']).code).toBe(0);
  });

  it('lets a waiver close a finding until it expires, and a baseline hide what is old', () => {
    const files = { 'requirements.txt': 'openai\n', 'a.py': 'import openai\n' };
    const waiver = (expires: string): string =>
      `waivers:\n  - rule: unpinned-library\n    reason: the image pins it\n    expires: ${expires}\n`;
    const open = (report: Report): string[] =>
      report.findings.filter((finding) => finding.status === 'open').map((finding) => finding.ruleId);
    expect(open(scanJson(project('waived', { ...files, 'assay.yaml': waiver('2999-01-01') })).report)).toEqual([]);
    const expired = scanJson(project('expired', { ...files, 'assay.yaml': waiver('2020-01-01') }));
    expect(open(expired.report)).toEqual(['unpinned-library']);
    expect(expired.stderr).toMatch(/expired on 2020-01-01/);
    const dir = project('base', files);
    writeFileSync(join(work, 'old.json'), assay(['scan', dir, '--format', 'json']).stdout);
    expect(open(scanJson(dir, '--baseline', join(work, 'old.json')).report)).toEqual([]);
  });
});

describe('bad input costs nothing but itself', () => {
  it('reports each, and finds the rest', () => {
    const dir = project('hostile', {
      'requirements.txt': 'openai==1.40.0\n',
      'broken.yaml': 'model: [unclosed\n  - {\n',
      'garbage.py': Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 256)),
      'big.json': `{"model":"${'x'.repeat(100 * 1024 * 1024)}"}`,
      '$(x)\n::error::.py': 'from openai import OpenAI\nOpenAI()\n',
      'fine.py': 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o")\n',
      'empty.safetensors': '',
      'truncated.pkl': Buffer.from([0x80, 4, 0x95]),
    });
    symlinkSync('loop', join(dir, 'loop'));
    symlinkSync('..', join(dir, 'up'));
    const { code, report } = scanJson(dir, '--fail-on', 'none');
    expect(code).toBe(0);
    expect(report.components.map((component) => component.name)).toEqual(expect.arrayContaining(['gpt-4o', 'openai']));
    const skipped = Object.fromEntries(report.coverage.skipped.map((item) => [item.path, item.reason]));
    expect(skipped).toMatchObject({ 'garbage.py': 'binary', 'big.json': 'too-large', loop: 'symlink-cycle' });
    expect(report.artifacts.map((artifact) => [artifact.path, artifact.verdict])).toEqual([
      ['empty.safetensors', 'incomplete'],
      ['truncated.pkl', 'incomplete'],
    ]);
    expect(report.coverage.crawlers.filter((crawler) => crawler.status === 'failed')).toEqual([]);
    const github = assay(['scan', dir, '--format', 'github', '--fail-on', 'none']).stdout;
    expect(github.split('\n').filter((line) => line.startsWith('::error::'))).toEqual([]);
  }, 60_000);
});
