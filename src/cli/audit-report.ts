import { loadFleet } from '../audit/fleet/load.ts';
import { isFleetFormat, renderFleet } from '../audit/fleet/render.ts';
import type { Fleet } from '../audit/fleet/view.ts';
import { fileIssue, issueTitle } from '../audit/issue.ts';
import type { AuditRecord, AuditStore } from '../audit/store.ts';
import { SEVERITIES, severityRank } from '../core/severity.ts';
import { UserError } from '../core/errors.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { DEFAULT_FAIL_ON } from '../policy/index.ts';
import { isFormat, loadRenderer } from '../reporters/index.ts';
import { loadTexts } from '../reporters/text/load-texts.ts';
import type { AuditFlags } from './flags.ts';
import { githubApi, openStore } from './audit-context.ts';
import { note, reportOf } from './audit-publish.ts';
import { EXIT } from './exit.ts';
import { parseOutput, printText, terminalOptions, writeText } from './output.ts';

/** Every newest report of the fleet as one, in a format of reports. */
async function fleetReport(format: string, fleet: Fleet, store: AuditStore, flags: AuditFlags): Promise<string> {
  if (!isFormat(format)) throw new UserError(`unknown format ${format}`);
  const records: AuditRecord[] = [];
  for (const target of fleet.targets.map((item) => item.target).sort()) {
    const record = await store.last(target);
    if (record) records.push(record);
  }
  return (await loadRenderer(format))(reportOf('fleet', records, [], new Date(fleet.time)), {
    specVersion: flags.specVersion,
    showSuppressed: flags.showSuppressed === true,
    validate: flags.validate === true,
    texts: loadTexts(loadKnowledge()),
  });
}

/**
 * `assay audit report`: the fleet as table, JSON, Markdown or HTML, or all its newest reports as one in every other
 * format. 1 where an open finding of the fleet is at or above `--fail-on`.
 */
export async function runFleetReport(flags: AuditFlags): Promise<number> {
  const files = (flags.output ?? []).map(parseOutput);
  const store = await openStore(flags, true);
  try {
    const fleet = await loadFleet(store, loadTexts(loadKnowledge()));
    if (!fleet) throw new UserError('no audit is remembered here; "assay audit hf:owner" makes one');
    const render = async (format: string, terminal?: { readonly color: boolean; readonly width: number }): Promise<string> =>
      isFleetFormat(format) ? renderFleet(fleet, format, terminal) : fleetReport(format, fleet, store, flags);
    for (const { format, path } of files) await writeText(path, await render(format));
    await printText(await render(flags.format, terminalOptions(flags)));
    if (flags.issue !== undefined) {
      const open = SEVERITIES.reduce((sum, severity) => sum + fleet.open[severity], 0);
      const content = { title: issueTitle('fleet', open), body: renderFleet(fleet, 'markdown'), open };
      note(await fileIssue(flags.issue, ['fleet'], content, { apiUrl: githubApi(), token: process.env['GITHUB_TOKEN'] }));
    }
    const failOn = flags.failOn ?? DEFAULT_FAIL_ON;
    return failOn !== 'none' && SEVERITIES.some((severity) => severityRank(severity) >= severityRank(failOn) && fleet.open[severity] > 0)
      ? EXIT.findings
      : EXIT.ok;
  } finally {
    await store.close();
  }
}
