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

export type BossOptions = { readonly connectionString: string } | { readonly db: { executeSql(text: string, values: unknown[]): Promise<{ rows: unknown[] }> } };

export const TARGETS = 'assay-audit';
export const PLANS = 'assay-plan';
/** Jobs that failed for good stay here for people to look at. */
export const DEAD = 'assay-dead';

/** A large repository takes minutes; a worker that is silent for longer is gone. */
const EXPIRE_SECONDS = 900;
const RETRIES = 3;
/** Jobs of one statement. */
const INSERT = 1000;

export interface Queue {
  enqueue(jobs: readonly Job[], priority: number): Promise<void>;
  schedule(name: string, cron: string, plan: Plan): Promise<void>;
  /** Works until `signal`; `parallel` jobs at once. A job that throws is tried again, then goes to the dead. */
  work(handlers: { readonly target: (job: Job) => Promise<void>; readonly plan: (plan: Plan, id: string) => Promise<void> }, parallel: number, signal: AbortSignal): Promise<void>;
  /** Jobs that wait or run. */
  open(): Promise<number>;
  stop(): Promise<void>;
}

/** The queues in PostgreSQL, by pg-boss. Claims are `SKIP LOCKED`, so workers do not wait for each other. */
export async function createQueue(database: BossOptions, options: QueueOptions = {}): Promise<Queue> {
  const { default: PgBoss } = await import('pg-boss').catch(() => {
    throw new UserError('--store postgres:// needs two more packages: npm install pg pg-boss@10');
  });
  const boss = new PgBoss({ ...database, schema: 'assay_queue', maintenanceIntervalSeconds: Math.min(60, Math.max(1, Math.floor((options.expire ?? EXPIRE_SECONDS) / 2))), ...('connectionString' in database ? { max: 4 } : {}) });
  boss.on('error', (error) => options.onError?.(error));
  await boss.start();
  const expireInSeconds = options.expire ?? EXPIRE_SECONDS;
  const retryLimit = options.retries ?? RETRIES;
  await boss.createQueue(DEAD);
  for (const name of [TARGETS, PLANS]) await boss.createQueue(name, { name, retryLimit, retryDelay: 1, retryBackoff: true, expireInSeconds, deadLetter: DEAD });
  const poll = Math.max(0.5, (options.poll ?? 2000) / 1000);

  return {
    async enqueue(jobs, priority) {
      for (let at = 0; at < jobs.length; at += INSERT)
        await boss.insert(jobs.slice(at, at + INSERT).map((data) => ({ name: TARGETS, data, priority, singletonKey: `${data.audit} ${data.target}`, retryLimit, retryDelay: 1, retryBackoff: true, expireInSeconds, deadLetter: DEAD })));
    },
    async schedule(name, cron, plan) {
      await boss.schedule(PLANS, cron, { name, ...plan }, { tz: 'UTC', singletonKey: name });
    },
    async work({ target, plan }, parallel, signal) {
      const stopped = new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      // One lane per job: a slow target holds up nobody, and a finished one is finished at once.
      for (let lane = 0; lane < parallel; lane += 1)
        await boss.work<Job>(TARGETS, { batchSize: 1, pollingIntervalSeconds: poll, priority: true }, async (jobs) => {
          for (const job of jobs) await drain(job);
        });
      await boss.work<Plan>(PLANS, { batchSize: 1, pollingIntervalSeconds: poll }, async (jobs) => {
        for (const job of jobs) await plan(job.data, job.id);
      });
      // A lane that has found work takes the next job at once instead of waiting for the next look.
      async function drain(first: { readonly id: string; readonly data: Job }): Promise<void> {
        await target(first.data);
        for (; !signal.aborted; ) {
          const [next] = await boss.fetch<Job>(TARGETS, { batchSize: 1, priority: true });
          if (!next) return;
          try {
            await target(next.data);
            await boss.complete(TARGETS, next.id);
          } catch (error) {
            await boss.fail(TARGETS, next.id, { message: error instanceof Error ? error.message : String(error) });
          }
        }
      }
      await stopped;
    },
    open: async () => (await boss.getQueueSize(TARGETS, { before: 'completed' })) + (await boss.getQueueSize(PLANS, { before: 'completed' })),
    stop: () => boss.stop({ graceful: true, timeout: 10_000 }),
  };
}
