import { fleetOf, isFresh, type FleetFinding } from '../audit/fleet/view.ts';
import { FLEET_FORMATS, renderFleet, type FleetFormat } from '../audit/fleet/render.ts';
import { SEVERITIES, severityRank } from '../core/severity.ts';
import { UserError } from '../core/errors.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { DEFAULT_FAIL_ON } from '../policy/index.ts';
import { worstFirst } from '../reporters/select.ts';
import { loadTexts } from '../reporters/text/load-texts.ts';
import { plainMessage } from '../reporters/text/message.ts';
import { place } from '../reporters/text/words.ts';
import type { AuditFlags } from './flags.ts';
import { openStore } from './audit.ts';
import { EXIT } from './exit.ts';
import { parseOutput, printText, writeText } from './output.ts';

const isFleetFormat = (format: string): format is FleetFormat => (FLEET_FORMATS as readonly string[]).includes(format);

function fleetFormat(format: string): FleetFormat {
  if (!isFleetFormat(format)) throw new UserError(`the fleet can be shown as ${FLEET_FORMATS.join(', ')}, not as ${format}`);
  return format;
}

/** `assay audit report`: 1 where an open finding of the fleet is at or above `--fail-on`. */
export async function runFleetReport(flags: AuditFlags): Promise<number> {
  const format = fleetFormat(flags.format);
  const files = (flags.output ?? []).map(parseOutput).map(({ format: wanted, path }) => ({ format: fleetFormat(wanted), path }));
  const texts = loadTexts(loadKnowledge());
  const store = await openStore(flags, true);
  try {
    const histories = await store.fleet();
    if (histories.length === 0) throw new UserError('no audit is remembered here; "assay audit hf:owner" makes one');
    const findings = new Map<string, readonly FleetFinding[]>();
    // Reports are read one by one, and only of targets where something is new.
    for (const { target, entries } of histories) {
      if ((entries.at(-1)?.drift ?? 0) === 0) continue;
      const record = await store.last(target);
      const fresh = worstFirst((record?.report.findings ?? []).filter(isFresh));
      findings.set(
        target,
        fresh.map((finding) => ({
          ruleId: finding.ruleId,
          severity: finding.severity,
          message: plainMessage(finding, texts),
          place: place(finding.location),
        })),
      );
    }
    const fleet = fleetOf(histories, findings);
    for (const file of files) await writeText(file.path, renderFleet(fleet, file.format));
    await printText(renderFleet(fleet, format));
    const failOn = flags.failOn ?? DEFAULT_FAIL_ON;
    return failOn !== 'none' && SEVERITIES.some((severity) => severityRank(severity) >= severityRank(failOn) && fleet.open[severity] > 0)
      ? EXIT.findings
      : EXIT.ok;
  } finally {
    await store.close();
  }
}
