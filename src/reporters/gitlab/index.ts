import type { Report } from '../../core/report.ts';
import type { Severity } from '../../core/severity.ts';
import type { RenderOptions } from '../reporter.ts';
import { aboveFloors, isOpen, worstFirst } from '../select.ts';
import { toJson } from '../text/json.ts';
import { plainMessage } from '../text/message.ts';
import { noTexts, titleOf } from '../text/rule-text.ts';
import { clip } from '../text/visible.ts';
import { fileOf } from '../uri.ts';

/** GitLab's widget shows one line; the rest is in the JSON report. */
const MAX_DESCRIPTION = 500;

const SEVERITY: Readonly<Record<Severity, 'blocker' | 'critical' | 'major' | 'minor' | 'info'>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
};

/** GitLab Code Quality: open findings. The format knows no suppression and wants a line for each. */
export function render(full: Report, options: RenderOptions): string {
  const report = aboveFloors(full, options);
  const texts = options.texts ?? noTexts;
  const locate = fileOf(report);
  const issues = worstFirst(report.findings)
    .filter(isOpen)
    .map((finding) => ({
      description: clip(`${titleOf(finding.ruleId, texts)}: ${plainMessage(finding, texts)}`, MAX_DESCRIPTION),
      check_name: finding.ruleId,
      fingerprint: finding.fingerprint,
      severity: SEVERITY[finding.severity],
      location: { path: locate(finding.location).file, lines: { begin: finding.location.line ?? 1 } },
    }));
  return `${toJson(issues)}\n`;
}
