import { refOf, type Component } from '../../core/component.ts';
import { APPLICATION } from '../../core/relation.ts';
import type { Report } from '../../core/report.ts';
import { isMain } from '../summary.ts';
import { clip } from '../text/visible.ts';
import { KIND_WORDS } from '../text/words.ts';

/** GitHub draws at most 500 edges and 50,000 characters; people read far fewer. */
const MAX_NODES = 60;
const MAX_EDGES = 120;
const MAX_LABEL = 40;

/** A label in quotes: what is not a plain character becomes Mermaid's decimal entity. */
export const label = (text: string): string =>
  [...clip(text, MAX_LABEL)].map((char) => (/[\p{L}\p{N} ./_@:+-]/u.test(char) ? char : `#${char.codePointAt(0) ?? 0};`)).join('');

const SHAPES: Readonly<Record<Component['kind'], readonly [open: string, close: string]>> = {
  model: ['(["', '"])'],
  artifact: ['[/"', '"/]'],
  dataset: ['[("', '")]'],
  library: ['["', '"]'],
  service: ['{{"', '"}}'],
  'vector-store': ['[("', '")]'],
  agent: ['[["', '"]]'],
  'mcp-server': ['[["', '"]]'],
  prompt: ['>"', '"]'],
  infra: ['["', '"]'],
};

/** The AI graph as a Mermaid flow chart, or `undefined` where no relation is known. Nodes with relations come first. */
export function mermaid(report: Report): string | undefined {
  const byRef = new Map(report.components.filter(isMain).map((component) => [refOf(component), component]));
  const edges = report.relations.filter(({ from, to }) => (from === APPLICATION || byRef.has(from)) && byRef.has(to));
  if (edges.length === 0) return undefined;
  const ids = new Map<string, string>();
  const nodes: string[] = [];
  const idOf = (ref: string): string | undefined => {
    const known = ids.get(ref);
    if (known !== undefined) return known;
    if (ids.size >= MAX_NODES) return undefined;
    const id = `n${ids.size}`;
    ids.set(ref, id);
    const component = byRef.get(ref);
    if (component === undefined) nodes.push(`  ${id}(["${label(report.target.name)}"])`);
    else {
      const [open, close] = SHAPES[component.kind];
      nodes.push(`  ${id}${open}${KIND_WORDS[component.kind][0]}: ${label(component.name)}${close}`);
    }
    return id;
  };
  const lines: string[] = [];
  for (const { from, to, type } of edges) {
    const [a, b] = [idOf(from), idOf(to)];
    if (a !== undefined && b !== undefined && lines.length < MAX_EDGES) lines.push(`  ${a} -->|${type}| ${b}`);
  }
  const left = edges.length - lines.length;
  return ['```mermaid', 'flowchart LR', ...nodes, ...lines, '```', ...(left > 0 ? ['', `${left} more relations are not drawn.`] : [])].join(
    '\n',
  );
}
