import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditTarget } from '../../src/audit/audit-target.ts';
import { expandTargets } from '../../src/audit/expand.ts';
import { fileIssue, issueOf } from '../../src/audit/issue.ts';
import { keyOf, parseTarget, type GitHubTarget } from '../../src/audit/targets.ts';
import { apiUrlOf } from '../../src/registries/github.ts';
import { MAX_KEPT_FILE, tarballSource } from '../../src/source/tarball.ts';
import { loadTexts } from '../../src/reporters/text/load-texts.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { GitHubServer, tar } from '../registries/github-server.ts';
import { evilPickle } from '../registries/models.ts';
import { testContext } from './context.ts';

const github = new GitHubServer();
beforeAll(() => github.start());
afterAll(() => github.stop());
beforeEach(() => {
  github.repos.clear();
  github.log.length = 0;
  github.tokens.length = 0;
  github.truncate = false;
});

const context = (token?: string) =>
  testContext({ hubUrl: 'http://127.0.0.1:1', apiUrl: github.url, ...(token === undefined ? {} : { token }) });
const target = (name: string, revision?: string): GitHubTarget => ({
  kind: 'github',
  name,
  ...(revision === undefined ? {} : { revision }),
});
const code = 'from transformers import AutoModel\nm = AutoModel.from_pretrained("acme/x", trust_remote_code=True)\n';

describe('audit of GitHub', () => {
  it('scans the archive of a commit in memory, and tells the store no token', async () => {
    const long = `${'deep/'.repeat(30)}model.pkl`;
    github.repo('acme/app', {
      'app.py': code,
      'model.pkl': evilPickle(),
      [long]: evilPickle(),
      'requirements.txt': 'transformers==4.40.0\n',
    });
    const { entry, report } = await auditTarget(target('acme/app'), '1', undefined, context('ghp_secret'));
    expect(entry.status, entry.reason).toBe('ok');
    expect(report.findings.map(({ ruleId }) => ruleId)).toEqual(expect.arrayContaining(['unsafe-artifact', 'trust-remote-code']));
    expect(report.artifacts.map(({ path }) => path)).toContain(long);
    github.log.forEach((line, i) => expect(github.tokens[i] !== undefined, line).toBe(!line.includes('codeload')));
  });

  it('tells what changed, and asks for no archive where nothing did', async () => {
    const repo = github.repo('acme/app', { 'app.py': code });
    const first = await auditTarget(target('acme/app'), '1', undefined, context());
    github.log.length = 0;
    const second = await auditTarget(target('acme/app'), '2', first, context());
    expect(github.log.some((line) => line.includes('tarball'))).toBe(false);
    expect(second.report.findings).toEqual(first.report.findings);
    github.commit(repo, { 'app.py': code, 'model.pkl': evilPickle() }, []);
    const third = await auditTarget(target('acme/app'), '3', second, context());
    expect(third.report.findings.map(({ ruleId }) => ruleId)).toEqual(
      expect.arrayContaining(['drift-history-rewritten', 'drift-pickle-added', 'unsafe-artifact']),
    );
    github.repos.clear();
    expect((await auditTarget(target('acme/app'), '4', third, context())).report.findings.map(({ ruleId }) => ruleId)).toEqual([
      'drift-deleted',
    ]);
  });

  it('lists an organisation by pages without forks and archives, waits for the rate limit, and uses ETags', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      github.repo(`acme/${name}`, { 'x.py': 'x = 1\n' }, { fork: name === 'b', archived: name === 'd' });
    github.limited = 2;
    const shared = context();
    const registry = shared.github(shared.net);
    expect(await registry.list('acme')).toEqual(['acme/a', 'acme/c', 'acme/e']);
    expect(await registry.list('acme')).toEqual(['acme/a', 'acme/c', 'acme/e']);
    const targets = await expandTargets(
      [parseTarget('github:acme')],
      { hub: shared.hub(shared.net), github: registry, bom: () => Promise.resolve([]) },
      [target('acme/deleted'), target('other/x')],
    );
    expect(targets.map(keyOf)).toEqual(['github:acme/a', 'github:acme/c', 'github:acme/deleted', 'github:acme/e']);
  });

  it('says so where the archive breaks off', async () => {
    github.repo('acme/app', Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}.py`, `x = ${Math.random()}\n`])));
    github.truncate = true;
    const { entry } = await auditTarget(target('acme/app'), '1', undefined, context());
    expect(entry.status).toBe('failed');
    expect(entry.reason).toBeTruthy();
  });

  it('knows the hosts of enterprises', () => {
    expect(apiUrlOf(undefined)).toBe('https://api.github.com');
    expect(apiUrlOf('git.acme.example')).toBe('https://git.acme.example/api/v3');
  });

  it('opens one issue, updates it, and closes it when nothing is open', async () => {
    github.issues.length = 0;
    github.repo('acme/app', { 'model.pkl': evilPickle() });
    github.repo('acme/clean', { 'x.py': 'x = 1\n' });
    const texts = loadTexts(loadKnowledge());
    const issue = async (name: string) => issueOf('audit', (await auditTarget(target(name), '1', undefined, context())).report, texts);
    const bad = await issue('acme/app');
    const good = await issue('acme/clean');
    const options = { apiUrl: github.url, token: 'ghp_secret' };
    expect(await fileIssue('acme/board', ['github:acme'], good, options)).toContain('no issue');
    expect(await fileIssue('acme/board', ['github:acme'], bad, options)).toBe('opened issue acme/board#1');
    expect(await fileIssue('acme/board', ['github:acme'], bad, options)).toBe('updated issue acme/board#1');
    expect(await fileIssue('acme/board', ['github:other'], bad, options)).toBe('opened issue acme/board#2');
    expect(await fileIssue('acme/board', ['github:acme'], good, options)).toBe('closed issue acme/board#1');
    expect(github.issues.map(({ state }) => state)).toEqual(['closed', 'open']);
    expect(github.issues[1]?.body).toContain('model.pkl');
    await expect(fileIssue('acme/board', ['x'], bad, { ...options, token: undefined })).rejects.toThrow('GITHUB_TOKEN');
  });
});

describe('an archive in memory', () => {
  const open = (bytes: Uint8Array) =>
    tarballSource(
      (async function* () {
        yield await Promise.resolve(bytes);
      })(),
      { name: 'x', type: 'github' },
    );

  it('leaves names that lead outside, and files that are too large', async () => {
    const source = await open(gzipSync(tar('top', { '../evil': 'x', 'ok.txt': 'ok', 'big.bin': Buffer.alloc(MAX_KEPT_FILE + 1) })));
    const { entries, skipped } = await source.list();
    expect(entries.map(({ path }) => path)).toEqual(['ok.txt']);
    expect(skipped.map(({ reason }) => reason).sort()).toEqual(['invalid-name', 'too-large']);
  });

  it.each([
    ['no gzip', Buffer.from('hello')],
    ['no tar', gzipSync(Buffer.alloc(2048, 1))],
    ['cut', gzipSync(tar('top', { a: 'x' }).subarray(0, 1300))],
    ['empty', Buffer.alloc(0)],
  ])('refuses: %s', async (_, bytes) => {
    await expect(open(bytes)).rejects.toThrow();
  });
});
