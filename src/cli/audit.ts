import { auditTarget } from '../audit/audit-target.ts';
import { runAudit } from '../audit/run.ts';
import { FORMS, isTarget, keyOf, parseTarget } from '../audit/targets.ts';
import { UserError } from '../core/errors.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { visible } from '../reporters/text/visible.ts';
import { auditContext, expandSpecs, isPostgres, openStore } from './audit-context.ts';
import { note, publish, publishAudit } from './audit-publish.ts';
import { EXIT } from './exit.ts';
import type { AuditFlags, ScanFlags } from './flags.ts';
import { parseOutput, printText, reportTime } from './output.ts';
import { describeCoverage } from './verbose.ts';

const DEFAULT_JOBS = 4;

/** `assay scan hf://…` and `assay scan github:…`: one repository, nothing remembered. */
export async function runRemoteScan(spec: string, flags: ScanFlags): Promise<number> {
  for (const output of flags.output ?? []) parseOutput(output);
  const target = parseTarget(spec);
  if (!isTarget(target)) throw new UserError(`${spec} names more than one repository: use "assay audit ${spec}"`);
  const knowledge = loadKnowledge();
  const time = reportTime();
  const context = await auditContext({ flags: flags as AuditFlags, knowledge, now: () => time });
  const { entry, report } = await auditTarget(target, 'scan', undefined, context);
  if (entry.status !== 'ok' && entry.status !== 'partial') throw new UserError(`${keyOf(target)}: ${entry.reason ?? entry.status}`);
  if (flags.quiet !== true)
    note(
      `${keyOf(target)}: ${entry.requests} requests, ${entry.bytes} bytes${entry.reason === undefined ? '' : `; ${visible(entry.reason)}`}`,
    );
  if (flags.verbose === true) for (const line of describeCoverage(report)) note(line);
  return publish(report, flags, context);
}

/** `assay audit <target…>`. */
export async function runAuditCommand(specs: readonly string[], flags: AuditFlags): Promise<number> {
  if (specs.length === 0) throw new UserError(`name a target: ${FORMS}`);
  for (const output of flags.output ?? []) parseOutput(output);
  for (const spec of specs) parseTarget(spec);
  const knowledge = loadKnowledge();
  const stop = new AbortController();
  const interrupted = (): void => stop.abort(new Error('interrupted'));
  const time = reportTime();
  const store = await openStore(flags, flags.dryRun === true);
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const context = await auditContext({ flags, knowledge, now: () => time, store, signal: stop.signal });
    const known = (await store.fleet()).map(({ target }) => target);
    if (flags.dryRun === true) {
      for (const key of await expandSpecs(specs, context, known)) await printText(key);
      return EXIT.ok;
    }
    if (isPostgres(flags.store)) return await (await import('./audit-queue.ts')).enqueue(specs, flags, context, stop.signal);
    const result = await runAudit({
      id: `${time.toISOString()}-${process.pid}`,
      specs,
      targets: () => expandSpecs(specs, context, known),
      store,
      context,
      jobs: flags.jobs ?? DEFAULT_JOBS,
      signal: stop.signal,
      onDone: ({ entry }, done, total) => {
        if (flags.quiet !== true)
          note(
            `[${done}/${total}] ${entry.target}: ${entry.status}${entry.reason === undefined ? '' : ` (${visible(entry.reason)})`}, ${entry.drift} changes, ${entry.bytes} bytes`,
          );
      },
    });
    if (!result.finished) throw new UserError('interrupted; the same command goes on where it ended');
    if (flags.quiet !== true)
      note(`${result.targets.length} targets, ${context.net.transfer.requests} requests, ${context.net.transfer.bytes} bytes`);
    return await publishAudit({ specs, targets: result.targets, store, time }, flags, context);
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await store.close();
  }
}
