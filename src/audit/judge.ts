import { compareLocations } from '../core/evidence.ts';
import type { Finding } from '../core/finding.ts';
import type { Discovery } from '../core/inventory.ts';
import type { Observation } from '../core/observation.ts';
import type { Report } from '../core/report.ts';
import { scan } from '../scan.ts';
import type { AuditContext } from './context.ts';
import { remoteEngine } from './engine.ts';

/** What every scan of an audit has in common. */
export const common = (context: AuditContext) => ({
  knowledge: context.knowledge,
  now: context.now(),
  // What the publisher writes into the files must not close findings about them.
  inline: false,
  ...(context.policy ? { policy: context.policy } : {}),
  ...(context.trust ? { trust: context.trust } : {}),
  ...(context.selectRule ? { selectRule: context.selectRule } : {}),
});

const isDrift = (finding: Finding): boolean => finding.ruleId.startsWith('drift-');

/** The last report with today's findings about the repository beside those about its files. */
export async function rejudge(last: Report, discovery: Discovery, changes: readonly Observation[], context: AuditContext): Promise<Report> {
  const source = {
    target: last.target,
    list: () => Promise.resolve({ entries: [], skipped: [] }),
    open: () => Promise.reject(new Error('no files')),
  };
  const engine = remoteEngine({ source, knowledge: context.knowledge, concurrency: 1, now: Date.now, onFailure: () => undefined });
  const today = await scan({ source, engine, registry: { discovery, compare: () => changes }, ...common(context) });
  const kept = last.findings.filter(
    (finding) => !isDrift(finding) && !today.findings.some((other) => other.fingerprint === finding.fingerprint),
  );
  return {
    ...last,
    timestamp: today.timestamp,
    tool: today.tool,
    findings: [...kept, ...today.findings].sort((a, b) => compareLocations(a.location, b.location) || (a.ruleId < b.ruleId ? -1 : 1)),
  };
}
