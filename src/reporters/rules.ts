import { SEVERITIES } from '../core/severity.ts';
import type { ExampleTree, FindingText } from '../knowledge/findings.ts';
import { padEnd, wrap } from './text/width.ts';

const MIN_WIDTH = 60;
const MAX_WIDTH = 120;
const columns = (width: number): number => Math.min(Math.max(width, MIN_WIDTH), MAX_WIDTH);

/** Lines that no text of ours reaches. */
const ALL_LINES = 1000;

/** `assay rules`: worst first, one line each. */
export function listRules(rules: readonly FindingText[], width: number): string {
  const name = Math.max(...rules.map((rule) => rule.id.length)) + 2;
  const sorted = rules.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.id < b.id ? -1 : 1));
  const lines = sorted.map((rule) => {
    const [first = '', ...rest] = wrap(rule.title, columns(width) - name - 10, 3);
    return [`${padEnd(rule.severity, 10)}${padEnd(rule.id, name)}${first}`, ...rest.map((line) => ' '.repeat(name + 10) + line)].join('\n');
  });
  return `${lines.join('\n')}\n\n${rules.length} rules. "assay rules <id>" explains one.\n`;
}

const paragraph = (text: string, width: number): string => wrap(text.replaceAll(/\s+/g, ' ').trim(), columns(width), ALL_LINES).join('\n');

function example(title: string, trees: readonly ExampleTree[]): string[] {
  const [tree] = trees;
  const files = Object.entries(tree ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (files.length === 0) return [];
  return [
    '',
    title,
    ...files.flatMap(([path, text]) => [
      `  # ${path}`,
      // Examples of secrets are written as patterns, so that no file of ours holds one.
      ...text
        .replaceAll(/\{\{alnum:\d+\}\}/g, '…')
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`),
    ]),
  ];
}

/** `assay rules <id>`: what it means, why it matters, what to do, with an example of each. */
export function explainRule(rule: FindingText, width: number): string {
  const mappings = Object.values(rule.mappings).flat();
  return [
    `${rule.id}: ${rule.title}`,
    `severity ${rule.severity}, confidence ${rule.confidence}${rule.cwe.length > 0 ? `, ${rule.cwe.map((id) => `CWE-${id}`).join(', ')}` : ''}`,
    '',
    paragraph(rule.why, width),
    '',
    'What to do',
    paragraph(rule.remediation, width),
    ...example('Found', rule.examples.bad),
    ...example('Not found', rule.examples.good),
    ...(mappings.length > 0 ? ['', 'See', ...mappings.map((item) => `  ${item.id} ${item.title}\n    ${item.url}`)] : []),
    ...(rule.references.length > 0 ? ['', 'References', ...rule.references.map((url) => `  ${url}`)] : []),
    '',
  ].join('\n');
}
