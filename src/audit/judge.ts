import { compareLocations } from '../core/evidence.ts';
import type { Finding } from '../core/finding.ts';
import type { Discovery } from '../core/inventory.ts';
import type { Observation } from '../core/observation.ts';
import type { Report, Target } from '../core/report.ts';
import { scan } from '../scan.ts';
import { emptySource } from '../source/empty.ts';
import { inlineEngine } from '../workers/engine.ts';
import type { AuditContext } from './context.ts';

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

/** A report of a target of which no file is read: what the registry says of it, and what changed. */
export function bareReport(target: Target, discovery: Discovery, changes: readonly Observation[], context: AuditContext): Promise<Report> {
  const source = emptySource(target);
  const engine = inlineEngine({ source, knowledge: context.knowledge, hash: false, now: Date.now });
  return scan({ source, engine, registry: { discovery, compare: () => changes }, ...common(context) });
}

/** The last report with today's findings about the repository beside those about its files. */
export async function rejudge(last: Report, discovery: Discovery, changes: readonly Observation[], context: AuditContext): Promise<Report> {
  const today = await bareReport(last.target, discovery, changes, context);
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
