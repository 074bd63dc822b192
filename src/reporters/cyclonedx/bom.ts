import type { Models } from '@cyclonedx/cyclonedx-library';
import { refOf } from '../../core/component.ts';
import { APPLICATION } from '../../core/relation.ts';
import type { Report } from '../../core/report.ts';
import type { RuleTexts } from '../text/rule-text.ts';
import { toComponent } from './component.ts';
import { isCredential, toCredential } from './credential.ts';
import { contextOf, type Context } from './context.ts';
import { AiBom, type AiComponent, type AiService, type Composition } from './extensions.ts';
import { metadataOf, rootOf } from './metadata.ts';
import { toService } from './service.ts';
import { toVulnerability } from './vulnerability.ts';

type Node = AiComponent | AiService;

/** Edges of the AI graph; what nothing points at hangs at the application, so that the graph is connected. */
function connect(context: Context, root: AiComponent, nodes: ReadonlyMap<string, Node>): void {
  const pointedAt = new Set<string>();
  for (const [from, edges] of context.edges) {
    const source = from === APPLICATION ? root : nodes.get(from);
    if (source === undefined) continue;
    for (const to of [...new Set(edges.map((edge) => edge.to))].sort()) {
      const target = nodes.get(to);
      if (target === undefined || target === source) continue;
      source.dependencies.add(target.bomRef);
      pointedAt.add(to);
    }
  }
  for (const [ref, node] of nodes) if (!pointedAt.has(ref)) root.dependencies.add(node.bomRef);
}

/**
 * A static look never proves that nothing else is there: the whole is `unknown`, and `incomplete` where
 * we know that something was not read. The same holds for one component.
 */
function compositionsOf(report: Report): Composition[] {
  const missed =
    report.coverage.skipped.some((file) => file.reason !== 'excluded') ||
    report.coverage.crawlers.some((crawler) => crawler.status === 'failed' || crawler.status === 'partial');
  const open = report.components
    .filter((each) => (each.kind === 'artifact' && each.verdict === 'incomplete') || (each.kind === 'model' && each.unresolved === true))
    .map(refOf);
  return [
    { aggregate: missed ? 'incomplete' : 'unknown', assemblies: [APPLICATION], dependencies: [APPLICATION] },
    ...(open.length > 0 ? [{ aggregate: 'incomplete' as const, assemblies: open }] : []),
  ];
}

export function buildBom(report: Report, texts: RuleTexts): AiBom {
  const context = contextOf(report);
  const root = rootOf(report);
  const bom = new AiBom({ metadata: metadataOf(report, root) });
  const nodes = new Map<string, Node>();
  for (const component of report.components) {
    if (component.kind === 'service' || component.kind === 'vector-store') {
      const made = toService(component, context);
      bom.services.add(made);
      nodes.set(refOf(component), made);
    } else {
      const made = toComponent(component, context);
      bom.components.add(made);
      nodes.set(refOf(component), made);
    }
  }
  for (const finding of report.findings.filter(isCredential)) {
    const made = toCredential(finding);
    // Two keys on one row are one place.
    const ref = made.bomRef.value ?? made.name;
    if (nodes.has(ref)) continue;
    bom.components.add(made);
    nodes.set(ref, made);
  }
  connect(context, root, nodes);
  const refs = new Map<string, Models.BomRef>([...nodes].map(([ref, node]) => [ref, node.bomRef]));
  for (const finding of report.findings) bom.vulnerabilities.add(toVulnerability(finding, texts, context, refs, root.bomRef));
  bom.compositions = compositionsOf(report);
  return bom;
}
