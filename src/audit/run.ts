import { mapLimit } from '../core/async.ts';
import type { AuditContext } from './context.ts';
import type { AuditRecord, AuditStore } from './store.ts';
import { auditTarget } from './audit-target.ts';
import { targetOfKey } from './targets.ts';

export interface RunOptions {
  /** Id of a new audit; an unfinished one of the same targets is continued under its own. */
  readonly id: string;
  readonly specs: readonly string[];
  readonly targets: () => Promise<readonly string[]>;
  readonly store: AuditStore;
  readonly context: AuditContext;
  /** Targets in flight at once. */
  readonly jobs: number;
  readonly signal?: AbortSignal;
  readonly onDone?: (record: AuditRecord, done: number, total: number) => void;
}

export interface RunResult {
  readonly id: string;
  readonly resumed: boolean;
  /** Every target was audited; otherwise the next run with the same targets goes on. */
  readonly finished: boolean;
  readonly targets: readonly string[];
}

/** Audits all targets in this process; each result is kept as soon as it is there. */
export async function runAudit({ id, specs, targets, store, context, jobs, signal, onDone }: RunOptions): Promise<RunResult> {
  const running = await store.begin(id, specs, targets);
  let done = 0;
  const stopped = (): boolean => signal?.aborted === true;
  await mapLimit(running.targets, jobs, async (key) => {
    if (stopped() || (await store.done(running.id, key))) {
      done += 1;
      return;
    }
    const record = await auditTarget(targetOfKey(key), running.id, await store.last(key), context);
    // Interrupted work is no result: the next run does it again.
    if (stopped()) return;
    await store.record(record);
    done += 1;
    onDone?.(record, done, running.targets.length);
  });
  const finished = !stopped();
  if (finished) await store.finish(running.id);
  return { id: running.id, resumed: running.resumed, finished, targets: running.targets };
}
