import type { Report } from '../core/report.ts';
import { atLeast, type Severity } from '../core/severity.ts';

/** 1 where an open finding is at or above the floor, else 0. A function of the report alone, whatever the format. */
export function exitCodeOf(report: Report, failOn: Severity | 'none'): 0 | 1 {
  if (failOn === 'none') return 0;
  return report.findings.some((finding) => finding.status === 'open' && atLeast(finding.severity, failOn)) ? 1 : 0;
}
