import type { Finding } from '../../core/finding.ts';
import type { Report } from '../../core/report.ts';
import type { RenderOptions } from '../reporter.ts';
import { aboveFloors, isOpen } from '../select.ts';
import { byRule, type RuleGroup } from '../summary.ts';
import { plainMessage } from '../text/message.ts';
import { noTexts, titleOf, type RuleTexts } from '../text/rule-text.ts';
import { place } from '../text/words.ts';
import { escapeMarkup } from '../text/xml.ts';
import { fileOf } from '../uri.ts';

function testCase(finding: Finding, file: string, texts: RuleTexts): string {
  const message = plainMessage(finding, texts);
  const name = escapeMarkup(`${place(finding.location)} ${message}`);
  const attributes = `name="${name}" classname="${escapeMarkup(finding.ruleId)}" file="${escapeMarkup(file)}" line="${finding.location.line ?? 1}" time="0"`;
  if (!isOpen(finding)) {
    const reason =
      finding.suppression === undefined
        ? finding.status
        : `${finding.status}: ${finding.suppression.reason} (${finding.suppression.source})`;
    return `    <testcase ${attributes}>\n      <skipped message="${escapeMarkup(reason)}"/>\n    </testcase>`;
  }
  const details = [
    `Severity: ${finding.severity}`,
    `Confidence: ${finding.confidence}`,
    ...(finding.component === undefined ? [] : [`Component: ${finding.component}`]),
    ...finding.related.map((location) => `See also: ${place(location)}`),
    ...(texts(finding.ruleId)?.remediation
      ? [`What to do: ${texts(finding.ruleId)?.remediation.trim().replaceAll(/\s+/g, ' ') ?? ''}`]
      : []),
  ];
  const body = details.map(escapeMarkup).join('\n');
  return `    <testcase ${attributes}>\n      <failure message="${escapeMarkup(message)}" type="${finding.severity}">${body}</failure>\n    </testcase>`;
}

const tally = (findings: readonly Finding[]): string => {
  const open = findings.filter(isOpen).length;
  return `tests="${Math.max(findings.length, 1)}" failures="${open}" errors="0" skipped="${findings.length - open}" time="0"`;
};

/** JUnit XML as Jenkins, GitLab and Azure read it: a suite for each rule, a failed test for each open finding. */
export function render(full: Report, options: RenderOptions): string {
  const report = aboveFloors(full, options);
  const texts = options.texts ?? noTexts;
  const locate = fileOf(report);
  const timestamp = report.timestamp.slice(0, 19);
  const suite = ({ ruleId, findings }: RuleGroup): string =>
    [
      `  <testsuite name="${escapeMarkup(`${ruleId}: ${titleOf(ruleId, texts)}`)}" ${tally(findings)} timestamp="${escapeMarkup(timestamp)}">`,
      ...findings.map((finding) => testCase(finding, locate(finding.location).file, texts)),
      '  </testsuite>',
    ].join('\n');
  const groups = byRule(report.findings);
  // Without a test, some readers take the file for broken.
  const clean = `  <testsuite name="assay" ${tally([])} timestamp="${escapeMarkup(timestamp)}">\n    <testcase name="no findings" classname="assay" time="0"/>\n  </testsuite>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="assay" ${tally(report.findings)}>`,
    ...(groups.length === 0 ? [clean] : groups.map(suite)),
    '</testsuites>',
    '',
  ].join('\n');
}
