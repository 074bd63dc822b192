import { SEVERITIES, type Severity } from '../core/severity.ts';
import type { Report } from '../core/report.ts';
import { REPORT_SCHEMA_VERSION } from '../core/report.ts';
import { Transfer } from '../registries/transfer.ts';
import { version } from '../version.ts';
import { auditGitHub } from './audit-github.ts';
import { auditHub, type Previous, type TargetOutcome } from './audit-hub.ts';
import { auditOci } from './oci/audit.ts';
import type { Net } from '../registries/net.ts';
import type { AuditContext } from './context.ts';
import type { Snapshot } from './snapshot.ts';
import type { AuditEntry, AuditRecord, Counts } from './store.ts';
import { keyOf, type Target } from './targets.ts';

export function countOpen(report: Report): Counts {
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
  for (const finding of report.findings) if (finding.status === 'open') counts[finding.severity] += 1;
  return counts;
}

const TYPES = { hub: 'huggingface', github: 'github', oci: 'oci', ollama: 'ollama' } as const;

const emptyReport = ({ name, kind }: Target, now: Date): Report => ({
  schemaVersion: REPORT_SCHEMA_VERSION,
  tool: { name: 'assay', version, rules: version },
  target: { name, type: TYPES[kind] },
  timestamp: now.toISOString(),
  components: [],
  relations: [],
  artifacts: [],
  findings: [],
  integrity: [],
  coverage: { filesSeen: 0, bytesSeen: 0, crawlers: [], skipped: [] },
});

/** A registry that does not answer says nothing of the repository: the last result stays, and is told to be old. */
function failed(target: Target, previous: Previous | undefined, error: unknown, now: Date): TargetOutcome {
  const reason = error instanceof Error ? error.message : String(error);
  const report = previous?.report ?? emptyReport(target, now);
  const blank: Snapshot = {
    version: 1,
    tool: version,
    status: 'failed',
    name: target.name,
    type: target.kind === 'github' ? 'repository' : target.kind === 'hub' ? target.type : 'model',
    private: false,
    gated: 'false',
    disabled: false,
    baseModels: [],
    datasets: [],
    files: [],
  };
  return { snapshot: previous?.snapshot ?? blank, report, reason };
}

function auditOne(target: Target, previous: Previous | undefined, net: Net, context: AuditContext): Promise<TargetOutcome> {
  switch (target.kind) {
    case 'hub':
      return auditHub(target, previous, net, context);
    case 'github':
      return auditGitHub(target, previous, net, context);
    case 'oci':
    case 'ollama':
      return auditOci(target, previous, net, context);
  }
}

/** Audits one target. Never throws for what the registry or the repository does: it is in the entry's status. */
export async function auditTarget(
  target: Target,
  audit: string,
  last: AuditRecord | undefined,
  context: AuditContext,
): Promise<AuditRecord> {
  const previous = last && last.snapshot.status !== 'failed' ? { snapshot: last.snapshot, report: last.report } : undefined;
  const transfer = new Transfer(context.maxBytes, context.net.transfer);
  const net = context.net.withTransfer(transfer);
  let outcome: TargetOutcome;
  let broken = false;
  try {
    outcome = await auditOne(target, previous, net, context);
  } catch (error) {
    if (error instanceof TypeError || error instanceof ReferenceError) throw error;
    outcome = failed(target, previous, error, context.now());
    broken = true;
  }
  const { snapshot, report, reason } = outcome;
  const entry: AuditEntry = {
    target: keyOf(target),
    audit,
    time: context.now().toISOString(),
    status: broken ? 'failed' : snapshot.status,
    ...(reason === undefined ? {} : { reason }),
    ...(snapshot.commit === undefined ? {} : { commit: snapshot.commit }),
    open: countOpen(report),
    drift: report.findings.filter((finding) => finding.status === 'open' && finding.ruleId.startsWith('drift-')).length,
    bytes: transfer.bytes,
    requests: transfer.requests,
  };
  return { entry, snapshot, report };
}
