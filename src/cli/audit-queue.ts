import { setTimeout as sleep } from 'node:timers/promises';
import { auditTarget } from '../audit/audit-target.ts';
import type { AuditContext } from '../audit/context.ts';
import { connect } from '../audit/postgres/open.ts';
import { sharedPace } from '../audit/postgres/pace.ts';
import { createQueue, type Job, type Queue } from '../audit/postgres/queue.ts';
import { countDone, migrate, postgresStore, type Query } from '../audit/postgres/store.ts';
import { parseTarget, targetOfKey } from '../audit/targets.ts';
import { UserError } from '../core/errors.ts';
import { shortHash } from '../core/fingerprint.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { visible } from '../reporters/text/visible.ts';
import { auditContext, expandSpecs, isPostgres } from './audit-context.ts';
import { note, publishAudit } from './audit-publish.ts';
import type { AuditFlags } from './flags.ts';
import { reportTime } from './output.ts';
import { EXIT } from './exit.ts';

const JOBS = 4;

function storeOf(flags: AuditFlags): string {
  if (!isPostgres(flags.store)) throw new UserError('--store postgres://… is needed: a directory has no queue');
  return flags.store;
}

/** Seconds, for tests and for fleets with their own idea of slow. */
const expireOf = (): { readonly expire?: number } => {
  const seconds = Number(process.env['ASSAY_JOB_EXPIRE']);
  return Number.isInteger(seconds) && seconds > 0 ? { expire: seconds } : {};
};

const onError = (error: Error): void => note(`queue: ${visible(error.message)}`);

/** Milliseconds between two looks at how far the workers are. */
const WATCH = 1000;

/**
 * Waits until every target of an audit has its result, or is among the dead. Resolves to the number of these.
 * @throws UserError when it is interrupted; the workers go on, and so does the same command.
 */
async function drained(audit: string, total: number, query: Query, queue: Queue, flags: AuditFlags, signal: AbortSignal): Promise<number> {
  for (let told = -1; ;) {
    const [done, dead] = [await countDone(query, audit), await queue.dead(audit)];
    if (done !== told && flags.quiet !== true) note(`${done} of ${total} targets${dead > 0 ? `, ${dead} given up` : ''}`);
    told = done;
    if (done + dead >= total) return dead;
    await sleep(WATCH, undefined, { signal }).catch(() => {
      throw new UserError('interrupted; workers go on, and the same command waits again');
    });
  }
}

/**
 * `assay audit … --store postgres://…`: puts every target on the queue; workers do the rest. With `--wait`, or where
 * somebody wants files or an issue, it then reports as an audit in one process does.
 */
export async function enqueue(specs: readonly string[], flags: AuditFlags, context: AuditContext, signal: AbortSignal): Promise<number> {
  const url = storeOf(flags);
  const { query, script, close } = await connect(url);
  await migrate(query, script);
  const store = postgresStore(query, close);
  const queue = await createQueue({ connectionString: url }, { onError, ...expireOf() });
  try {
    const known = (await store.fleet()).map(({ target }) => target);
    const { id, targets, resumed } = await store.begin(`${context.now().toISOString()}-${process.pid}`, specs, () =>
      expandSpecs(specs, context, known),
    );
    await queue.enqueue(
      targets.map((target) => ({ audit: id, target })),
      flags.priority ?? 0,
    );
    note(`${resumed ? 'continued' : 'started'} audit ${id}: ${targets.length} targets on the queue`);
    if (flags.wait !== true && flags.issue === undefined && (flags.output ?? []).length === 0) return EXIT.ok;
    const lost = await drained(id, targets.length, query, queue, flags, signal);
    if (lost > 0) note(`${lost} targets failed again and again; the queue assay-dead has them`);
    return await publishAudit({ specs, targets, store, time: context.now(), lost }, flags, context);
  } finally {
    await queue.stop();
    await store.close();
  }
}

/** `assay audit worker`: works off the queue until it is told to stop, or with `--once` until it is empty. */
export async function runWorker(flags: AuditFlags): Promise<number> {
  const url = storeOf(flags);
  const stop = new AbortController();
  const interrupted = (): void => stop.abort(new Error('interrupted'));
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  const { query, script, close } = await connect(url);
  await migrate(query, script);
  const store = postgresStore(query, close);
  const wait = (milliseconds: number): Promise<unknown> => sleep(milliseconds, undefined, { signal: stop.signal });
  const context = await auditContext({
    flags,
    knowledge: loadKnowledge(),
    now: reportTime,
    store,
    pace: sharedPace(query, flags.rate, wait),
    signal: stop.signal,
  });
  const queue = await createQueue({ connectionString: url }, { onError, poll: 1000, ...expireOf() });
  const target = async ({ audit, target: key }: Job): Promise<void> => {
    if (await store.done(audit, key)) return;
    const record = await auditTarget(targetOfKey(key), audit, await store.last(key), context);
    if (stop.signal.aborted) throw new Error('interrupted');
    if (await store.record(record)) {
      const { entry } = record;
      if (flags.quiet !== true)
        note(
          `${key}: ${entry.status}${entry.reason === undefined ? '' : ` (${visible(entry.reason)})`}, ${entry.drift} changes, ${entry.bytes} bytes`,
        );
    }
  };
  const plan = async ({ specs }: { readonly specs: readonly string[] }, id: string): Promise<void> => {
    const known = (await store.fleet()).map((item) => item.target);
    const begun = await store.begin(`plan-${id}`, specs, () => expandSpecs(specs, context, known));
    await queue.enqueue(
      begun.targets.map((key) => ({ audit: begun.id, target: key })),
      0,
    );
  };
  try {
    const working = queue.work({ target, plan }, flags.jobs ?? JOBS, stop.signal);
    if (flags.once === true) {
      while ((await queue.open()) > 0 && !stop.signal.aborted) await sleep(300);
      stop.abort(new Error('done'));
    }
    await working;
    return EXIT.ok;
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await queue.stop();
    await store.close();
  }
}

/** `assay audit schedule`: workers start the audit whenever it is due. The same targets again replace the old time. */
export async function runSchedule(specs: readonly string[], flags: AuditFlags): Promise<number> {
  const cron = flags.every ?? '';
  if (cron.trim().split(/\s+/).length !== 5)
    throw new UserError(`--every ${JSON.stringify(cron)}: write five fields, for example "0 4 * * 1"`);
  for (const spec of specs)
    if (parseTarget(spec).kind === 'bom')
      throw new UserError(`${spec}: workers on other machines cannot read it; schedule owners or repositories`);
  const queue = await createQueue({ connectionString: storeOf(flags) }, { onError });
  try {
    await queue.schedule(shortHash([...specs].sort()), cron, { specs });
    note(`scheduled ${specs.join(' ')} at ${cron} UTC`);
    return EXIT.ok;
  } finally {
    await queue.stop();
  }
}
