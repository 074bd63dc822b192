import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/audit/postgres/open.ts';
import { createQueue, TARGETS, type Job } from '../../src/audit/postgres/queue.ts';
import { migrate, type Query } from '../../src/audit/postgres/store.ts';
import { GitHubServer } from '../registries/github-server.ts';
import { HubServer } from '../registries/hub-server.ts';
import { evilPickle, lfs, safetensors } from '../registries/models.ts';

const server = process.env['ASSAY_TEST_POSTGRES'] ?? '';
const cli = process.env['ASSAY_TEST_CLI'] ?? fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const hub = new HubServer();
const children = new Set<ChildProcess>();
/** Milliseconds that the hub takes for an answer: registries are far away. */
const LATENCY = Number(process.env['ASSAY_TEST_LATENCY'] ?? 100);
const REPOSITORIES = Number(process.env['ASSAY_TEST_REPOSITORIES'] ?? 2000);

beforeAll(async () => {
  await hub.start();
  hub.pageSize = 500;
  for (let i = 0; i < REPOSITORIES; i += 1)
    hub.repo(
      `acme/m${String(i).padStart(5, '0')}`,
      {
        'README.md': '---\nlicense: mit\n---\n',
        'model.safetensors': lfs(safetensors(i % 200)),
        ...(i % 100 === 7 ? { 'pytorch_model.bin': lfs(evilPickle()) } : {}),
      },
      { cardData: { license: 'mit' } },
    );
});
afterAll(() => hub.stop());
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

/** A database of its own for each test. */
async function database(name: string): Promise<{ url: string; query: Query; close: () => Promise<void> }> {
  const admin = await connect(server);
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name}`);
  await admin.close();
  const url = server.replace(/\/postgres$/, `/${name}`);
  const { query, script, close } = await connect(url);
  await migrate(query, script);
  return { url, query, close };
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stderr: string;
}

function assay(args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env['PATH'], HF_ENDPOINT: hub.url, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.add(child);
  const running: Running = {
    child,
    stderr: '',
    ended: new Promise((resolve) => child.on('close', (code) => (children.delete(child), resolve(code)))),
  };
  child.stderr?.on('data', (data) => (running.stderr += String(data)));
  return running;
}

const count = async (query: Query, table: string): Promise<number> =>
  Number((await query<{ n: string }>(`select count(*) as n from ${table}`))[0]?.n);

/** Everything that an audit leaves, without what depends on who was first: times, bytes moved. */
async function finalState(query: Query): Promise<unknown> {
  const rows = await query<{ target: string; entry: Record<string, unknown> }>('select target, entry from assay.entry order by target');
  return rows.map(({ target, entry }) => ({
    target,
    status: entry['status'],
    commit: entry['commit'],
    open: entry['open'],
    drift: entry['drift'],
  }));
}

async function audited(url: string, workers: number, env: Record<string, string> = {}): Promise<number> {
  const begun = assay(['audit', 'hf:acme', '--store', url], env);
  expect(await begun.ended, begun.stderr).toBe(0);
  const started = Date.now();
  const running = Array.from({ length: workers }, () => assay(['audit', 'worker', '--store', url, '--once', '--quiet'], env));
  for (const worker of running) expect(await worker.ended, worker.stderr).toBe(0);
  return Date.now() - started;
}

/** Ids of audits end with a process. */
const steady = (text: string): string => text.replaceAll(/(?<="audit": "[\d:.TZ-]+Z-)\d+/g, 'process');

/** A hub at a distance. */
function distant(): void {
  hub.fault = () => ({ delay: LATENCY });
}

describe('a fleet on PostgreSQL', () => {
  it('is audited by 1, 2 and 4 workers: nothing lost, nothing twice', async () => {
    distant();
    const times = new Map<number, number>();
    const states: unknown[] = [];
    for (const workers of [1, 2, 4]) {
      const { url, query, close } = await database(`fleet_${workers}`);
      hub.reset();
      times.set(workers, await audited(url, workers));
      expect(await count(query, 'assay.entry')).toBe(REPOSITORIES);
      expect(await count(query, 'assay.result')).toBe(REPOSITORIES);
      // Every repository was listed once: nothing was done twice.
      expect(hub.log.filter((line) => line.includes('/tree/'))).toHaveLength(REPOSITORIES);
      expect(await count(query, 'assay.audit where finished is not null')).toBe(1);
      states.push(await finalState(query));
      await close();
    }
    console.log(
      `${REPOSITORIES} repositories, ${LATENCY} ms latency:`,
      Object.fromEntries(times),
      'ms; 1 to 2:',
      ((times.get(1) ?? 0) / (times.get(2) ?? 1)).toFixed(2),
    );
    expect(states[1]).toEqual(states[0]);
    expect(states[2]).toEqual(states[0]);
    // With few repositories the start of the processes is most of it.
    if (REPOSITORIES >= 400) expect((times.get(1) ?? 0) / (times.get(2) ?? 1)).toBeGreaterThanOrEqual(1.7);
  });

  it('reports as an audit in one process does: every format, issue, exit code', async () => {
    const { url, close } = await database('waited');
    const folder = await mkdtemp(join(tmpdir(), 'assay-waited-'));
    const board = await new GitHubServer().start();
    const names = ['acme/m00007', 'acme/m00001', 'acme/nothing'].map((name) => `hf://${name}`);
    const formats = ['table', 'json', 'sarif', 'cyclonedx', 'spdx', 'markdown', 'html', 'github', 'junit', 'gitlab'];
    const outputs = (where: string): string[] => formats.flatMap((format) => ['-o', `${format}=${join(folder, where, format)}`]);
    // Both at the same time of the same hub, so that nothing but the store tells them apart.
    const env = { SOURCE_DATE_EPOCH: '1700000000', GITHUB_API_URL: board.url, GITHUB_TOKEN: 'ghp_x' };
    const worker = assay(['audit', 'worker', '--store', url, '--quiet'], env);
    const waited = assay(['audit', ...names, '--store', url, '--issue', 'acme/board', ...outputs('queue')], env);
    const here = assay(['audit', ...names, '--state', join(folder, 'state'), ...outputs('here')], env);
    expect(await waited.ended, waited.stderr).toBe(1);
    expect(await here.ended, here.stderr).toBe(1);
    expect(waited.stderr).toContain('3 of 3 targets');
    for (const format of formats)
      expect(steady(await readFile(join(folder, 'queue', format), 'utf8')), format).toBe(
        steady(await readFile(join(folder, 'here', format), 'utf8')),
      );
    expect(board.issues.map(({ title }) => title)).toEqual([expect.stringMatching(/acme\/m00007.*: \d+ open findings/)]);

    // The whole fleet, later, from either store.
    const report = (where: string, store: readonly string[]): Running => assay(['audit', 'report', ...store, ...outputs(where)], env);
    const [fromQueue, fromDirectory] = [report('queue-fleet', ['--store', url]), report('here-fleet', ['--state', join(folder, 'state')])];
    expect(await fromQueue.ended, fromQueue.stderr).toBe(1);
    expect(await fromDirectory.ended, fromDirectory.stderr).toBe(1);
    for (const format of formats)
      expect(steady(await readFile(join(folder, 'queue-fleet', format), 'utf8')), format).toBe(
        steady(await readFile(join(folder, 'here-fleet', format), 'utf8')),
      );

    // Nothing open: 0, and `--wait` is enough.
    const clean = assay(['audit', 'hf://acme/m00002', '--store', url, '--wait'], env);
    expect(await clean.ended, clean.stderr).toBe(0);
    worker.child.kill('SIGTERM');
    await worker.ended;
    await board.stop();
    await rm(folder, { recursive: true });
    await close();
  });

  it('ends although a target is given up, and says so', async () => {
    const { url, query, close } = await database('given_up');
    const waiting = assay(['audit', 'hf://acme/m00001', 'hf://acme/m00002', '--store', url, '--wait']);
    for (let i = 0; i < 300 && (await count(query, 'assay.target')) < 2; i += 1) await new Promise((resolve) => setTimeout(resolve, 100));
    const queue = await createQueue({ connectionString: url }, { poll: 100, retries: 0 });
    const stop = new AbortController();
    const working = queue.work({ target: () => Promise.reject(new Error('no')), plan: () => Promise.resolve() }, 1, stop.signal);
    // What was queued is tried again as often as it was queued with; then it is dead.
    expect(await waiting.ended, waiting.stderr).toBe(2);
    expect(waiting.stderr).toContain('2 targets failed again and again');
    stop.abort();
    await working;
    await queue.stop();
    await close();
  });

  it('has the same final state when workers are killed at random', async () => {
    distant();
    const { url, query, close } = await database('killed');
    const env = { ASSAY_JOB_EXPIRE: '5' };
    const begun = assay(['audit', 'hf:acme', '--store', url], env);
    expect(await begun.ended, begun.stderr).toBe(0);
    let killed = 0;
    let workers = [0, 1].map(() => assay(['audit', 'worker', '--store', url, '--quiet'], env));
    for (let deadline = Date.now() + 540_000; (await count(query, 'assay.entry')) < REPOSITORIES;) {
      expect(
        Date.now(),
        `${await count(query, 'assay.entry')} of ${REPOSITORIES}; ${workers.map(({ stderr }) => stderr).join('')}`,
      ).toBeLessThan(deadline);
      await new Promise((resolve) => setTimeout(resolve, 1500 + Math.random() * 3000));
      if (killed >= 12) continue;
      const index = killed % 2;
      workers[index]?.child.kill('SIGKILL');
      killed += 1;
      workers = workers.map((worker, i) => (i === index ? assay(['audit', 'worker', '--store', url, '--quiet'], env) : worker));
    }
    for (const worker of workers) worker.child.kill('SIGTERM');
    for (const worker of workers) await worker.ended;
    console.log(`${killed} workers were killed`);
    const whole = await database('whole');
    await audited(whole.url, 2);
    expect(await finalState(query)).toEqual(await finalState(whole.query));
    expect(await count(query, 'assay.result')).toBe(REPOSITORIES);
    await whole.close();
    await close();
  });

  it('claims from 100,000 queued targets as fast as from 1,000, in flat memory', async () => {
    const { url, query, close } = await database('queued');
    const claims = async (): Promise<number> => {
      const times: number[] = [];
      const { default: PgBoss } = await import('pg-boss');
      const boss = new PgBoss({ connectionString: url, schema: 'assay_queue', supervise: false, schedule: false });
      await boss.start();
      for (let i = 0; i < 60; i += 1) {
        const started = performance.now();
        const [job] = await boss.fetch<Job>(TARGETS, { batchSize: 1, priority: true });
        times.push(performance.now() - started);
        if (job) await boss.complete(TARGETS, job.id);
      }
      await boss.stop({ graceful: false });
      return times.sort((a, b) => a - b)[30] ?? 0;
    };
    const queue = await createQueue({ connectionString: url });
    const jobs = (from: number, to: number): Job[] =>
      Array.from({ length: to - from }, (_, i) => ({ audit: 'a', target: `hf://acme/q${from + i}` }));
    await queue.enqueue(jobs(0, 1000), 0);
    const few = await claims();
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    await queue.enqueue(jobs(1000, 100_000), 0);
    await query('analyze');
    const many = await claims();
    console.log(
      `median claim: ${few.toFixed(1)} ms of 1,000; ${many.toFixed(1)} ms of 100,000; memory grew ${((process.memoryUsage().rss - before) / 1e6).toFixed(0)} MB`,
    );
    await queue.stop();
    await close();
    expect(many).toBeLessThan(Math.max(10, few * 3));
  });

  it('is made by many processes that start together', async () => {
    for (const name of ['together_1', 'together_2', 'together_3']) {
      const { url, close } = await database(name);
      const queues = await Promise.all(Array.from({ length: 6 }, () => createQueue({ connectionString: url })));
      await queues[0]?.enqueue([{ audit: 'a', target: 't' }], 0);
      expect(await queues[5]?.open()).toBe(1);
      await Promise.all(queues.map((queue) => queue.stop()));
      await close();
    }
  });

  it('retries, and keeps what fails for good among the dead', async () => {
    const { url, query, close } = await database('dead');
    const queue = await createQueue({ connectionString: url }, { poll: 100, retries: 1 });
    await queue.enqueue([{ audit: 'a', target: 'hf://acme/bad' }], 0);
    const stop = new AbortController();
    let runs = 0;
    const working = queue.work(
      { target: () => ((runs += 1), Promise.reject(new Error('no'))), plan: () => Promise.resolve() },
      1,
      stop.signal,
    );
    for (let i = 0; i < 100 && (await count(query, "assay_queue.job where name = 'assay-dead'")) === 0; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    stop.abort();
    await working;
    expect(runs).toBe(2);
    expect(await count(query, "assay_queue.job where name = 'assay-dead'")).toBe(1);
    await queue.stop();
    await close();
  });

  it('works urgent targets off first, and starts what is scheduled', async () => {
    const { url, query, close } = await database('urgent');
    const queue = await createQueue({ connectionString: url }, { poll: 100 });
    await queue.enqueue([{ audit: 'a', target: 'slow' }], 0);
    await queue.enqueue([{ audit: 'a', target: 'urgent' }], 10);
    const order: string[] = [];
    const stop = new AbortController();
    const working = queue.work(
      {
        target: ({ target }) => (order.push(target), order.length === 2 && stop.abort(), Promise.resolve()),
        plan: () => Promise.resolve(),
      },
      1,
      stop.signal,
    );
    await working;
    expect(order).toEqual(['urgent', 'slow']);
    await queue.stop();
    const scheduled = assay(['audit', 'schedule', 'hf:acme', '--every', '0 4 * * 1', '--store', url]);
    expect(await scheduled.ended, scheduled.stderr).toBe(0);
    expect(await query('select cron from assay_queue.schedule')).toEqual([{ cron: '0 4 * * 1' }]);
    await close();
  });
});
