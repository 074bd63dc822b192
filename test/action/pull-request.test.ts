import { describe, expect, it } from 'vitest';
import { apiComment } from './github-server.ts';
import { evilPickle, openPullRequest, type PullRequestState } from './repository.ts';
import { FULL, runPullRequest, TOKEN, type RunResult } from './run.ts';
import { freshWorld } from './world.ts';

const world = freshWorld({
  'app.py': 'from openai import OpenAI\n\nOpenAI().chat.completions.create(model="gpt-5-mini", messages=[])\n',
  'requirements.txt': 'openai==2.8.0\n',
});

const POST = 'POST issues/{number}/comments';
const PATCH = 'PATCH issues/comments/{number}';
const run = (
  state: PullRequestState,
  inputs: Record<string, string> = { comment: 'on-failure' },
  more: { fork?: boolean; env?: Record<string, string> } = {},
): Promise<RunResult> => runPullRequest({ ...world, state, inputs, ...more });
const evil = { 'models/a.pkl': evilPickle() };

describe('the life of a pull request', () => {
  it('comments once, updates on the next push, and turns green when it is fixed', async () => {
    const first = openPullRequest(world.repository, evil);
    const red = await run(first);
    expect(red.code, red.log).toBe(1);
    expect(red.outputs).toMatchObject({ outcome: 'failed', 'new-findings': '1', 'highest-severity': 'critical' });
    expect(world.server.comments).toHaveLength(1);
    expect(world.server.comments[0]?.body).toMatch(/^<!-- assay \. -->\n### ❌ Assay: 1 new finding, worst critical\n/);
    expect(world.server.comments[0]?.body).toContain(`https://github.com/o/r/blob/${first.merge}/models/a.pkl`);

    const second = openPullRequest(world.repository, { 'models/b.pkl': evilPickle('w') }, first.head);
    expect((await run(second)).code).toBe(1);
    expect(world.server.comments).toHaveLength(1);
    expect(world.server.comments[0]?.body).toContain('2 new findings');

    const fixed = openPullRequest(world.repository, { 'models/a.pkl': null, 'models/b.pkl': null }, second.head);
    const green = await run(fixed);
    expect(green.code, green.log).toBe(0);
    expect(green.outputs).toMatchObject({ outcome: 'passed', 'new-findings': '0', 'highest-severity': 'none' });
    expect(world.server.comments).toHaveLength(1);
    expect(world.server.comments[0]?.body).toContain('✅ Assay: no new findings');
    expect(world.server.sent(POST)).toHaveLength(1);
    expect(world.server.sent(PATCH)).toHaveLength(2);
  });

  it.runIf(FULL)('creates no comment on success, unless it is asked to', async () => {
    const state = openPullRequest(world.repository, { 'note.txt': 'nothing' });
    expect((await run(state)).code).toBe(0);
    expect(world.server.comments).toHaveLength(0);
    await run(state, { comment: 'always' });
    expect(world.server.comments).toHaveLength(1);
    expect(world.server.comments[0]?.body).toContain('The AI components are the same as before.');
    await run(state, { comment: 'never' });
    expect(world.server.received).toHaveLength(3);
  });

  it('finds its comment behind 300 others', async () => {
    const state = openPullRequest(world.repository, evil);
    world.server.comments = Array.from({ length: 320 }, (_, i) =>
      apiComment(i + 1, i === 310 ? '<!-- assay . -->\nold' : `comment ${i}`, i === 310 ? 'github-actions[bot]' : 'somebody'),
    );
    expect((await run(state)).code).toBe(1);
    expect(world.server.sent(POST)).toHaveLength(0);
    expect(world.server.sent('GET issues/{number}/comments').map(({ query }) => query['page'] ?? '1')).toEqual(['1', '2', '3', '4']);
    expect(world.server.comments[310]?.body).toContain('1 new finding');
  });

  it('counts what the pull request brings, not what the base has and not what others merged since', async () => {
    world.repository.git('checkout', '--quiet', 'main');
    world.repository.commit({ 'models/old.pkl': evilPickle('old') });
    const from = world.repository.git('rev-parse', 'HEAD');
    world.repository.commit({ 'models/merged-since.pkl': evilPickle('since') });
    world.repository.git('checkout', '--quiet', '--detach');
    const state = openPullRequest(world.repository, { 'b.py': 'import anthropic\n' }, from);
    // The event may be older than the merge commit that is checked out.
    const result = await run({ ...state, base: from }, { 'report-file': 'out/report.json', comment: 'always' });
    expect(result.code, result.log).toBe(0);
    expect(Number(result.outputs['findings'])).toBeGreaterThanOrEqual(3);
    expect(world.server.comments[0]?.body).not.toContain('merged-since');
  });
});

describe('a token that may not', () => {
  it.each([403, 404])('costs one warning where the comment is refused (%i)', async (status) => {
    world.server.fail(POST, { status, message: 'Resource not accessible by integration' });
    const result = await run(openPullRequest(world.repository, evil));
    expect(result.code).toBe(1);
    expect(result.log.match(/::warning::/g)).toHaveLength(1);
    expect(result.log).toContain(`::warning::Could not comment on the pull request: the token has no permission for it (${status}).`);
  });

  it('never turns a fork red', async () => {
    const denied = { status: 403, message: 'Resource not accessible by integration' };
    world.server.fail('GET issues/{number}/comments', denied);
    world.server.fail('POST code-scanning/sarifs', denied);
    world.server.fail('POST dependency-graph/snapshots', denied);
    const inputs = { comment: 'always', 'upload-sarif': 'true', 'submit-dependencies': 'true' };
    const result = await run(openPullRequest(world.repository, { 'c.py': 'import anthropic\n' }), inputs, { fork: true });
    expect(result.code, result.log).toBe(0);
    expect(result.log.match(/::warning::/g)).toHaveLength(3);
  });

  it('is masked before anything else and shown nowhere', async () => {
    world.server.fail(
      'GET issues/{number}/comments',
      { status: 401, message: `Bad credentials ${TOKEN}` },
      { status: 401, message: TOKEN },
    );
    const result = await run(openPullRequest(world.repository, evil));
    expect(result.log.startsWith(`::add-mask::${TOKEN}\n`)).toBe(true);
    expect(result.log.split(TOKEN)).toHaveLength(2);
    expect(result.summary).not.toContain(TOKEN);
    expect(world.server.received[0]?.authorization).toBe(`token ${TOKEN}`);
  });

  it.runIf(FULL)('is not asked for anything where the workflow wants nothing', async () => {
    await run(openPullRequest(world.repository, evil), {});
    expect(world.server.received).toHaveLength(0);
  });
});

describe.runIf(FULL)('a server that is busy', () => {
  it.each([
    ['429', { status: 429, message: 'Too many requests', headers: { 'retry-after': '1' } }],
    [
      'a secondary rate limit',
      { status: 403, message: 'You have exceeded a secondary rate limit. Please wait.', headers: { 'retry-after': '1' } },
    ],
  ])('is asked again after %s', async (_, failure) => {
    world.server.fail('GET issues/{number}/comments', failure);
    expect((await run(openPullRequest(world.repository, evil))).code).toBe(1);
    expect(world.server.comments).toHaveLength(1);
  });

  it('is not waited for an hour', async () => {
    const reset = String(Math.floor(Date.now() / 1000) + 3600);
    world.server.fail('GET issues/{number}/comments', {
      status: 403,
      message: 'API rate limit exceeded for installation',
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    });
    const result = await run(openPullRequest(world.repository, evil));
    expect(result.code).toBe(1);
    expect(result.log).toMatch(/::warning::Could not comment on the pull request: 403 API rate limit exceeded/);
    expect(world.server.comments).toHaveLength(0);
  });

  it('does not get a second comment when it fails after it made the first', async () => {
    world.server.fail(POST, { status: 502, message: 'Bad gateway', late: true });
    await run(openPullRequest(world.repository, evil));
    expect(world.server.comments).toHaveLength(1);
    expect(world.server.sent(POST)).toHaveLength(1);
  });

  it('gets it again when it failed before', async () => {
    world.server.fail(POST, { status: 502, message: 'Bad gateway' });
    await run(openPullRequest(world.repository, evil));
    expect(world.server.comments).toHaveLength(1);
    expect(world.server.sent(POST)).toHaveLength(2);
  });
});
