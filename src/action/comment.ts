import type { Finding } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
import type { Diff } from '../diff/index.ts';
import { code, link, parts, plain, row } from '../reporters/markdown/escape.ts';
import { label } from '../reporters/markdown/mermaid.ts';
import { isOpen, worstFirst } from '../reporters/select.ts';
import { messageParts } from '../reporters/text/message.ts';
import { titleOf, type RuleTexts } from '../reporters/text/rule-text.ts';
import { clip } from '../reporters/text/visible.ts';
import type { Context } from './context.ts';

/** GitHub's limit is 65,536 characters; the marker and an ending stay below it. */
export const MAX_COMMENT = 65_000;

/** Found again by this, so that one comment is updated and never a second one made. Several uses in one workflow differ by path. */
export const markerOf = (path: string): string => `<!-- assay ${path.replaceAll(/[^\w./-]/g, '_').replaceAll('--', '_')} -->`;

interface Detail {
  readonly findings: number;
  readonly changes: number;
  readonly graph: boolean;
  readonly advice: boolean;
}

/** Tried in turn until the comment fits: it says less, and never ends in the middle of a word. */
const DETAILS: readonly Detail[] = [
  { findings: 50, changes: 100, graph: true, advice: true },
  { findings: 25, changes: 50, graph: true, advice: true },
  { findings: 10, changes: 20, graph: false, advice: true },
  { findings: 5, changes: 10, graph: false, advice: false },
  { findings: 0, changes: 0, graph: false, advice: false },
];

export interface CommentInput {
  readonly head: Report;
  /** Against the base; absent where there was nothing to compare with. */
  readonly diff: Diff | undefined;
  readonly context: Context;
  readonly texts: RuleTexts;
  readonly path: string;
}

const MAX_NAME = 120;
const BADGES: Readonly<Record<Finding['severity'], string>> = { critical: '🟥 critical', high: '🟧 high', medium: '🟨 medium', low: '🟦 low', info: '⬜ info' };

function place(finding: Finding, { context }: CommentInput): string {
  const file = finding.location.path.split('!')[0] ?? '';
  const sha = context.pullRequest?.headSha ?? context.sha;
  const anchor = finding.location.line === undefined ? '' : `#L${finding.location.line}`;
  const url = `${context.serverUrl}/${context.owner}/${context.repo}/blob/${sha}/${file.split('/').map(encodeURIComponent).join('/')}${anchor}`;
  return link(code(clip(`${finding.location.path}${finding.location.line === undefined ? '' : `:${finding.location.line}`}`, MAX_NAME)), url);
}

const details = (summary: string, body: readonly string[]): string[] => ['<details>', `<summary>${summary}</summary>`, '', ...body, '', '</details>', ''];
const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function headline(open: readonly Finding[], input: CommentInput): string {
  const fresh = input.diff ? 'new ' : '';
  if (open.length === 0) return `### ✅ Assay: no ${fresh}findings in the AI supply chain`;
  const worst = worstFirst(open)[0]?.severity ?? 'info';
  return `### ${worst === 'critical' || worst === 'high' ? '❌' : '⚠️'} Assay: ${counted(open.length, `${fresh}finding`)}, worst ${worst}`;
}

function findings(open: readonly Finding[], detail: Detail, input: CommentInput): string[] {
  const shown = worstFirst(open).slice(0, detail.findings);
  if (shown.length === 0) return [];
  const rows = shown.map((finding) => row([BADGES[finding.severity], plain(titleOf(finding.ruleId, input.texts)), parts(messageParts(finding, input.texts)), place(finding, input)]));
  const rest = open.length - shown.length;
  const ids = [...new Set(shown.map((finding) => finding.ruleId))];
  const advice = ids.flatMap((id) => {
    const text = input.texts(id)?.remediation?.trim();
    return text ? [`- ${code(id)}: ${plain(text.replaceAll(/\s+/g, ' '))}`] : [];
  });
  return [
    row(['', 'What', 'Where it shows', 'Place']),
    row(['---', '---', '---', '---']),
    ...rows,
    '',
    ...(rest > 0 ? [`and ${counted(rest, 'more finding')}.`, ''] : []),
    ...(detail.advice && advice.length > 0 ? details('What to do', advice) : []),
  ];
}

function changes(detail: Detail, { diff }: CommentInput): string[] {
  if (!diff) return [];
  const { added, removed, changed } = diff.components;
  const total = added.length + removed.length + changed.length;
  if (total === 0) return ['The AI components did not change.', ''];
  const name = (item: { kind: string; name: string; version?: string }): string => `${item.kind} ${code(clip(item.name, MAX_NAME))}${item.version === undefined ? '' : ` ${code(clip(item.version, 40))}`}`;
  const lines = [
    ...changed.map(({ item, changes: list }) => `- 🔁 ${name(item)}: ${list.map((change) => `${plain(change.field)} ${code(clip(change.old ?? '(none)', 60))} → ${code(clip(change.new ?? '(none)', 60))}`).join('; ')}`),
    ...added.map((item) => `- ➕ ${name(item)}`),
    ...removed.map((item) => `- ➖ ${name(item)}`),
  ];
  const shown = lines.slice(0, detail.changes);
  const rest = lines.length - shown.length;
  const title = [`${added.length} new`, `${changed.length} changed`, `${removed.length} gone`].join(', ');
  const body = [...shown, ...(rest > 0 ? [`- and ${rest} more`] : []), ...(detail.graph ? graph({ added, removed, changed }) : [])];
  return total <= 8 && detail.changes > 0 ? [`**What changed**: ${title}`, '', ...body, ''] : details(`<b>What changed</b>: ${title}`, body);
}

/** Mermaid draws what people can still read. */
const MAX_NODES = 30;

function graph({ added, removed, changed }: Pick<Diff['components'], 'added' | 'removed' | 'changed'>): string[] {
  const nodes = [
    ...changed.map(({ item }) => [item, 'changed'] as const),
    ...added.map((item) => [item, 'added'] as const),
    ...removed.map((item) => [item, 'gone'] as const),
  ].slice(0, MAX_NODES);
  if (nodes.length < 2) return [];
  return [
    '',
    '```mermaid',
    'flowchart LR',
    '  app(["application"])',
    ...nodes.map(([item, state], i) => `  app ${state === 'gone' ? '-.->' : '-->'}|${state}| n${i}["${label(`${item.kind}: ${item.name}`)}"]:::${state}`),
    '  classDef added stroke:#2da44e,stroke-width:2px',
    '  classDef changed stroke:#bf8700,stroke-width:2px',
    '  classDef gone stroke:#cf222e,stroke-dasharray:4',
    '```',
  ];
}

/** The comment: what is dangerous, what changed, what to do. Fits by saying less. */
export function renderComment(input: CommentInput): string {
  const open = input.head.findings.filter(isOpen);
  const incomplete = input.head.artifacts.filter((artifact) => artifact.verdict === 'incomplete').length;
  for (const detail of DETAILS) {
    const text = [
      markerOf(input.path),
      headline(open, input),
      '',
      ...findings(open, detail, input),
      ...changes(detail, input),
      ...(incomplete > 0 ? [`${counted(incomplete, 'model file')} could not be read to the end and ${incomplete === 1 ? 'is' : 'are'} not known to be clean.`, ''] : []),
      `<sub>${input.head.components.length} AI components. Scanned ${code((input.context.pullRequest?.headSha ?? input.context.sha).slice(0, 12))}${input.diff ? ` against ${code((input.context.pullRequest?.baseSha ?? input.diff.old).slice(0, 12))}` : ''}.</sub>`,
    ].join('\n');
    if (text.length <= MAX_COMMENT) return text;
  }
  return `${markerOf(input.path)}\n${headline(open, input)}`;
}
