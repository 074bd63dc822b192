import { gunzipSync, gzipSync } from 'node:zlib';
import type { Surveyed } from '../../crawlers/artifacts/survey.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { MAX_HISTORY, type AuditEntry, type AuditRecord, type AuditStore, type Counts, type TargetHistory } from '../store.ts';

/** Runs one statement. `pg` and PGlite both have it. */
export type Query = <T>(text: string, values?: readonly unknown[]) => Promise<readonly T[]>;

/** Serialises schema changes of workers that start together; any number that nobody else uses. */
const LOCK = 7_261_108;

const SCHEMA = `
create schema if not exists assay;
create table if not exists assay.audit (id text primary key, specs jsonb not null, remaining integer not null default 0, started timestamptz not null default now(), finished timestamptz);
create table if not exists assay.target (audit text not null, target text not null, primary key (audit, target));
create table if not exists assay.entry (audit text not null, target text not null, time timestamptz not null, entry jsonb not null, primary key (audit, target));
create index if not exists entry_by_target on assay.entry (target, time);
create table if not exists assay.result (target text not null, revision text not null, audit text not null, record bytea not null, primary key (target, revision));
create table if not exists assay.latest (target text primary key, audit text not null, record bytea not null);
create table if not exists assay.artifact (key text primary key, survey bytea not null);
create table if not exists assay.host (host text primary key, next_at timestamptz not null);
`;

/** Creates the tables. Safe to run by many workers at once and again. */
export async function migrate(query: Query, script: (sql: string) => Promise<unknown>): Promise<void> {
  await script(`begin; select pg_advisory_xact_lock(${LOCK}); ${SCHEMA} commit;`);
  await query('select 1 from assay.audit limit 1');
}

/** Targets of an audit that have their result. */
export async function countDone(query: Query, audit: string): Promise<number> {
  const [row] = await query<{ n: number | string }>('select count(*) as n from assay.entry where audit = $1', [audit]);
  return Number(row?.n ?? 0);
}

const pack = (value: unknown): Uint8Array => gzipSync(JSON.stringify(value));
const unpack = <T>(bytes: Uint8Array): T => JSON.parse(gunzipSync(bytes).toString('utf8')) as T;

/** `jsonb` keeps keys in an order of its own; a page of the fleet is the same bytes whatever remembers it. */
const ordered = ({ target, audit, time, status, reason, commit, open, drift, bytes, requests }: AuditEntry): AuditEntry => ({
  target,
  audit,
  time,
  status,
  ...(reason === undefined ? {} : { reason }),
  ...(commit === undefined ? {} : { commit }),
  open: Object.fromEntries(SEVERITIES.map((severity) => [severity, open[severity]])) as Counts,
  drift,
  bytes,
  requests,
});

/** Audits remembered in PostgreSQL, for any number of processes. `close` frees what is behind the query. */
export function postgresStore(query: Query, close: () => Promise<void>): AuditStore {
  return {
    artifacts: {
      async get(key) {
        const [row] = await query<{ survey: Uint8Array }>('select survey from assay.artifact where key = $1', [encodeKey(key)]);
        return row && unpack<Surveyed>(row.survey);
      },
      async set(key, value) {
        await query('insert into assay.artifact (key, survey) values ($1, $2) on conflict (key) do nothing', [encodeKey(key), pack(value)]);
      },
    },
    async begin(id, specs, targets) {
      const [running] = await query<{ id: string }>(
        'select id from assay.audit where finished is null and specs = $1::jsonb order by started desc limit 1',
        [JSON.stringify(specs)],
      );
      if (running) {
        const rows = await query<{ target: string }>('select target from assay.target where audit = $1 order by target', [running.id]);
        if (rows.length > 0) return { id: running.id, targets: rows.map(({ target }) => target), resumed: true };
      }
      const list = await targets();
      // Both or neither: an audit without its targets would never end.
      await query(
        `with made as (insert into assay.audit (id, specs, remaining) values ($1, $2::jsonb, $4) on conflict (id) do nothing returning id)
         insert into assay.target (audit, target) select made.id, unnest($3::text[]) from made`,
        [id, JSON.stringify(specs), list, list.length],
      );
      return { id, targets: list, resumed: false };
    },
    async done(audit, target) {
      return (await query('select 1 from assay.entry where audit = $1 and target = $2', [audit, target])).length > 0;
    },
    async last(target) {
      const [row] = await query<{ record: Uint8Array }>('select record from assay.latest where target = $1', [target]);
      return row && unpack<AuditRecord>(row.record);
    },
    async record(record) {
      const { entry } = record;
      const packed = pack(record);
      // One statement, so it is whole or not there; the primary keys let a job that runs twice count once.
      const rows = await query<{ audit: string }>(
        `with kept as (insert into assay.entry (audit, target, time, entry) values ($1, $2, $3, $4::jsonb) on conflict do nothing returning audit),
         result as (insert into assay.result (target, revision, audit, record) select $2, $5, $1, $6 from kept where $5 <> '' on conflict do nothing),
         latest as (insert into assay.latest (target, audit, record) select $2, $1, $6 from kept on conflict (target) do update set audit = excluded.audit, record = excluded.record),
         counted as (update assay.audit set remaining = remaining - 1, finished = case when remaining <= 1 then now() else finished end where id in (select audit from kept))
         select audit from kept`,
        [
          entry.audit,
          entry.target,
          entry.time,
          JSON.stringify(entry),
          entry.status === 'ok' || entry.status === 'partial' ? (entry.commit ?? '') : '',
          packed,
        ],
      );
      return rows.length > 0;
    },
    async finish(audit) {
      await query('update assay.audit set finished = now() where id = $1 and finished is null and remaining <= 0', [audit]);
    },
    async fleet() {
      const rows = await query<{ target: string; entry: AuditEntry }>(
        `select target, entry from (select target, entry, time, audit, row_number() over (partition by target order by time desc, audit desc) as age from assay.entry) e where age <= $1 order by target, time, audit`,
        [MAX_HISTORY],
      );
      const byTarget = new Map<string, AuditEntry[]>();
      for (const { target, entry: stored } of rows) {
        const entry = ordered(stored);
        const entries = byTarget.get(target);
        if (entries) entries.push(entry);
        else byTarget.set(target, [entry]);
      }
      return [...byTarget.entries()].map(([target, entries]): TargetHistory => ({ target, entries }));
    },
    close,
  };
}

/** PostgreSQL's text holds no zero byte. */
const encodeKey = (key: string): string => key.replaceAll('\0', '\u001F');
