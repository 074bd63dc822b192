import { setTimeout as sleep } from 'node:timers/promises';
import type PgBossType from 'pg-boss';
import { UserError } from '../../core/errors.ts';

/** One target of one audit. */
export interface Job {
  readonly audit: string;
  readonly target: string;
}

/** A whole audit, as a schedule starts it: the targets are found when it is due. */
export interface Plan {
  readonly specs: readonly string[];
}

export interface QueueOptions {
  /** Milliseconds between two looks at an empty queue. */
  readonly poll?: number;
  /** Seconds after which a job whose worker is silent is somebody else's. */
  readonly expire?: number;
  readonly retries?: number;
  readonly onError?: (error: Error) => void;
}

export type BossOptions =
  | { readonly connectionString: string }
  | { readonly db: { executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }> } };

export const TARGETS = 'assay-audit';
export const PLANS = 'assay-plan';
/** Jobs that failed for good stay here for people to look at. */
export const DEAD = 'assay-dead';

/** A large repository takes minutes; a worker that is silent for longer is gone. */
const EXPIRE_SECONDS = 900;
const RETRIES = 3;
/** Deadlock, unique violation, and objects (table, type, schema) that are there already. */
const RACES: ReadonlySet<string> = new Set(['40P01', '23505', '42P07', '42710', '42P06']);
const MAX_STARTS = 8;
/** Jobs of one statement. */
const INSERT = 1000;

export interface Queue {
  enqueue(jobs: readonly Job[], priority: number): Promise<void>;
  schedule(name: string, cron: string, plan: Plan): Promise<void>;
  /** Works until `signal`; `parallel` jobs at once. A job that throws is tried again, then goes to the dead. */
  work(
    handlers: { readonly target: (job: Job) => Promise<void>; readonly plan: (plan: Plan, id: string) => Promise<void> },
    parallel: number,
    signal: AbortSignal,
  ): Promise<void>;
  /** Jobs that wait or run. */
  open(): Promise<number>;
  /** Targets of an audit that failed for good. */
  dead(audit: string): Promise<number>;
  stop(): Promise<void>;
}

interface QueueLimits {
  readonly retryLimit: number;
  readonly expireInSeconds: number;
  readonly onError: ((error: Error) => void) | undefined;
}

/** Starts pg-boss and makes the queues that are not there. Where that fails nothing of it stays behind. */
async function openBoss(boss: PgBossType, { retryLimit, expireInSeconds, onError }: QueueLimits): Promise<PgBossType> {
  boss.on('error', (error) => onError?.(error));
  try {
    await boss.start();
    await boss.createQueue(DEAD);
    for (const name of [TARGETS, PLANS])
      await boss.createQueue(name, { name, retryLimit, retryDelay: 1, retryBackoff: true, expireInSeconds, deadLetter: DEAD });
    // Without it every claim sorts all that wait: 180 ms at 100,000 jobs.
    const { rows } = await boss.getDb().executeSql('select partition_name from assay_queue.queue where name = $1', [TARGETS]);
    const partition = String((rows as readonly { partition_name?: unknown }[])[0]?.partition_name ?? '');
    if (/^\w+$/.test(partition))
      await boss
        .getDb()
        .executeSql(
          `create index if not exists assay_claim on assay_queue.${partition} (priority desc, created_on, id) where state < 'active'`,
          [],
        );
    return boss;
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined);
    throw error;
  }
}

/** Processes that start together make the same tables, and PostgreSQL refuses all but one: the others look again. */
async function started<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      const code = (error as { readonly code?: unknown } | null)?.code;
      if (attempt >= MAX_STARTS || typeof code !== 'string' || !RACES.has(code)) throw error;
      await sleep(200 * attempt * (0.5 + Math.random()));
    }
  }
}

/** The queues in PostgreSQL, by pg-boss. Claims are `SKIP LOCKED`, so workers do not wait for each other. */
export async function createQueue(database: BossOptions, options: QueueOptions = {}): Promise<Queue> {
  const { default: PgBoss } = await import('pg-boss').catch(() => {
    throw new UserError('--store postgres:// needs two more packages: npm install pg pg-boss@10');
  });
  const expireInSeconds = options.expire ?? EXPIRE_SECONDS;
  const retryLimit = options.retries ?? RETRIES;
  const boss = await started(() =>
    openBoss(
      new PgBoss({
        ...database,
        schema: 'assay_queue',
        maintenanceIntervalSeconds: Math.min(60, Math.max(1, Math.floor(expireInSeconds / 2))),
        ...('connectionString' in database ? { max: 4 } : {}),
      }),
      { retryLimit, expireInSeconds, onError: options.onError },
    ),
  );
  const poll = options.poll ?? 2000;

  /** Takes one job after the other; looks again after a while where there is none. A database that is away for a moment is no end. */
  async function lane<T extends object>(
    queue: string,
    run: (job: { readonly id: string; readonly data: T }) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const pause = (): Promise<unknown> => sleep(poll, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      try {
        const [job] = await boss.fetch<T>(queue, { batchSize: 1, priority: true });
        if (!job) {
          await pause();
          continue;
        }
        try {
          await run(job);
          await boss.complete(queue, job.id);
        } catch (error) {
          await boss.fail(queue, job.id, { message: error instanceof Error ? error.message : String(error) });
        }
      } catch (error) {
        options.onError?.(error instanceof Error ? error : new Error(String(error)));
        await pause();
      }
    }
  }

  return {
    async enqueue(jobs, priority) {
      for (let at = 0; at < jobs.length; at += INSERT)
        await boss.insert(
          jobs.slice(at, at + INSERT).map((data) => ({
            name: TARGETS,
            data,
            priority,
            singletonKey: `${data.audit} ${data.target}`,
            retryLimit,
            retryDelay: 1,
            retryBackoff: true,
            expireInSeconds,
            deadLetter: DEAD,
          })),
        );
    },
    async schedule(name, cron, plan) {
      await boss.schedule(PLANS, cron, { name, ...plan }, { tz: 'UTC', singletonKey: name });
    },
    async work({ target, plan }, parallel, signal) {
      const lanes = Array.from({ length: parallel }, () => lane(TARGETS, (job: { readonly data: Job }) => target(job.data), signal));
      await Promise.all([...lanes, lane(PLANS, (job: { readonly id: string; readonly data: Plan }) => plan(job.data, job.id), signal)]);
    },
    open: async () =>
      (await boss.getQueueSize(TARGETS, { before: 'completed' })) + (await boss.getQueueSize(PLANS, { before: 'completed' })),
    async dead(audit) {
      const found = await boss
        .getDb()
        .executeSql(`select count(distinct data->>'target') as n from assay_queue.job where name = $1 and data->>'audit' = $2`, [
          DEAD,
          audit,
        ]);
      return Number((found.rows as readonly { readonly n?: unknown }[])[0]?.n ?? 0);
    },
    stop: () => boss.stop({ graceful: true, timeout: 10_000 }),
  };
}
