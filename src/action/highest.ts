import type { Report } from '../core/report.ts';
import { SEVERITIES } from '../core/severity.ts';
import { isOpen } from '../reporters/select.ts';

/** Severity of the worst open finding, or `none`. */
export function highestSeverity(report: Report): string {
  const open = report.findings.filter(isOpen);
  return SEVERITIES.find((severity) => open.some((finding) => finding.severity === severity)) ?? 'none';
}
