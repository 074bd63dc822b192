import type { Finding } from '../core/finding.ts';
import { atLeast, type Severity } from '../core/severity.ts';

/** 0: nothing open at or above the severity. 1: something. A function of the report and nothing else. */
export function exitCodeOf(
  report: { readonly findings: readonly Pick<Finding, 'status' | 'severity'>[] },
  failOn: Severity | 'none',
): 0 | 1 {
  if (failOn === 'none') return 0;
  return report.findings.some((finding) => finding.status === 'open' && atLeast(finding.severity, failOn)) ? 1 : 0;
}

export const DEFAULT_FAIL_ON: Severity = 'high';
