import type { Finding } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
import { code, link, parts, plain } from '../reporters/markdown/escape.ts';
import { isOpen, worstFirst } from '../reporters/select.ts';
import { byRule, gapsOf } from '../reporters/summary.ts';
import { messageParts, proseParts } from '../reporters/text/message.ts';
import { titleOf, type RuleTexts } from '../reporters/text/rule-text.ts';
import { clip } from '../reporters/text/visible.ts';
import { count, place } from '../reporters/text/words.ts';
import { fileOf, pathUri } from '../reporters/uri.ts';
import type { Changes } from './changes.ts';
import { changeGraph, changesSection, details } from './comment-changes.ts';
import type { Context } from './context.ts';

/** GitHub's limit is 65,536 characters; the marker and an ending stay below it. */
export const MAX_COMMENT = 65_000;

/** Found again by this, so that one comment is updated and never a second one made. Several uses in one workflow differ by path. */
export const markerOf = (path: string): string => `<!-- assay ${path.replaceAll(/[^\w./-]/g, '_').replaceAll('--', '_')} -->`;

interface Detail {
  /** Rules that are told in the open. */
  readonly rules: number;
  /** Places in the folded list. */
  readonly places: number;
  readonly changes: number;
  readonly graph: boolean;
}

/** Tried in turn until the comment fits: it says less, and never ends in the middle of a word. */
const DETAILS: readonly Detail[] = [
  { rules: 8, places: 50, changes: 100, graph: true },
  { rules: 8, places: 25, changes: 50, graph: true },
  { rules: 8, places: 10, changes: 20, graph: false },
  { rules: 5, places: 0, changes: 10, graph: false },
  { rules: 3, places: 0, changes: 3, graph: false },
];

export interface CommentInput {
  readonly head: Report;
  /** Against the base; absent where there was nothing to compare with. */
  readonly changes: Changes | undefined;
  readonly policyChanged: boolean;
  readonly context: Context;
  readonly texts: RuleTexts;
  readonly path: string;
}

const MAX_NAME = 120;
const BADGES: Readonly<Record<Finding['severity'], string>> = {
  critical: '🟥 critical',
  high: '🟧 high',
  medium: '🟨 medium',
  low: '🟦 low',
  info: '⬜ info',
};

/** Advice of this length is read; the rest is in the summary. */
const MAX_ADVICE = 200;

/** The first sentences of a text, at least one. */
function inShort(text: string): string {
  const [first = '', ...others] = text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .split(/(?<=[.!?]) (?=[A-Z`])/);
  let short = first;
  for (const sentence of others) {
    if (short.length + sentence.length >= MAX_ADVICE) break;
    short += ` ${sentence}`;
  }
  return short;
}

/** The commit whose lines are shown: what was checked out. */
const shaOf = ({ head, context }: CommentInput): string => head.target.commit ?? context.pullRequest?.headSha ?? context.sha;

function where(finding: Finding, input: CommentInput): string {
  const { serverUrl, owner, repo } = input.context;
  const { file } = fileOf(input.head)(finding.location);
  const anchor = finding.location.line === undefined ? '' : `#L${finding.location.line}`;
  return link(
    code(clip(place(finding.location), MAX_NAME)),
    `${serverUrl}/${owner}/${repo}/blob/${shaOf(input)}/${pathUri(file)}${anchor}`,
  );
}

function headline(open: readonly Finding[], input: CommentInput): string {
  const fresh = input.changes ? 'new ' : '';
  if (open.length === 0) return `### ✅ Assay: no ${fresh}findings in the AI supply chain`;
  const worst = worstFirst(open)[0]?.severity ?? 'info';
  return `### ${worst === 'critical' || worst === 'high' ? '❌' : '⚠️'} Assay: ${count(open.length, `${fresh}finding`)}, worst ${worst}`;
}

function findings(open: readonly Finding[], detail: Detail, input: CommentInput): string[] {
  const rules = byRule(open);
  const lines = rules.slice(0, detail.rules).flatMap(({ ruleId, severity, findings: [first, ...others] }) => {
    if (!first) return [];
    const remedy = input.texts(ruleId)?.remediation;
    return [
      `- ${BADGES[severity]} **${plain(titleOf(ruleId, input.texts))}**: ${parts(messageParts(first, input.texts))} ${where(first, input)}${others.length > 0 ? ` and ${count(others.length, 'more place')}` : ''}`,
      ...(remedy ? [`  → ${parts(proseParts(inShort(remedy)))}`] : []),
    ];
  });
  if (lines.length === 0) return [];
  const left = rules.slice(detail.rules).reduce((sum, rule) => sum + rule.findings.length, 0);
  const shown = worstFirst(open).slice(0, detail.places);
  const list = shown.map(
    (finding) =>
      `- ${BADGES[finding.severity]} ${code(finding.ruleId)}: ${parts(messageParts(finding, input.texts))} ${where(finding, input)}`,
  );
  const rest = open.length - shown.length;
  const folded = [...list, ...(rest > 0 ? [`- and ${count(rest, 'more finding')}`] : [])];
  return [
    ...lines,
    ...(left > 0 ? [`- and ${count(left, 'more finding')} of other rules`] : []),
    '',
    ...(open.length > rules.length || left > 0 ? (shown.length > 0 ? details(`All ${open.length} findings`, folded) : []) : []),
  ];
}

/** What a reader must know to believe the rest. */
function caveats(input: CommentInput): string[] {
  const { head, changes, context, policyChanged } = input;
  const incomplete = head.artifacts.filter((artifact) => artifact.verdict === 'incomplete').length;
  const { skipped, crawlers } = gapsOf(head);
  const unread = skipped.reduce((sum, [, files]) => sum + files, 0);
  const closed = head.findings.filter(({ suppression }) => suppression?.kind === 'waiver' || suppression?.kind === 'config').length;
  const lines = [
    ...(policyChanged
      ? [
          `⚠️ This pull request changes the configuration of Assay; ${count(closed, 'finding')} ${closed === 1 ? 'is' : 'are'} closed by it.`,
        ]
      : []),
    ...(incomplete > 0 ? [`⚠️ ${count(incomplete, 'model file')} could not be read to the end: not known to be clean.`] : []),
    ...(unread > 0
      ? [`⚠️ ${count(unread, 'file')} not read (${skipped.map(([reason, files]) => `${files} ${plain(reason)}`).join(', ')}).`]
      : []),
    ...(crawlers.length > 0 ? [`⚠️ Not complete: ${crawlers.map(({ id }) => code(id)).join(', ')}.`] : []),
    ...((changes?.fixed ?? 0) > 0
      ? [`${count(changes?.fixed ?? 0, 'finding')} of the base ${changes?.fixed === 1 ? 'is' : 'are'} fixed.`]
      : []),
    ...(context.pullRequest?.fork ? ['From a fork: configuration and waivers are those of the base.'] : []),
  ];
  return lines.flatMap((line) => [line, '']);
}

function footer({ head, changes, context, ...rest }: CommentInput): string {
  const against = changes ? ` against ${code(changes.base.slice(0, 12))}` : '';
  const run = link('details', `${context.serverUrl}/${context.owner}/${context.repo}/actions/runs/${encodeURIComponent(context.runId)}`);
  return `<sub>${count(head.components.length, 'AI component')}. Scanned ${code(shaOf({ head, changes, context, ...rest }).slice(0, 12))}${against}. ${run}</sub>`;
}

/** The comment: what is dangerous, what to do, what changed. Fits by saying less. */
export function renderComment(input: CommentInput): string {
  const open = input.head.findings.filter(isOpen);
  const graph = input.changes ? changeGraph(input.changes, input.head) : [];
  for (const detail of DETAILS) {
    const text = [
      markerOf(input.path),
      headline(open, input),
      '',
      ...findings(open, detail, input),
      ...(input.changes ? changesSection(input.changes, detail.changes, detail.graph ? graph : []) : []),
      ...caveats(input),
      footer(input),
    ].join('\n');
    if (text.length <= MAX_COMMENT) return text;
  }
  return [markerOf(input.path), headline(open, input), '', footer(input)].join('\n');
}
