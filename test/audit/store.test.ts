import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { directoryStore } from '../../src/audit/directory-store.ts';
import { runAudit } from '../../src/audit/run.ts';
import { HubServer } from '../registries/hub-server.ts';
import { evilPickle, lfs, plainPickle, safetensors } from '../registries/models.ts';
import { parseTarget } from '../../src/audit/targets.ts';
import { UserError } from '../../src/core/errors.ts';
import { testContext } from './context.ts';

const hub = new HubServer();
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
let state = '';

beforeAll(() => hub.start());
afterAll(() => hub.stop());
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'assay-state-'));
  hub.repos.clear();
  hub.fault = () => undefined;
  hub.reset();
  for (let i = 0; i < 6; i += 1)
    hub.repo(
      `acme/m${i}`,
      {
        'README.md': '---\nlicense: mit\n---\n',
        'model.safetensors': lfs(safetensors(i)),
        ...(i === 3 ? { 'pytorch_model.bin': lfs(evilPickle()) } : {}),
      },
      { cardData: { license: 'mit' } },
    );
});
afterEach(() => rm(state, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command line; asynchronous, as the hub answers from this process. */
function assay(args: readonly string[], kill?: { readonly when: () => boolean; readonly signal: NodeJS.Signals }): Promise<Ended> {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env['PATH'], HF_ENDPOINT: hub.url, SOURCE_DATE_EPOCH: '1700000000', XDG_CACHE_HOME: state },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += String(data)));
  child.stderr.on('data', (data) => (stderr += String(data)));
  const timer = kill && setInterval(() => kill.when() && child.kill(kill.signal), 5);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ code, stdout, stderr });
    }),
  );
}

describe('assay audit', { timeout: 60_000 }, () => {
  it('audits an owner, remembers, and tells what changed', async () => {
    const first = await assay(['audit', 'hf:acme', '--state', state, '--format', 'json']);
    expect(first.code, first.stderr).toBe(1);
    const report = JSON.parse(first.stdout) as { artifacts: unknown[]; findings: { ruleId: string; location: { path: string } }[] };
    expect(report.artifacts).toHaveLength(7);
    expect(report.findings.find(({ ruleId }) => ruleId === 'unsafe-artifact')?.location.path).toBe('acme/m3/pytorch_model.bin');
    const moved = hub.bytes;
    hub.reset();

    const second = await assay(['audit', 'hf:acme', '--state', state, '--format', 'json']);
    expect(
      (JSON.parse(second.stdout) as typeof report).findings.map(({ ruleId }) => ruleId).filter((id) => id.startsWith('drift')),
    ).toEqual([]);
    expect(hub.log.some((line) => line.includes('resolve'))).toBe(false);
    expect(hub.bytes).toBeLessThan(moved);

    hub.repos.delete('models/acme/m1');
    const repo = hub.repos.get('models/acme/m2');
    if (repo) hub.commit(repo, { 'pytorch_model.bin': lfs(plainPickle()) });
    const third = await assay(['audit', 'hf:acme', '--state', state]);
    expect(third.code).toBe(1);
    expect(third.stderr).toContain('hf://acme/m1: gone');
    for (const id of ['drift-deleted', 'drift-safetensors-removed', 'drift-pickle-added']) expect(third.stdout).toContain(id);

    const files = ['json', 'markdown', 'html'].map((format) => ({ format, path: join(state, `fleet.${format}`) }));
    const fleet = await assay(['audit', 'report', '--state', state, ...files.flatMap(({ format, path }) => ['-o', `${format}=${path}`])]);
    expect(fleet.code, fleet.stderr).toBe(1);
    for (const text of [fleet.stdout, ...(await Promise.all(files.map(({ path }) => readFile(path, 'utf8'))))]) {
      expect(text).toContain('hf://acme/m1');
      expect(text).toContain('gone, or private');
    }
  });

  it('renders every format', async () => {
    const formats = ['json', 'sarif', 'cyclonedx', 'spdx', 'markdown', 'html', 'github', 'junit', 'gitlab'];
    const run = await assay([
      'audit',
      'hf://acme/m3',
      'hf://acme/m2',
      '--state',
      state,
      '--fail-on',
      'none',
      '--validate',
      ...formats.flatMap((format) => ['-o', `${format}=${join(state, format)}`]),
    ]);
    expect(run.code, run.stderr).toBe(0);
    for (const format of formats) expect(await readFile(join(state, format), 'utf8'), format).toContain('m3');
  });

  it('scans one repository without a memory', async () => {
    const run = await assay(['scan', 'hf://acme/m3', '--format', 'json']);
    expect(run.code, run.stderr).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({ target: { type: 'huggingface', name: 'acme/m3' } });
    expect((await assay(['scan', 'hf:acme'])).stderr).toContain('use "assay audit hf:acme"');
    expect((await assay(['scan', 'hf://acme/m3', '--offline'])).code).toBe(2);
    expect((await assay(['scan', 'hf://acme/nothing'])).code).toBe(2);
  });

  it('lists the targets of a dry run, and asks for nothing else', async () => {
    const run = await assay(['audit', 'hf:acme', '--dry-run', '--state', state]);
    expect(run.stdout.trim().split('\n')).toEqual(Array.from({ length: 6 }, (_, i) => `hf://acme/m${i}`));
    expect(hub.log.every((line) => /GET \/api\/(models|datasets|spaces)$/.test(line))).toBe(true);
  });

  it('goes on after Ctrl-C and kill -9 where it ended, with the same result', async () => {
    const expected = await assay(['audit', 'hf:acme', '--state', join(state, 'whole'), '--format', 'json']);
    const seen = (): number => hub.log.filter((line) => line.includes('/tree/')).length;
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const cut = join(state, signal);
      hub.reset();
      hub.fault = () => 'slow';
      const ended = await assay(['audit', 'hf:acme', '--state', cut, '--jobs', '1'], { when: () => seen() >= 4, signal });
      expect(ended.code).not.toBe(1);
      hub.fault = () => undefined;
      hub.reset();
      const resumed = await assay(['audit', 'hf:acme', '--state', cut, '--format', 'json']);
      expect(resumed.code, resumed.stderr).toBe(1);
      expect(seen()).toBeLessThan(6);
      expect(seen()).toBeGreaterThan(0);
      expect(JSON.parse(resumed.stdout)).toEqual(JSON.parse(expected.stdout));
      expect((await readdir(join(cut, 'targets'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
  });

  it('says what is wrong with what the user wrote', async () => {
    for (const target of ['nonsense', 'hf://a b', 'hf://../x', 'github:a/b/c', 'hf://acme/x@../y'])
      expect(() => parseTarget(target), target).toThrow(UserError);
    const run = await assay(['audit', 'nonsense', '--state', state]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/^error: .*\n$/);
  });

  it('takes a BOM for the lock file', async () => {
    const repo = hub.repos.get('models/acme/m0');
    const pinned = repo?.commits[0]?.sha ?? '';
    const bom = join(state, 'bom.json');
    await writeFile(
      bom,
      JSON.stringify({
        bomFormat: 'CycloneDX',
        specVersion: '1.6',
        components: [
          { type: 'machine-learning-model', name: 'm0', group: 'acme', purl: `pkg:huggingface/acme/m0@${pinned}` },
          { type: 'machine-learning-model', name: 'gone', group: 'acme', purl: 'pkg:huggingface/acme/gone' },
        ],
        services: [{ name: 'openai', endpoints: ['http://api.openai.com/v1'] }],
      }),
    );
    const run = await assay(['audit', `bom:${bom}`, '--state', state, '--format', 'json']);
    expect(run.stderr).toContain(`hf://acme/m0@${pinned}: ok`);
    expect(run.stderr).toContain('hf://acme/gone: gone');
    if (repo) hub.commit(repo, { 'model.safetensors': lfs(safetensors(9)) });
    const next = await assay(['audit', `bom:${bom}`, '--state', state, '--format', 'json']);
    const found = (JSON.parse(next.stdout) as { findings: { ruleId: string; args: Record<string, unknown> }[] }).findings.find(
      ({ ruleId }) => ruleId === 'drift-newer-revision',
    );
    expect(found?.args['before']).toBe(pinned);
  });
});

describe('the state directory', () => {
  it('is used by one process at a time, and taken over from a dead one', async () => {
    await writeFile(join(state, 'lock'), '1');
    await expect(directoryStore(state)).rejects.toThrow('another audit (process 1)');
    await writeFile(join(state, 'lock'), '999999999');
    const store = await directoryStore(state);
    await store.close();
  });

  it('survives damage: a torn line or record is as if it was not there', async () => {
    const store = await directoryStore(state);
    const context = testContext({ hubUrl: hub.url }, { cache: store.artifacts });
    const run = (id: string) => runAudit({ id, specs: ['x'], targets: () => Promise.resolve(['hf://acme/m0']), store, context, jobs: 1 });
    await run('1');
    const [file = ''] = await readdir(join(state, 'targets'));
    const path = join(state, 'targets', file);
    await writeFile(path, `${await readFile(path, 'utf8')}{"target":"hf`);
    expect((await store.fleet())[0]?.entries).toHaveLength(1);
    await run('2');
    expect((await store.fleet())[0]?.entries).toHaveLength(2);
    const [record = ''] = await readdir(join(state, 'records'));
    await writeFile(join(state, 'records', record), '{');
    await run('3');
    expect((await store.last('hf://acme/m0'))?.entry.status).toBe('ok');
    await store.close();
  });

  it('keeps one result per audit and target', async () => {
    const store = await directoryStore(state);
    const context = testContext({ hubUrl: hub.url });
    await runAudit({ id: '1', specs: ['x'], targets: () => Promise.resolve(['hf://acme/m0']), store, context, jobs: 1 });
    const record = await store.last('hf://acme/m0');
    expect(record && (await store.record(record))).toBe(false);
    expect((await store.fleet())[0]?.entries).toHaveLength(1);
    await store.close();
  });
});
