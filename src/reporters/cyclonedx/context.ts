import { refOf, type ComponentRef } from '../../core/component.ts';
import type { RelationType } from '../../core/relation.ts';
import type { Report } from '../../core/report.ts';

/** Look-ups over the report that several parts of the BOM need. */
export interface Context {
  /** Every component's ref. */
  readonly refs: ReadonlySet<ComponentRef>;
  readonly edges: ReadonlyMap<ComponentRef, readonly { readonly type: RelationType; readonly to: ComponentRef }[]>;
  targets(from: ComponentRef, type: RelationType): readonly ComponentRef[];
  /** What was verified about a subject, as property name → values. */
  integrityOf(subject: string): Readonly<Record<string, readonly string[]>>;
}

function integrityTexts(report: Report): Map<string, Record<string, string[]>> {
  const bySubject = new Map<string, Record<string, string[]>>();
  for (const { source, subject, status, trust, signer, problems } of report.integrity) {
    const texts = bySubject.get(subject) ?? {};
    bySubject.set(subject, texts);
    const add = (name: string, value: string): void => {
      (texts[`integrity:${name}`] ??= []).push(value);
    };
    add('status', `${source}: ${status}${trust === undefined ? '' : ` (${trust})`}`);
    for (const [key, value] of Object.entries(signer ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) add('signer', `${key}=${value}`);
    for (const { code, path, detail } of problems) add('problem', [code, path, detail].filter((text) => text !== undefined).join(' '));
  }
  return bySubject;
}

export function contextOf(report: Report): Context {
  const refs = new Set(report.components.map(refOf));
  const edges = new Map<ComponentRef, { type: RelationType; to: ComponentRef }[]>();
  for (const { from, to, type } of report.relations) {
    const known = edges.get(from);
    if (known === undefined) edges.set(from, [{ type, to }]);
    else known.push({ type, to });
  }
  const integrity = integrityTexts(report);
  return {
    refs,
    edges,
    targets: (from, type) => (edges.get(from) ?? []).filter((edge) => edge.type === type && refs.has(edge.to)).map((edge) => edge.to),
    integrityOf: (subject) => integrity.get(subject) ?? {},
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
