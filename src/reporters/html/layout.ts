import { refOf, type Component, type ComponentKind, type ComponentRef } from '../../core/component.ts';
import { APPLICATION, type RelationType } from '../../core/relation.ts';
import type { Report } from '../../core/report.ts';

/** A drawing with more boxes is wallpaper. Components with most relations are kept. */
const MAX_NODES = 150;
/** Components without relations fill the drawing up to here; ordinary lists show them better. */
const MAX_LOOSE = 60;
const MAX_EDGES = 500;
const MAX_LAYERS = 9;
const SWEEPS = 6;

export const BOX = { width: 165, height: 40, gapX: 62, gapY: 14, margin: 12 } as const;

/** Where a kind stands at least: application, then who uses, what is used, models, what they are made of. */
const FLOORS: Readonly<Record<ComponentKind, number>> = {
  library: 1,
  agent: 1,
  infra: 1,
  'mcp-server': 2,
  service: 2,
  'vector-store': 2,
  model: 3,
  prompt: 4,
  dataset: 4,
  artifact: 4,
};

export interface GraphNode {
  readonly ref: ComponentRef;
  readonly component: Component | undefined;
  readonly x: number;
  readonly y: number;
}

interface GraphEdge {
  readonly from: number;
  readonly to: number;
  readonly type: RelationType | 'contains';
}

export interface GraphDrawing {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly width: number;
  readonly height: number;
  /** Components with relations that are not drawn. */
  readonly left: number;
}

interface Edges {
  readonly refs: readonly ComponentRef[];
  readonly edges: readonly GraphEdge[];
  readonly left: number;
}

/** Kinds that belong into the drawing even where no relation is known. */
const CENTRAL: ReadonlySet<ComponentKind> = new Set(['model', 'agent', 'service', 'mcp-server', 'vector-store', 'artifact', 'dataset']);

/** Nodes with relations, the most connected first; what nothing points at hangs at the application. */
function connected(report: Report): Edges {
  const known = new Set(report.components.map(refOf));
  const relations = report.relations.filter(({ from, to }) => (from === APPLICATION || known.has(from)) && known.has(to) && from !== to);
  const degree = new Map<ComponentRef, number>();
  for (const ref of relations.flatMap(({ from, to }) => [from, to])) degree.set(ref, (degree.get(ref) ?? 0) + 1);
  degree.delete(APPLICATION);
  const ranked = [...degree].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([ref]) => ref);
  const loose = report.components
    .filter(({ kind }) => CENTRAL.has(kind))
    .map(refOf)
    .filter((ref) => !degree.has(ref));
  const kept = ranked.slice(0, MAX_NODES - 1);
  const refs = [APPLICATION, ...kept, ...loose.slice(0, Math.max(0, MAX_LOOSE - kept.length))];
  const index = new Map(refs.map((ref, at) => [ref, at]));
  const edges: GraphEdge[] = [];
  const pointedAt = new Set<number>();
  for (const { from, to, type } of relations) {
    const [a, b] = [index.get(from), index.get(to)];
    if (a === undefined || b === undefined || edges.length >= MAX_EDGES) continue;
    edges.push({ from: a, to: b, type });
    pointedAt.add(b);
  }
  for (let at = 1; at < refs.length; at += 1) if (!pointedAt.has(at)) edges.push({ from: 0, to: at, type: 'contains' });
  return { refs, edges, left: ranked.length - kept.length };
}

/** Longest path from the application, at least the floor of the kind. Cycles end at `MAX_LAYERS`. */
function layersOf({ refs, edges }: Edges, kinds: ReadonlyMap<ComponentRef, ComponentKind>): number[] {
  const layer = refs.map((ref) => {
    const kind = kinds.get(ref);
    return kind === undefined ? 0 : FLOORS[kind];
  });
  for (let round = 0; round < MAX_LAYERS; round += 1) {
    for (const { from, to } of edges) {
      const next = (layer[from] ?? 0) + 1;
      if ((layer[to] ?? 0) < next && next < MAX_LAYERS) layer[to] = next;
    }
  }
  return layer;
}

/** Orders each layer by the mean place of neighbours, forth and back, so that fewer lines cross. */
function order(layers: readonly number[][], edges: readonly GraphEdge[], size: number): void {
  const neighbours: number[][] = Array.from({ length: size }, () => []);
  for (const { from, to } of edges) {
    neighbours[from]?.push(to);
    neighbours[to]?.push(from);
  }
  const place: number[] = Array.from({ length: size }, () => 0);
  const settle = (nodes: readonly number[]): void => nodes.forEach((node, at) => (place[node] = at - nodes.length / 2));
  layers.forEach(settle);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const nodes of sweep % 2 === 0 ? layers : [...layers].reverse()) {
      const mean = new Map(
        nodes.map((node) => {
          const near = neighbours[node] ?? [];
          return [node, near.length === 0 ? (place[node] ?? 0) : near.reduce((sum, each) => sum + (place[each] ?? 0), 0) / near.length];
        }),
      );
      nodes.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0) || a - b);
      settle(nodes);
    }
  }
}

/** Boxes in columns from the application to datasets and artifacts. `undefined` where there is nothing to draw. */
export function layOut(report: Report): GraphDrawing | undefined {
  const graph = connected(report);
  if (graph.refs.length < 2) return undefined;
  const byRef = new Map(report.components.map((component) => [refOf(component), component]));
  const layer = layersOf(graph, new Map([...byRef].map(([ref, component]) => [ref, component.kind])));
  const columns = [...new Set(layer)].sort((a, b) => a - b).map((at) => layer.flatMap((own, node) => (own === at ? [node] : [])));
  order(columns, graph.edges, graph.refs.length);
  const tallest = Math.max(...columns.map((column) => column.length));
  const height = tallest * (BOX.height + BOX.gapY) - BOX.gapY + 2 * BOX.margin;
  const nodes: GraphNode[] = [];
  for (const [x, column] of columns.entries()) {
    const top = (height - (column.length * (BOX.height + BOX.gapY) - BOX.gapY)) / 2;
    for (const [y, node] of column.entries()) {
      const ref = graph.refs[node] ?? APPLICATION;
      nodes[node] = { ref, component: byRef.get(ref), x: BOX.margin + x * (BOX.width + BOX.gapX), y: top + y * (BOX.height + BOX.gapY) };
    }
  }
  return {
    nodes,
    edges: graph.edges,
    width: columns.length * (BOX.width + BOX.gapX) - BOX.gapX + 2 * BOX.margin,
    height,
    left: graph.left,
  };
}
