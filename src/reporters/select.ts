import type { Finding } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
import { atLeast, confidenceRank, severityRank } from '../core/severity.ts';
import type { RenderOptions } from './reporter.ts';

/** The report without findings below the floors that the user chose. Suppressed ones stay: nothing is deleted, only marked. */
export function aboveFloors(report: Report, { minSeverity, minConfidence }: RenderOptions): Report {
  if (minSeverity === undefined && minConfidence === undefined) return report;
  const findings = report.findings.filter(
    (finding) =>
      atLeast(finding.severity, minSeverity ?? 'info') && confidenceRank(finding.confidence) >= confidenceRank(minConfidence ?? 'low'),
  );
  return { ...report, findings };
}

export const isOpen = (finding: Finding): boolean => finding.status === 'open';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Worst first, then surest, then by place. */
export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort(
    (a, b) =>
      severityRank(b.severity) - severityRank(a.severity) ||
      confidenceRank(b.confidence) - confidenceRank(a.confidence) ||
      byText(a.ruleId, b.ruleId) ||
      byText(a.location.path, b.location.path) ||
      (a.location.line ?? 0) - (b.location.line ?? 0) ||
      byText(a.fingerprint, b.fingerprint),
  );
