import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GitHubServer } from './github-server.ts';
import { evilPickle, openPullRequest, Repository } from './repository.ts';
import { FULL, pullRequestEvent, runBundle, runPullRequest } from './run.ts';
import { freshWorld, type World } from './world.ts';

const world = freshWorld({ 'app.py': 'import openai\n\nopenai.OpenAI()\n', 'requirements.txt': 'openai==2.8.0\n' });

/** Of a run that has no GitHub to ask. */
const alone = (): Pick<World, 'bundle' | 'repository'> => ({ bundle: world.bundle, repository: world.repository });

const SARIF = 'POST code-scanning/sarifs';
const SNAPSHOT = 'POST dependency-graph/snapshots';

describe('a push', () => {
  it('counts all findings, comments nowhere, and sends SARIF and dependencies of the commit', async () => {
    const sha = world.repository.commit({ 'a.pkl': evilPickle() });
    const inputs = {
      comment: 'always',
      'upload-sarif': 'true',
      'submit-dependencies': 'true',
      'bom-file': 'out/bom.cdx.json',
      'sarif-file': 'out/a.sarif',
      'report-file': 'out/report.json',
    };
    const result = await runBundle({ ...world, inputs });
    expect(result.code, result.log).toBe(1);
    expect(result.outputs).toMatchObject({
      outcome: 'failed',
      'highest-severity': 'critical',
      'bom-path': 'out/bom.cdx.json',
      'sarif-path': 'out/a.sarif',
      'report-path': 'out/report.json',
    });
    expect(world.server.received.map(({ operation }) => operation)).toEqual([SARIF, SNAPSHOT]);
    expect(world.server.received[0]?.body).toMatchObject({ commit_sha: sha, ref: 'refs/heads/main', tool_name: 'assay' });
    const uploaded = gunzipSync(Buffer.from(String(world.server.received[0]?.body['sarif']), 'base64')).toString();
    expect(uploaded).toBe(readFileSync(join(world.repository.root, 'out/a.sarif'), 'utf8'));
    expect(world.server.received[1]?.body).toMatchObject({
      sha,
      job: { correlator: 'ai-assay' },
      manifests: { 'requirements.txt': { resolved: { 'pkg:pypi/openai@2.8.0': { relationship: 'direct', scope: 'runtime' } } } },
    });
    expect(JSON.parse(readFileSync(join(world.repository.root, 'out/bom.cdx.json'), 'utf8'))).toMatchObject({ bomFormat: 'CycloneDX' });
    expect(result.summary).toMatch(/^# AI supply chain of `o\/r`/);
  });

  it.runIf(FULL)('compares with base-ref where it is given', async () => {
    world.repository.commit({ 'old.pkl': evilPickle() });
    world.repository.git('branch', 'release');
    world.repository.commit({ 'b.txt': 'x' });
    const result = await runBundle({ ...alone(), inputs: { 'base-ref': 'release' } });
    expect(result.outputs).toMatchObject({ outcome: 'passed', 'new-findings': '0' });
    const wrong = await runBundle({ ...alone(), inputs: { 'base-ref': 'nowhere' } });
    expect(wrong.code).toBe(1);
    expect(wrong.log).toContain(
      '::warning::No comparison with the base: base-ref nowhere is not a commit or a branch of this clone. All findings count.',
    );
  });
});

it.runIf(FULL)('a schedule reports without a pull request', async () => {
  const result = await runBundle({
    ...world,
    event: 'schedule',
    payload: { schedule: '0 3 * * *' },
    inputs: { comment: 'always' },
  });
  expect(result.code, result.log).toBe(0);
  expect(world.server.received).toHaveLength(0);
});

it.runIf(FULL)('a merge group is compared with its base', async () => {
  const base = world.repository.commit({ 'old.pkl': evilPickle() });
  world.repository.commit({ 'b.txt': 'x' });
  const result = await runBundle({ ...world, event: 'merge_group', payload: { merge_group: { base_sha: base } } });
  expect(result.outputs).toMatchObject({ outcome: 'passed', 'new-findings': '0' });
});

describe.runIf(FULL)('GitHub Enterprise Server', () => {
  it.each([['as the runner names its API', (url: string) => ({ GITHUB_API_URL: url, GITHUB_SERVER_URL: 'https://ghe.example.com' })]])(
    '%s',
    async (_, env) => {
      const enterprise = new GitHubServer('/api/v3');
      await enterprise.start();
      try {
        const state = openPullRequest(world.repository, { 'a.pkl': evilPickle() });
        const result = await runPullRequest({
          ...world,
          server: enterprise,
          state,
          inputs: { comment: 'on-failure' },
          env: env(enterprise.url),
        });
        expect(enterprise.comments, result.log).toHaveLength(1);
        expect(enterprise.comments[0]?.body).toContain(`https://ghe.example.com/o/r/blob/${state.merge}/a.pkl`);
        expect(enterprise.broken).toEqual([]);
      } finally {
        await enterprise.stop();
      }
    },
  );
});

describe.runIf(FULL)('code scanning of a pull request', () => {
  it('is about the merge commit, or the head where that is checked out', async () => {
    const state = openPullRequest(world.repository, { 'a.pkl': evilPickle() });
    const request = { ...world, state, inputs: { 'upload-sarif': 'true' } };
    await runPullRequest(request);
    world.repository.git('checkout', '--quiet', state.head);
    const result = await runPullRequest(request);
    expect(result.outputs['new-findings']).toBe('1');
    expect(world.server.sent(SARIF).map(({ body }) => [body['commit_sha'], body['ref']])).toEqual([
      [state.merge, 'refs/pull/7/merge'],
      [state.head, 'refs/pull/7/head'],
    ]);
  });
});

describe.runIf(FULL)('a shallow clone', () => {
  it('says what to do, and counts everything', async () => {
    const state = openPullRequest(world.repository, { 'a.pkl': evilPickle() });
    const shallow = new Repository();
    try {
      shallow.git('fetch', '--quiet', '--depth=1', `file://${world.repository.root}`, state.merge);
      shallow.git('checkout', '--quiet', state.merge);
      const result = await runPullRequest({ ...world, repository: shallow, state });
      expect(result.code).toBe(1);
      expect(result.log).toMatch(
        /::warning::No comparison with the base: commit [0-9a-f]{12} is not in this clone; check out with fetch-depth: 2/,
      );
      shallow.git('fetch', '--quiet', '--depth=2', `file://${world.repository.root}`, state.merge);
      expect((await runPullRequest({ ...world, repository: shallow, state })).log).not.toContain('No comparison');
    } finally {
      shallow.remove();
    }
  });
});

describe('the second half of a split for forks (workflow_run)', () => {
  const side = (label: string, sha: string, repo: string): object => ({
    label,
    ref: label.split(':')[1],
    sha,
    user: { login: label.split(':')[0] },
    repo: { full_name: repo },
  });
  const trigger = (sha: string): unknown => ({
    workflow_run: {
      event: 'pull_request',
      head_sha: sha,
      head_branch: 'feature',
      head_repository: { owner: { login: 'stranger' } },
      pull_requests: [],
    },
  });

  it('reads the pull request from the clone without laying it out, trusts nothing of it, and comments', async () => {
    const state = openPullRequest(world.repository, {
      'a.pkl': evilPickle(),
      'assay.yaml': 'fail-on: none\nrules:\n  unsafe-artifact: { disable: true }\n',
    });
    world.server.pulls = [
      { number: 12, state: 'open', base: side('o:main', state.base, 'o/r'), head: side('stranger:feature', state.head, 'stranger/r') },
    ];
    world.repository.git('checkout', '--quiet', state.base);
    const request = {
      ...world,
      event: 'workflow_run',
      payload: trigger(state.head),
      inputs: { comment: 'always', 'upload-sarif': 'true' },
      sha: state.base,
    };
    const result = await runBundle(request);
    expect(result.outputs, result.log).toMatchObject({ outcome: 'failed', 'new-findings': '1' });
    expect(world.server.comments).toHaveLength(1);
    expect(world.server.comments[0]?.body).toContain(`https://github.com/o/r/blob/${state.head}/a.pkl`);
    expect(world.server.sent('GET pulls')[0]?.query).toMatchObject({ head: 'stranger:feature', state: 'open' });
    expect(world.server.sent(SARIF)[0]?.body).toMatchObject({ commit_sha: state.head, ref: 'refs/pull/12/head' });
  });

  it.runIf(FULL)('says how to fetch a head that is not in the clone', async () => {
    const sha = world.repository.git('rev-parse', 'HEAD');
    world.server.pulls = [
      { number: 12, state: 'open', base: side('o:main', sha, 'o/r'), head: side('stranger:feature', 'd'.repeat(40), 'stranger/r') },
    ];
    const result = await runBundle({
      ...world,
      event: 'workflow_run',
      payload: trigger('d'.repeat(40)),
      inputs: { comment: 'always' },
    });
    expect(result.code).toBe(2);
    expect(result.log).toContain(`git fetch origin ${'d'.repeat(40)}`);
    expect(world.server.comments).toHaveLength(0);
  });

  it.runIf(FULL)('says nothing where a newer push is the head', async () => {
    world.server.pulls = [];
    const result = await runBundle({
      ...world,
      event: 'workflow_run',
      payload: trigger('c'.repeat(40)),
      inputs: { comment: 'always' },
    });
    expect(result.code, result.log).toBe(0);
    expect(result.log).toContain('::notice::No open pull request has the head cccccccccccc');
    expect(world.server.comments).toHaveLength(0);
  });
});

describe('a check-out that is not the pull request', () => {
  it('of pull_request_target is not taken for it: the head is read from the clone', async () => {
    const state = openPullRequest(world.repository, { 'a.pkl': evilPickle() });
    world.repository.git('checkout', '--quiet', state.base);
    const request = {
      ...world,
      event: 'pull_request_target',
      sha: state.base,
      inputs: { comment: 'always', 'submit-dependencies': 'true' },
    };
    const result = await runBundle({ ...request, payload: pullRequestEvent(state, { fork: true }) });
    expect(result.outputs, result.log).toMatchObject({ outcome: 'failed', 'new-findings': '1' });
    expect(world.server.comments[0]?.body).toContain('1 new finding');
    // Not those of the branch that the run is on.
    expect(world.server.sent(SNAPSHOT)[0]?.body).toMatchObject({ sha: state.head, ref: 'refs/pull/7/head' });
    const missing = await runBundle({ ...request, payload: pullRequestEvent({ ...state, head: 'e'.repeat(40) }, { fork: true }) });
    expect(missing).toMatchObject({ code: 2, outputs: { outcome: 'error' } });
  });

  it('gets no comment that says all is well', async () => {
    const state = openPullRequest(world.repository, { 'a.pkl': evilPickle() });
    world.repository.git('checkout', '--quiet', state.base);
    const result = await runPullRequest({ ...world, state, inputs: { comment: 'always' } });
    expect(result.log).toContain('::warning::The check-out does not hold the head of pull request 7');
    expect(world.server.comments).toHaveLength(0);
  });
});

describe.runIf(FULL)('inputs', () => {
  it.each([
    ['comment', 'sometimes', 'input comment must be one of never, on-failure, always'],
    ['fail-on', 'severe', 'input fail-on must be one of'],
    ['summary', 'yes', 'input summary must be true or false'],
    ['args', '--config x', 'input args takes --exclude GLOB'],
    ['path', 'nowhere', 'path nowhere does not exist'],
    ['path', '../', 'path ../ leads out of the workspace'],
    ['config', 'nowhere.yaml', 'config nowhere.yaml does not exist'],
    ['baseline', 'nowhere.json', 'baseline nowhere.json does not exist'],
  ])('%s: %s is an error of the workflow', async (name, value, message) => {
    const result = await runBundle({ ...alone(), inputs: { [name]: value } });
    expect(result).toMatchObject({ code: 2, outputs: { outcome: 'error' } });
    expect(result.log).toContain(`::error::${message}`);
  });

  it('a configuration that is wrong is told with file and line', async () => {
    world.repository.commit({ 'assay.yaml': 'fail-on: severe\nexclude: 5\n' });
    const result = await runBundle(alone());
    expect(result.code).toBe(2);
    expect(result.log).toMatch(/::error::assay\.yaml:\d: .*%0Aassay\.yaml:\d: /);
  });

  it('floors hold in annotations, summary and SARIF, and the gate is the input or the configuration', async () => {
    world.repository.commit({
      'x.py': 'import torch\n\ntorch.load("w.pt", weights_only=False)\n',
      'assay.yaml': 'fail-on: critical\nmin-severity: critical\n',
    });
    const quiet = await runBundle(alone());
    expect(quiet.code, quiet.log).toBe(0);
    expect(quiet.log).not.toMatch(/::(error|warning|notice) file=/);
    const loud = await runBundle({ ...alone(), inputs: { 'fail-on': 'info', 'min-severity': 'info' } });
    expect(loud.code).toBe(1);
    expect(loud.log).toMatch(/::(error|warning|notice) file=x\.py/);
  });

  it('a baseline takes the place of the comparison', async () => {
    world.repository.commit({ 'a.pkl': evilPickle() });
    await runBundle({ ...alone(), inputs: { 'report-file': 'known.json' } });
    expect((await runBundle({ ...alone(), inputs: { baseline: 'known.json' } })).outputs).toMatchObject({
      outcome: 'passed',
      'new-findings': '0',
    });
  });

  it('exclude leaves files out, on both sides', async () => {
    world.repository.commit({ 'a.pkl': evilPickle() });
    expect((await runBundle({ ...alone(), inputs: { args: '--exclude *.pkl' } })).outputs['new-findings']).toBe('0');
  });
});
