import type { Finding } from '../../core/finding.ts';
import type { Report } from '../../core/report.ts';
import type { Severity } from '../../core/severity.ts';
import type { RenderOptions } from '../reporter.ts';
import { aboveFloors, isOpen, worstFirst } from '../select.ts';
import { plainMessage } from '../text/message.ts';
import { noTexts, titleOf, type RuleTexts } from '../text/rule-text.ts';
import { visible } from '../text/visible.ts';
import { count } from '../text/words.ts';
import { fileOf } from '../uri.ts';

/** GitHub shows ten annotations of each level of a step and drops the rest without a word. */
const MAX_PER_LEVEL = 10;

const COMMANDS: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
};

/** The escapes of the toolkit (`@actions/core`, command.ts). `visible` has already taken line breaks out. */
const escapeData = (text: string): string => visible(text).replaceAll('%', '%25');
const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function annotation(finding: Finding, file: string, texts: RuleTexts): string {
  const { line, endLine, column } = finding.location;
  const properties = [
    `file=${escapeProperty(file)}`,
    ...(line === undefined ? [] : [`line=${line}`]),
    ...(endLine === undefined ? [] : [`endLine=${endLine}`]),
    // GitHub refuses columns of an annotation that spans lines.
    ...(column === undefined || (endLine !== undefined && endLine !== line) ? [] : [`col=${column}`]),
    `title=${escapeProperty(`${titleOf(finding.ruleId, texts)} (${finding.ruleId})`)}`,
  ];
  const advice = texts(finding.ruleId)?.remediation.trim();
  const message = escapeData(plainMessage(finding, texts)) + (advice ? `%0A%0A${escapeData(advice.replaceAll(/\s+/g, ' '))}` : '');
  return `::${COMMANDS[finding.severity]} ${properties.join(',')}::${message}`;
}

/** Workflow commands that put open findings on the lines of a pull request, worst first. */
export function render(full: Report, options: RenderOptions): string {
  const report = aboveFloors(full, options);
  const locate = fileOf(report);
  const lines: string[] = [];
  const counts = { error: 0, warning: 0, notice: 0 };
  const open = worstFirst(report.findings).filter(isOpen);
  for (const finding of open) {
    const command = COMMANDS[finding.severity];
    counts[command] += 1;
    if (counts[command] <= MAX_PER_LEVEL) lines.push(annotation(finding, locate(finding.location).file, options.texts ?? noTexts));
  }
  const rest = open.length - lines.length;
  if (rest > 0) lines.push(`Assay: ${count(rest, 'more finding')} without an annotation, GitHub shows ${MAX_PER_LEVEL} of each level.`);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
