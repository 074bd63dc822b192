import { mkdtempSync, readFileSync, rmSync, existsSync, lstatSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiComment } from './github-server.ts';
import { evilPickle, openPullRequest, Repository, type Files, type PullRequestState } from './repository.ts';
import { FULL, runPullRequest, type PullRequestOptions, type RunResult } from './run.ts';
import { freshWorld } from './world.ts';

const world = freshWorld();

const run = (state: PullRequestState, inputs: Record<string, string> = {}, more: PullRequestOptions = {}): Promise<RunResult> =>
  runPullRequest({ ...world, state, inputs: { comment: 'on-failure', ...inputs }, ...more });
const pull = (base: Files, change: Files): PullRequestState => {
  world.repository.commit({ 'README.md': 'x', ...base });
  return openPullRequest(world.repository, change);
};

/** Lines of a log that the runner obeys. */
const commands = (log: string): string[] => log.split(/\r\n|\n|\r/).filter((line) => /^\s*(?:::|##\[)/.test(line));
const PAYLOAD = { 'models/a.pkl': evilPickle() };
const OPEN = { outcome: 'failed', 'new-findings': '1', 'highest-severity': 'critical' };

describe('names', () => {
  it('with workflow commands run none, in log, outputs and environment', async () => {
    const names = [
      'a\n::set-output name=x::y.pkl',
      'b\r::add-path::evil.pkl',
      '::stop-commands::x.pkl',
      '##[add-mask]c.pkl',
      'd%0A::error::e.pkl',
      'x,line=1,title=fake::f.pkl',
    ];
    const state = pull({}, Object.fromEntries(names.map((name) => [name, evilPickle()])));
    const result = await run(state, { 'sarif-file': 's.sarif' });
    expect(result.outputs).toMatchObject({ ...OPEN, 'new-findings': String(names.length) });
    const kinds = commands(result.log).map((line) => /^::([a-z-]+)/.exec(line)?.[1]);
    expect(new Set(kinds)).toEqual(new Set(['add-mask', 'error']));
    expect(kinds.filter((kind) => kind === 'error')).toHaveLength(names.length);
    for (const line of commands(result.log).slice(1)) expect(line).toMatch(/^::error file=[^,:]+,title=[^,:]+::/);
  });

  it('with Markdown and HTML are text in comment and summary', async () => {
    const names = [
      '](https:__evil.example)[x.pkl',
      '<img src=x onerror=alert(1)>.pkl',
      '`+@admin+`.pkl',
      '| a | b.pkl',
      '<!-- assay . -->.pkl',
      'a) [click](javascript:alert(1)).pkl',
      '</details>.pkl',
      '```mermaid.pkl',
    ];
    const result = await run(pull({}, Object.fromEntries(names.map((name) => [name, evilPickle()]))));
    for (const text of [world.server.comments[0]?.body ?? '', result.summary]) {
      // Without code spans and link targets nothing of the names is left.
      const rest = text.replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '').replaceAll(/\]\(https:\/\/github\.com\/o\/r\/[^()\s]*\)/g, '');
      expect(rest).not.toMatch(/<img|onerror|@admin|javascript:|evil\.example/);
      expect(rest.match(/<details>/g)?.length ?? 0).toBe(rest.match(/<\/details>/g)?.length ?? 0);
    }
    expect(world.server.comments[0]?.body).toMatch(/^<!-- assay \. -->\n/);
  });
});

describe.runIf(FULL)('size', () => {
  it('10,000 findings fit: ten annotations, one comment, one summary', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 100 }, (_, file) => [
        `f${file}.py`,
        `import torch\n${Array.from({ length: 100 }, (__, i) => `torch.load("weights-${file}-${i}.pt", weights_only=False)`).join('\n')}\n`,
      ]),
    );
    const result = await run(pull({}, files), { 'sarif-file': 'out.sarif', 'upload-sarif': 'true', 'fail-on': 'info' });
    expect(Number(result.outputs['new-findings']), result.log.slice(0, 2000)).toBeGreaterThanOrEqual(10_000);
    expect(commands(result.log).length).toBeLessThanOrEqual(1 + 10);
    expect((world.server.comments[0]?.body ?? '').length).toBeLessThan(65_536);
    expect((world.server.comments[0]?.body ?? '').length).toBeGreaterThan(2_000);
    expect(world.server.comments[0]?.body).toMatch(/<\/sub>$/);
    expect(Buffer.byteLength(result.summary)).toBeLessThanOrEqual(1024 * 1024);
    expect(world.server.sent('POST code-scanning/sarifs')).toHaveLength(1);
  }, 60_000);

  it('notebook lines of 2 MB hide nothing behind them', async () => {
    const notebook = JSON.stringify({
      cells: [
        {
          cell_type: 'code',
          source: [`x = "${'a'.repeat(2_000_000)}"\n`, 'import torch\n', 'torch.load("w.pt", weights_only=False)\n'],
          metadata: {},
          outputs: [{ output_type: 'stream', name: 'stdout', text: ['b'.repeat(2_000_000)] }],
          execution_count: 1,
        },
      ],
      metadata: { kernelspec: { language: 'python', name: 'python3' } },
      nbformat: 4,
      nbformat_minor: 5,
    });
    const result = await run(pull({}, { 'n.ipynb': notebook }), { 'fail-on': 'info', 'report-file': 'r.json' });
    const report = JSON.parse(readFileSync(join(world.repository.root, 'r.json'), 'utf8')) as {
      findings: { location: { path: string } }[];
      coverage: { skipped: { path: string }[] };
    };
    const told = [...report.findings.map((finding) => finding.location.path), ...report.coverage.skipped.map((file) => file.path)];
    expect(told, result.log.slice(0, 2000)).toContain('n.ipynb');
    expect(result.log.length).toBeLessThan(100_000);
  });
});

describe('a change that judges itself', () => {
  const RULES_OFF = 'fail-on: none\nrules:\n  unsafe-artifact: { disable: true }\n';
  const WAIVER = 'waivers:\n  - rule: unsafe-artifact\n    reason: trust me\n    expires: 2030-01-01\n';

  it.each([
    ['disables the rule', RULES_OFF],
    ['waives its own payload', WAIVER],
    ['excludes its own payload', 'exclude: [models/]\n'],
    ['is no configuration', 'fail-on: [\n'],
  ])('on a fork: an assay.yaml that %s changes nothing', async (_, text) => {
    const result = await run(pull({}, { 'assay.yaml': text, '.github/assay.yaml': text, ...PAYLOAD }), {}, { fork: true });
    expect(result.code, result.log).toBe(1);
    expect(result.outputs).toMatchObject(OPEN);
    expect(world.server.comments[0]?.body).toContain('From a fork: configuration and waivers are those of the base.');
  });

  it.runIf(FULL)('on a fork: the configuration of the base holds, also where the fork takes it away', async () => {
    const result = await run(pull({ 'assay.yaml': WAIVER }, { 'assay.yaml': null, ...PAYLOAD }), {}, { fork: true });
    expect(result.outputs).toMatchObject({ outcome: 'passed', 'new-findings': '0' });
  });

  it.runIf(FULL)('on a fork: inline ignores are not honoured, but those of the base do not turn it red', async () => {
    const line =
      'torch.load("w.pt", weights_only=False)  # assay: ignore[unsafe-loading,dangerous-operation,remote-code-path,unsafe-model-loading] checked\n';
    const plain = 'torch.load("w.pt", weights_only=False)\n';
    const rule = /::(?:error|warning|notice) file=new\.py,line=2.*?\(([a-z-]+)\)::/;
    const probe = await run(
      pull({ 'old.py': `import torch\n${plain}` }, { 'new.py': `import torch\n${plain}` }),
      { 'fail-on': 'info' },
      { fork: true },
    );
    const id = rule.exec(probe.log)?.[1] ?? '';
    expect(id, probe.log).not.toBe('');
    world.repository.remove();
    world.repository = new Repository();
    const ignored = line.replace(/\[.*\]/, `[${id}]`);
    const state = pull({ 'old.py': `import torch\n${ignored}` }, { 'new.py': `import torch\n${ignored}` });
    const own = await run(state, { 'fail-on': 'info' });
    expect(own.log).not.toMatch(rule);
    const fork = await run(state, { 'fail-on': 'info' }, { fork: true });
    expect(fork.log).toMatch(rule);
    expect(fork.log).not.toContain('file=old.py');
  });

  it('of the same repository counts, and the comment says that the judge was changed', async () => {
    const result = await run(pull({}, { 'assay.yaml': WAIVER, ...PAYLOAD }), { comment: 'always' });
    expect(result.outputs).toMatchObject({ outcome: 'passed', findings: '1', 'new-findings': '0' });
    expect(world.server.comments[0]?.body).toContain('This pull request changes the configuration of Assay; 1 finding is closed by it.');
  });

  it.runIf(FULL)('on a fork: a baseline that it commits is not believed, one that a step puts there is', async () => {
    const state = pull({}, PAYLOAD);
    await run(state, { 'report-file': 'known.json' }, { fork: true });
    const known = readFileSync(join(world.repository.root, 'known.json'), 'utf8');
    expect((await run(state, { baseline: 'known.json' }, { fork: true })).outputs['outcome']).toBe('passed');
    const next = openPullRequest(world.repository, { 'known.json': known }, state.head);
    const result = await run(next, { baseline: 'known.json' }, { fork: true });
    expect(result.code, result.log).toBe(2);
    expect(result.log).toContain('baseline known.json comes from the fork');
  });

  it('cannot hide new bytes behind a finding that was there', async () => {
    const result = await run(pull(PAYLOAD, { 'models/a.pkl': Buffer.concat([evilPickle().subarray(0, -1), Buffer.from('0N.')]) }));
    expect(result.outputs, result.log).toMatchObject(OPEN);
  });
});

describe('links', () => {
  it('to files outside are not read', async () => {
    const result = await run(
      pull(
        {},
        {
          'passwd.yaml': { link: '/etc/passwd' },
          'assay.yaml': { link: '/etc/passwd' },
          'models/m.pkl': { link: '/etc/passwd' },
          docs: { link: '/etc' },
        },
      ),
      { 'report-file': 'r.json', comment: 'always', config: '' },
    );
    expect(result.code, result.log).toBe(0);
    const everything = [
      result.log,
      result.summary,
      world.server.comments[0]?.body,
      readFileSync(join(world.repository.root, 'r.json'), 'utf8'),
    ].join('\n');
    expect(everything).not.toMatch(/root:x:0|\/bin\/bash/);
    expect(everything).toContain('symlink-outside');
  });

  it.each([
    ['report', { 'out.sarif': { link: 'PLACE/secret' } }],
    ['folder', { out: { link: 'PLACE' } }],
  ])('in the place of a %s that the workflow writes lead nowhere', async (kind, template) => {
    const place = mkdtempSync(join(tmpdir(), 'assay-outside-'));
    try {
      const files = Object.fromEntries(Object.entries(template).map(([path, { link }]) => [path, { link: link.replace('PLACE', place) }]));
      const result = await run(pull({}, files), { 'sarif-file': kind === 'folder' ? 'out/secret' : 'out.sarif' });
      expect(existsSync(join(place, 'secret'))).toBe(false);
      if (kind === 'report') expect(lstatSync(join(world.repository.root, 'out.sarif')).isFile()).toBe(true);
      else expect(result.log).toContain('::error::out/secret leads out of the workspace');
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });

  it.runIf(FULL)('in the place of the scanned folder lead out of nothing', async () => {
    const state = pull({ 'app/x.py': 'x = 1\n' }, { 'README.md': 'y' });
    rmSync(join(world.repository.root, 'app'), { recursive: true });
    symlinkSync('/etc', join(world.repository.root, 'app'));
    const result = await run(state, { path: 'app' });
    expect(result).toMatchObject({ code: 2, outputs: { outcome: 'error' } });
    expect(result.log).toContain('::error::path app leads out of the workspace');
  });
});

describe.runIf(FULL)('strangers', () => {
  it('who post the marker keep their comment, and get none of ours', async () => {
    world.server.comments = [
      apiComment(1, '<!-- assay . -->\n✅ all is well', 'stranger', 'NONE'),
      apiComment(2, '<!-- assay . -->\nmine', 'friend', 'CONTRIBUTOR'),
    ];
    await run(pull({}, PAYLOAD));
    expect(world.server.comments.map((comment) => comment.user?.login)).toEqual(['stranger', 'friend', 'github-actions[bot]']);
    expect(world.server.comments[0]?.body).toBe('<!-- assay . -->\n✅ all is well');
  });

  it('who name branch, title and label after commands run none', async () => {
    const evil = '$(id)`id`"; echo x\n::set-env name=A::b\n<!-- assay . -->@admin';
    const result = await run(
      pull({}, PAYLOAD),
      {},
      { more: { title: evil, body: evil, labels: [{ name: evil }], head_ref: evil, user: { login: evil } } },
    );
    expect(result.outputs).toMatchObject(OPEN);
    const everything = [result.log, result.summary, world.server.comments[0]?.body].join('\n');
    expect(everything).not.toMatch(/set-env|@admin|\$\(id\)/);
  });
});
