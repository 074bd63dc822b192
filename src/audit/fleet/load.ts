import { worstFirst } from '../../reporters/select.ts';
import { plainMessage } from '../../reporters/text/message.ts';
import type { RuleTexts } from '../../reporters/text/rule-text.ts';
import { place } from '../../reporters/text/words.ts';
import type { AuditStore } from '../store.ts';
import { fleetOf, isFresh, type Fleet, type FleetFinding } from './view.ts';

/** What a store knows, as the page shows it; `undefined` where it knows nothing. */
export async function loadFleet(store: AuditStore, texts: RuleTexts): Promise<Fleet | undefined> {
  const histories = await store.fleet();
  if (histories.length === 0) return undefined;
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
  return fleetOf(histories, findings);
}
