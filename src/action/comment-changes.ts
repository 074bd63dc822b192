import { refOf } from '../core/component.ts';
import { APPLICATION } from '../core/relation.ts';
import type { Report } from '../core/report.ts';
import type { Diff } from '../diff/index.ts';
import { code, plain } from '../reporters/markdown/escape.ts';
import { label } from '../reporters/markdown/mermaid.ts';
import { clip } from '../reporters/text/visible.ts';
import { count, KIND_WORDS } from '../reporters/text/words.ts';
import type { Changes } from './changes.ts';

type Item = Diff['components']['added'][number];
type Changed = Diff['components']['changed'][number];

const MAX_NAME = 120;
const MAX_VALUE = 60;
/** Other facts of one component: the first few tell enough. */
const MAX_FACTS = 3;

/** What matters most to a reader stands first. */
const KINDS = ['service', 'mcp-server', 'agent', 'model', 'artifact', 'vector-store', 'dataset', 'infra', 'prompt', 'library'];
const rank = (item: Item): number => (KINDS.indexOf(item.kind) + KINDS.length + 1) % (KINDS.length + 1);
const byRank = (a: Item, b: Item): number => rank(a) - rank(b);

/** A lock file brings hundreds of packages that nobody chose. */
const isTransitive = (item: Item): boolean => item.kind === 'library' && item.facts['transitive'] === 'true';

const word = (kind: string): string =>
  kind === 'service' ? 'provider' : (Object.entries(KIND_WORDS).find(([id]) => id === kind)?.[1][0] ?? kind);
const name = (text: string): string => code(clip(text, MAX_NAME));
const value = (text: string | undefined): string => (text === undefined ? 'none' : code(clip(text, MAX_VALUE)));
const version = (item: Item): string =>
  item.version === undefined ? '' : ` ${value(/^[0-9a-f]{40,64}$/.test(item.version) ? item.version.slice(0, 12) : item.version)}`;
/** Of a digest or a commit the first twelve digits; the JSON report has all. */
const short = (text: string | undefined): string => value(text !== undefined && /^[0-9a-f]{40,64}$/.test(text) ? text.slice(0, 12) : text);

const alarming = ({ facts }: Item): string =>
  facts['verdict'] === undefined || facts['verdict'] === 'clean' ? '' : ` **${plain(facts['verdict'])}**`;

function changedLine({ item, changes }: Changed): string {
  const of = (field: string): Changed['changes'][number] | undefined => changes.find((change) => change.field === field);
  const digest = of('sha256');
  if (item.kind === 'artifact' && digest) {
    const verdict = of('verdict');
    return `- 🔁 **weights changed**: ${name(item.name)} ${short(digest.old)} → ${short(digest.new)}${verdict ? `, verdict ${value(verdict.old)} → **${value(verdict.new)}**` : ''}`;
  }
  const moved = of('version');
  if (moved && (item.kind === 'model' || item.kind === 'dataset'))
    return `- 📌 **revision moved**: ${word(item.kind)} ${name(item.name)} ${short(moved.old)} → ${short(moved.new)}`;
  const facts = changes.slice(0, MAX_FACTS).map((change) => `${plain(change.field)} ${short(change.old)} → ${short(change.new)}`);
  const rest = changes.length - facts.length;
  return `- 🔁 ${plain(word(item.kind))} ${name(item.name)}: ${facts.join('; ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

interface Lines {
  readonly title: string;
  readonly lines: readonly string[];
  readonly shown: Pick<Diff['components'], 'added' | 'removed' | 'changed'>;
}

function linesOf({ diff, swaps, lostSignatures }: Changes): Lines {
  const { components } = diff;
  const swapped = new Set(swaps.flatMap(({ from, to }) => [refOf(from), refOf(to)]));
  const own = (item: Item): boolean => !swapped.has(item.key) && !isTransitive(item);
  const added = components.added.filter(own).sort(byRank);
  const removed = components.removed.filter(own).sort(byRank);
  const changed = components.changed.filter(({ item }) => !isTransitive(item)).sort((a, b) => byRank(a.item, b.item));
  const transitive = [...components.added, ...components.removed, ...components.changed.map(({ item }) => item)].filter(
    isTransitive,
  ).length;
  const lines = [
    ...lostSignatures.map(
      ({ subject, signer, now }) =>
        `- 🔓 **signature lost**: ${name(subject)}${signer === undefined ? '' : ` was signed by ${value(signer)}`}, now ${plain(now)}`,
    ),
    ...swaps.map(
      ({ from, to }) =>
        `- 🔀 **model swapped**: ${name(from.name)} → ${name(to.name)}${to.occurrences[0] ? ` in ${name(to.occurrences[0].location.path)}` : ''}`,
    ),
    ...changed.map(changedLine),
    ...added.map((item) => `- ➕ new ${plain(word(item.kind))} ${name(item.name)}${version(item)}${alarming(item)}`),
    ...removed.map((item) => `- ➖ ${plain(word(item.kind))} ${name(item.name)}${version(item)}`),
    ...(transitive > 0 ? [`- ${count(transitive, 'indirect AI library', 'indirect AI libraries')} came, went or changed`] : []),
  ];
  const parts = [
    [added.length, 'new'],
    [changed.length + swaps.length, 'changed'],
    [removed.length, 'gone'],
  ] as const;
  const title =
    parts.flatMap(([n, what]) => (n > 0 ? [`${n} ${what}`] : [])).join(', ') || count(transitive, 'indirect library', 'indirect libraries');
  return { title, lines, shown: { added, removed, changed } };
}

/** Lines that are folded away under their summary. */
export const details = (summary: string, body: readonly string[]): string[] => [
  '<details>',
  `<summary>${summary}</summary>`,
  '',
  ...body,
  '',
  '</details>',
  '',
];

/** So many lines are read at a glance; more are folded. */
const OPEN_LINES = 10;

/** What came, went and changed, with at most `limit` lines. */
export function changesSection(changes: Changes, limit: number, graph: readonly string[]): string[] {
  const { title, lines } = linesOf(changes);
  if (lines.length === 0) return ['The AI components are the same as before.', ''];
  const shown = lines.slice(0, limit);
  const rest = lines.length - shown.length;
  const folded = [...shown.slice(OPEN_LINES), ...(rest > 0 ? [`- and ${rest} more`] : [])];
  return [
    `**What changed:** ${title}`,
    '',
    ...shown.slice(0, OPEN_LINES),
    '',
    ...(folded.length > 0 ? details(`${lines.length - Math.min(shown.length, OPEN_LINES)} more`, folded) : []),
    ...(graph.length > 0 ? details('Graph of the change', graph) : []),
  ];
}

/** Mermaid draws what people can still read. */
const MAX_NODES = 30;

/** What came, went and changed as a flow chart, with the head's relations between them. */
export function changeGraph(changes: Changes, head: Report): string[] {
  const { shown } = linesOf(changes);
  const nodes: { readonly key: string; readonly text: string; readonly state: 'added' | 'changed' | 'gone' }[] = [
    ...changes.swaps.flatMap(({ from, to }) => [
      { key: refOf(from), text: `model: ${from.name}`, state: 'gone' as const },
      { key: refOf(to), text: `model: ${to.name}`, state: 'added' as const },
    ]),
    ...shown.changed.map(({ item }) => ({ key: item.key, text: `${word(item.kind)}: ${item.name}`, state: 'changed' as const })),
    ...shown.added.map((item) => ({ key: item.key, text: `${word(item.kind)}: ${item.name}`, state: 'added' as const })),
    ...shown.removed.map((item) => ({ key: item.key, text: `${word(item.kind)}: ${item.name}`, state: 'gone' as const })),
  ].slice(0, MAX_NODES);
  if (nodes.length < 2) return [];
  const ids = new Map(nodes.map((node, i) => [node.key, `n${i}`]));
  const edges = new Map<string, string>();
  const reached = new Set<string>();
  for (const { from, to, type } of head.relations) {
    const [a, b] = [from === APPLICATION ? 'app' : ids.get(from), ids.get(to)];
    if (a === undefined || b === undefined || a === b || edges.size >= 2 * MAX_NODES) continue;
    edges.set(`${a} ${b}`, `  ${a} -->|${label(type)}| ${b}`);
    reached.add(b);
  }
  for (const { from, to } of changes.swaps) {
    const [a, b] = [ids.get(refOf(from)), ids.get(refOf(to))];
    if (a !== undefined && b !== undefined) edges.set(`${a} ${b} swap`, `  ${a} -.->|swapped for| ${b}`);
  }
  for (const { key, state } of nodes) {
    const id = ids.get(key) ?? '';
    if (!reached.has(id)) edges.set(`app ${id}`, `  app ${state === 'gone' ? '-.->' : '-->'} ${id}`);
  }
  return [
    '```mermaid',
    'flowchart LR',
    '  app(["application"])',
    ...nodes.map(({ text, state }, i) => `  n${i}["${label(text)}"]:::${state}`),
    ...edges.values(),
    '  classDef added stroke:#2da44e,stroke-width:2px',
    '  classDef changed stroke:#bf8700,stroke-width:2px',
    '  classDef gone stroke:#cf222e,stroke-dasharray:4',
    '```',
  ];
}
