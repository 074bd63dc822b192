import { bomReport } from '../audit/bom-report.ts';
import { bomTargets } from '../audit/bom.ts';
import type { AuditContext } from '../audit/context.ts';
import { fileIssue, issueOf } from '../audit/issue.ts';
import { mergeReports } from '../audit/merge.ts';
import type { AuditRecord, AuditStore } from '../audit/store.ts';
import { parseTarget } from '../audit/targets.ts';
import type { Report } from '../core/report.ts';
import { DEFAULT_FAIL_ON, exitCodeOf } from '../policy/index.ts';
import { loadTexts } from '../reporters/text/load-texts.ts';
import { githubApi } from './audit-context.ts';
import { EXIT } from './exit.ts';
import type { AuditFlags, ScanFlags } from './flags.ts';
import { writeOutputs } from './output.ts';
import { readGiven } from './read.ts';

export const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Renders as every other report. Resolves to the exit code. */
export async function publish(report: Report, flags: AuditFlags | ScanFlags, { knowledge, policy }: AuditContext): Promise<number> {
  await writeOutputs(report, flags, {
    specVersion: flags.specVersion,
    showSuppressed: flags.showSuppressed === true,
    validate: flags.validate === true,
    texts: loadTexts(knowledge),
    ...(flags.minSeverity === undefined ? {} : { minSeverity: flags.minSeverity }),
    ...(flags.minConfidence === undefined ? {} : { minConfidence: flags.minConfidence }),
  });
  return exitCodeOf(report, flags.failOn ?? policy?.policy?.failOn ?? DEFAULT_FAIL_ON);
}

/** Paths of a target in a report of many begin with its name. */
const folderOf = (key: string): string =>
  key
    .replace(/^hf:\/\//, '')
    .replace(/^(?:github|ollama|oci):/, '')
    .replaceAll(/[@:]/g, '/');

/** One report of what is known of many targets, in the order of the records. */
export const reportOf = (name: string, records: readonly AuditRecord[], more: readonly (readonly [string, Report])[], time: Date): Report =>
  mergeReports(name, [...records.map((record) => [folderOf(record.entry.target), record.report] as const), ...more], time);

export interface Finished {
  readonly specs: readonly string[];
  readonly targets: readonly string[];
  readonly store: AuditStore;
  /** Of the report. */
  readonly time: Date;
  /** Targets that nobody could finish. */
  readonly lost?: number;
}

/** The end of an audit, wherever its work was done: report, issue, exit code. */
export async function publishAudit(
  { specs, targets, store, time, lost = 0 }: Finished,
  flags: AuditFlags,
  context: AuditContext,
): Promise<number> {
  const records: AuditRecord[] = [];
  for (const key of targets) {
    const record = await store.last(key);
    if (record) records.push(record);
  }
  const boms: (readonly [string, Report])[] = [];
  for (const spec of specs.map(parseTarget))
    if (spec.kind === 'bom') {
      const { components } = bomTargets((await readGiven(spec.path)).toString('utf8'), spec.path);
      boms.push(['services', await bomReport(components, spec.path, context)]);
    }
  const report = reportOf(specs.join(' '), records, boms, time);
  const code = await publish(report, flags, context);
  const texts = loadTexts(context.knowledge);
  if (flags.issue !== undefined)
    note(
      await fileIssue(flags.issue, specs, await issueOf(`audit of ${specs.join(' ')}`, report, texts), {
        apiUrl: githubApi(),
        token: process.env['GITHUB_TOKEN'],
      }),
    );
  // What could not be audited is not known to be clean.
  return (lost > 0 || records.some(({ entry }) => entry.status === 'failed')) && code === EXIT.ok ? EXIT.error : code;
}
