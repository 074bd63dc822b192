import type { Component } from '../../core/component.ts';
import type { Location } from '../../core/evidence.ts';
import type { Finding } from '../../core/finding.ts';
import type { Report } from '../../core/report.ts';
import type { RenderOptions } from '../reporter.ts';
import { gapsIn, scoreLines } from '../text/completeness.ts';
import { aboveFloors } from '../select.ts';
import { byKind, byRule, countBySeverity, gapsOf, splitFindings, type RuleGroup } from '../summary.ts';
import { messageParts, proseParts } from '../text/message.ts';
import { noTexts, titleOf, type RuleTexts } from '../text/rule-text.ts';
import { clip } from '../text/visible.ts';
import { bytes, count, KIND_WORDS, place } from '../text/words.ts';
import { fileOf, permalink } from '../uri.ts';
import { code, link, parts, plain, row } from './escape.ts';
import { mermaid } from './mermaid.ts';

/** GitHub's job summary holds 1 MiB; a comment 65,536 characters (`maxLength`). */
const MAX_LENGTH = 1_000_000;
/** A name longer than this says nothing more. */
const MAX_NAME = 120;

/** How much is listed: tried in turn until the text fits. */
interface Detail {
  readonly places: number;
  readonly components: number;
  readonly graph: boolean;
}

const DETAILS: readonly Detail[] = [
  { places: 200, components: 500, graph: true },
  { places: 50, components: 100, graph: true },
  { places: 10, components: 30, graph: true },
  { places: 5, components: 10, graph: false },
  { places: 2, components: 0, graph: false },
];

interface Page {
  readonly report: Report;
  readonly texts: RuleTexts;
  readonly detail: Detail;
  readonly where: (location: Location) => string;
}

function details(summary: string, body: readonly string[]): string[] {
  return ['<details>', `<summary>${summary}</summary>`, '', ...body, '</details>', ''];
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(head),
  row(head.map(() => '---')),
  ...rows.map(row),
  '',
];

const more = (left: number, what: string): string[] => (left > 0 ? [`and ${count(left, `more ${what}`)}`, ''] : []);

function heading({ report }: Page): string[] {
  const { target, findings } = report;
  const { open, suppressed } = splitFindings(findings);
  const counts = countBySeverity(open).map(([severity, n]) => `**${n} ${severity}**`);
  const at = target.commit === undefined ? '' : ` at ${code(clip(target.commit, 12))}`;
  const verdict = open.length === 0 ? 'No open findings' : `${count(open.length, 'open finding')}: ${counts.join(', ')}`;
  const also = suppressed.length > 0 ? `, ${suppressed.length} suppressed` : '';
  return [
    `# AI supply chain of ${code(clip(target.name, MAX_NAME))}`,
    '',
    `${verdict}${also}. ${count(report.components.length, 'component')}${at}.`,
    '',
  ];
}

function ruleSection({ ruleId, severity, findings }: RuleGroup, page: Page): string[] {
  const { texts, detail, where } = page;
  const text = texts(ruleId);
  const shown = findings.slice(0, detail.places);
  return [
    `### ${severity.toUpperCase()}: ${plain(titleOf(ruleId, texts))} (${code(ruleId)})`,
    '',
    ...table(
      ['Where', 'What', 'Confidence'],
      shown.map((finding) => [where(finding.location), parts(messageParts(finding, texts)), finding.confidence]),
    ),
    ...more(findings.length - shown.length, 'place'),
    ...(text?.remediation ? [`**What to do:** ${parts(proseParts(text.remediation))}`, ''] : []),
  ];
}

function suppressedSection(findings: readonly Finding[], { detail, where }: Page): string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, detail.places);
  const rows = shown.map((finding) => [
    code(finding.ruleId),
    where(finding.location),
    finding.status,
    finding.suppression === undefined ? '' : code(clip(finding.suppression.reason, MAX_NAME)),
    finding.suppression?.expires === undefined ? '' : code(finding.suppression.expires),
  ]);
  return details(`${count(findings.length, 'suppressed finding')}`, [
    ...table(['Rule', 'Where', 'Status', 'Why', 'Until'], rows),
    ...more(findings.length - shown.length, 'finding'),
  ]);
}

function facts(component: Component): string {
  switch (component.kind) {
    case 'model':
      return [
        component.provider ?? component.origin,
        component.role,
        component.revision === undefined ? undefined : `@${component.revision}`,
      ]
        .filter((text) => text !== undefined)
        .map((text) => code(clip(text, MAX_NAME)))
        .join(' ');
    case 'artifact':
      return `${code(clip(component.format, MAX_NAME))} ${bytes(component.size)}${component.verdict === undefined ? '' : ` **${component.verdict}**`}`;
    case 'library':
      return code(clip(component.version ?? component.range ?? component.ecosystem, MAX_NAME));
    case 'dataset':
      return component.origin;
    case 'service':
    case 'vector-store':
      return (component.endpoints ?? [])
        .slice(0, 3)
        .map((url) => code(clip(url, MAX_NAME)))
        .join(' ');
    case 'agent':
      return component.framework === undefined ? '' : code(clip(component.framework, MAX_NAME));
    case 'mcp-server':
      return code(clip(component.url ?? component.command ?? '', MAX_NAME));
    case 'prompt':
      return component.purpose === undefined ? '' : code(clip(component.purpose, MAX_NAME));
    case 'infra':
      return code(clip(component.version ?? component.digest ?? component.category, MAX_NAME));
  }
}

function inventory({ report, detail, where }: Page): string[] {
  if (report.components.length === 0) return ['No AI components found.', ''];
  const groups = byKind(report.components);
  const overview = table(
    ['Kind', 'Count', 'Names'],
    groups.map(({ kind, main, others }) => {
      const names = main.slice(0, 8).map((component) => code(clip(component.name, 60)));
      const rest = main.length - names.length;
      const tail = [...(rest > 0 ? [`${rest} more`] : []), ...(others > 0 ? [`${others} not AI or transitive`] : [])];
      return [KIND_WORDS[kind][1], String(main.length), [...names, ...tail].join(', ')];
    }),
  );
  const full = groups.flatMap(({ kind, main }) => {
    const shown = main.slice(0, detail.components);
    if (shown.length === 0) return [];
    const rows = shown.map((component) => {
      const [first] = component.occurrences;
      const rest = component.occurrences.length - 1;
      return [
        code(clip(component.name, MAX_NAME)),
        facts(component),
        `${first === undefined ? '' : where(first.location)}${rest > 0 ? ` +${rest}` : ''}`,
      ];
    });
    return details(`${count(main.length, ...KIND_WORDS[kind])}`, [
      ...table(['Name', 'Details', 'Seen at'], rows),
      ...more(main.length - shown.length, 'component'),
    ]);
  });
  return [...overview, ...full];
}

function gaps({ report }: Page): string[] {
  const { skipped, crawlers } = gapsOf(report);
  const lines = [
    ...skipped.map(([reason, files]) => `- ${count(files, 'file')} not read: ${reason}`),
    ...crawlers.map(
      ({ id, status, reason }) => `- ${code(id)}: ${status}${reason === undefined ? '' : ` (${code(clip(reason, MAX_NAME))})`}`,
    ),
  ];
  return lines.length === 0 ? [] : ['## Not looked at', '', ...lines, ''];
}

function completenessSection({ completeness }: RenderOptions): string[] {
  if (!completeness) return [];
  const missing = gapsIn(completeness).map(
    ({ title, share, todo }) => `- **${plain(title)}**${share === undefined ? '' : ` (${share})`}: ${plain(todo)}`,
  );
  return [
    '## How complete',
    '',
    ...scoreLines(completeness).map((line) => `- ${line}`),
    '',
    ...(missing.length > 0 ? details(`${missing.length} elements are missing`, [...missing, '']) : []),
  ];
}

function compose(report: Report, options: RenderOptions, detail: Detail): string {
  const texts = options.texts ?? noTexts;
  const locate = fileOf(report);
  const where = (location: Location): string =>
    link(code(clip(place(location), MAX_NAME)), permalink(report.target, locate(location).file, location.line));
  const current: Page = { report, texts, detail, where };
  const { open, suppressed } = splitFindings(report.findings);
  const graph = detail.graph ? mermaid(report) : undefined;
  return [
    ...heading(current),
    ...(open.length > 0 ? ['## What is wrong', '', ...byRule(open).flatMap((group) => ruleSection(group, current))] : []),
    ...suppressedSection(suppressed, current),
    '## What is in here',
    '',
    ...inventory(current),
    ...(graph === undefined ? [] : details('AI graph', [graph, ''])),
    ...completenessSection(options),
    ...gaps(current),
    `*${plain(report.tool.name)} ${plain(report.tool.version)}, ${count(report.coverage.filesSeen, 'file')} looked at*`,
    '',
  ].join('\n');
}

/** GitHub-flavoured Markdown for a job summary, a comment or a file. Says less until it fits `maxLength` characters. */
export function render(full: Report, options: RenderOptions): string {
  const report = aboveFloors(full, options);
  const limit = options.maxLength ?? MAX_LENGTH;
  let text = '';
  for (const detail of DETAILS) {
    text = compose(report, options, detail);
    if (text.length <= limit) return text;
  }
  const note = '\n\n*The report is longer than what fits here.*\n';
  const cut = text.slice(0, Math.max(0, limit - note.length));
  return cut.slice(0, cut.lastIndexOf('\n')) + note;
}
