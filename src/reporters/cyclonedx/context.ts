import { refOf, type ComponentRef } from '../../core/component.ts';
import type { RelationType } from '../../core/relation.ts';
import type { Report } from '../../core/report.ts';
import { verifiedOf, type Verified } from './integrity.ts';

/** Look-ups over the report that several parts of the BOM need. */
export interface Context {
  /** Every component's ref. */
  readonly refs: ReadonlySet<ComponentRef>;
  readonly edges: ReadonlyMap<ComponentRef, readonly { readonly type: RelationType; readonly to: ComponentRef }[]>;
  targets(from: ComponentRef, type: RelationType): readonly ComponentRef[];
  /** What was verified about a file, by its path. */
  verified(path: string): Verified;
}

export function contextOf(report: Report): Context {
  const refs = new Set(report.components.map(refOf));
  const edges = new Map<ComponentRef, { type: RelationType; to: ComponentRef }[]>();
  for (const { from, to, type } of report.relations) {
    const known = edges.get(from);
    if (known === undefined) edges.set(from, [{ type, to }]);
    else known.push({ type, to });
  }
  return {
    refs,
    edges,
    targets: (from, type) => (edges.get(from) ?? []).filter((edge) => edge.type === type && refs.has(edge.to)).map((edge) => edge.to),
    verified: verifiedOf(report),
  };
}

/** `dependencies[]` has no types: the kind of each edge stands at its source. */
export function relationProperties(context: Context, ref: ComponentRef): Record<string, readonly string[]> {
  const texts: Record<string, string[]> = {};
  for (const { type, to } of context.edges.get(ref) ?? []) {
    if (context.refs.has(to)) (texts[`relation:${type}`] ??= []).push(to);
  }
  return texts;
}
