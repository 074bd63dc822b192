import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryStore } from '../../src/audit/directory-store.ts';
import { loadFleet } from '../../src/audit/fleet/load.ts';
import { renderFleet } from '../../src/audit/fleet/render.ts';
import { sharedPace } from '../../src/audit/postgres/pace.ts';
import { createQueue } from '../../src/audit/postgres/queue.ts';
import { migrate, postgresStore, type Query } from '../../src/audit/postgres/store.ts';
import { runAudit } from '../../src/audit/run.ts';
import type { AuditRecord, AuditStore } from '../../src/audit/store.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { loadTexts } from '../../src/reporters/text/load-texts.ts';
import { HubServer } from '../registries/hub-server.ts';
import { lfs, safetensors } from '../registries/models.ts';
import { testContext } from './context.ts';

const hub = new HubServer();
let db: PGlite;
const query: Query = async <T>(text: string, values: readonly unknown[] = []) => (await db.query<T>(text, [...values])).rows;

beforeAll(async () => {
  await hub.start();
  db = await PGlite.create();
  await migrate(query, (sql) => db.exec(sql));
  for (const name of ['acme/a', 'acme/b']) hub.repo(name, { 'model.safetensors': lfs(safetensors(), 'safe') });
}, 60_000);
afterAll(async () => {
  await db.close();
  await hub.stop();
});

describe('the same audit on SQL', () => {
  it('remembers, compares, and keeps one result per audit, target and revision', async () => {
    await migrate(query, (sql) => db.exec(sql));
    const store = postgresStore(query, () => Promise.resolve());
    const context = testContext({ hubUrl: hub.url }, { cache: store.artifacts });
    const records: AuditRecord[] = [];
    const run = (id: string) =>
      runAudit({
        id,
        specs: ['hf:acme'],
        targets: () => Promise.resolve(['hf://acme/a', 'hf://acme/b']),
        store,
        context,
        jobs: 2,
        onDone: (record) => records.push(record),
      });
    expect(await run('1')).toMatchObject({ finished: true, resumed: false });
    expect(records.map(({ entry }) => entry.status)).toEqual(['ok', 'ok']);
    const [first] = records;
    expect(first && (await store.record(first))).toBe(false);
    const repo = hub.repos.get('models/acme/a');
    if (repo) hub.commit(repo, { 'model.safetensors': lfs(safetensors(4), 'safe') });
    await run('2');
    expect((await store.last('hf://acme/a'))?.report.findings.map(({ ruleId }) => ruleId)).toContain('drift-file-replaced');
    expect((await store.fleet()).map(({ target, entries }) => [target, entries.map(({ drift }) => drift > 0)])).toEqual([
      ['hf://acme/a', [false, true]],
      ['hf://acme/b', [false, false]],
    ]);
    expect(await query('select target, count(*)::int as n from assay.result group by target order by target')).toEqual([
      { target: 'hf://acme/a', n: 2 },
      { target: 'hf://acme/b', n: 1 },
    ]);
    expect(await query('select count(*)::int as n from assay.audit where finished is not null')).toEqual([{ n: 2 }]);
  });

  it('shows the same fleet as a directory does', async () => {
    const sql = postgresStore(query, () => Promise.resolve());
    const directory = await directoryStore(await mkdtemp(join(tmpdir(), 'assay-fleet-')));
    hub.repo('same/a', { 'model.safetensors': lfs(safetensors()) });
    const gone = hub.repo('same/b', { 'model.safetensors': lfs(safetensors()) });
    const targets = ['hf://same/a', 'hf://same/b'];
    const audit = async (id: string): Promise<void> => {
      for (const store of [sql, directory])
        await runAudit({
          id,
          specs: ['hf:same'],
          targets: () => Promise.resolve(targets),
          store,
          context: testContext({ hubUrl: hub.url }, { cache: store.artifacts, now: () => new Date(`2026-11-2${id}T00:00:00Z`) }),
          jobs: 1,
        });
    };
    await audit('1');
    hub.repos.delete(`models/${gone.name}`);
    await audit('2');
    const texts = loadTexts(loadKnowledge());
    const only = (store: AuditStore): AuditStore => ({
      ...store,
      fleet: async () => (await store.fleet()).filter(({ target }) => targets.includes(target)),
    });
    const [a, b] = [await loadFleet(only(sql), texts), await loadFleet(directory, texts)];
    await directory.close();
    expect(b?.targets.map(({ target, worst }) => [target, worst])).toEqual([
      ['hf://same/b', 'high'],
      ['hf://same/a', undefined],
    ]);
    for (const format of ['table', 'json', 'markdown', 'html'] as const)
      expect(a && renderFleet(a, format), format).toBe(b && renderFleet(b, format));
    for (const key of targets) expect((await sql.last(key))?.report).toEqual((await directory.last(key))?.report);
  });

  it('goes on with an audit that nobody finished', async () => {
    const store = postgresStore(query, () => Promise.resolve());
    const begun = await store.begin('cut', ['x'], () => Promise.resolve(['hf://acme/a']));
    expect(begun).toMatchObject({ id: 'cut', resumed: false });
    expect(await store.begin('other', ['x'], () => Promise.reject(new Error('not asked again')))).toEqual({
      id: 'cut',
      targets: ['hf://acme/a'],
      resumed: true,
    });
  });

  it('gives every worker its own moment with a host', async () => {
    const waits: number[] = [];
    const pace = sharedPace(query, 10, (ms) => Promise.resolve(waits.push(ms)));
    for (let i = 0; i < 5; i += 1) await pace.turn('hub.example');
    expect(waits.length).toBeGreaterThanOrEqual(3);
    expect(waits.at(-1) ?? 0).toBeGreaterThan(250);
    await pace.quiet('hub.example', 60_000);
    await pace.turn('hub.example');
    expect(waits.at(-1) ?? 0).toBeGreaterThan(59_000);
  });

  it('works off a queue of pg-boss', async () => {
    const executeSql = async (text: string, values?: unknown[]): Promise<{ rows: unknown[] }> =>
      values === undefined || values.length === 0 ? { rows: (await db.exec(text)).at(-1)?.rows ?? [] } : await db.query(text, values);
    const queue = await createQueue({ db: { executeSql } }, { poll: 50 });
    await queue.enqueue(
      [
        { audit: 'q', target: 'hf://acme/a' },
        { audit: 'q', target: 'hf://acme/b' },
      ],
      0,
    );
    const done: string[] = [];
    const stop = new AbortController();
    await queue.work(
      { target: ({ target }) => (done.push(target), done.length === 2 && stop.abort(), Promise.resolve()), plan: () => Promise.resolve() },
      1,
      stop.signal,
    );
    expect(done.sort()).toEqual(['hf://acme/a', 'hf://acme/b']);
    expect(await queue.open()).toBe(0);
    expect(await queue.dead('q')).toBe(0);
    await queue.stop();
  });
});
