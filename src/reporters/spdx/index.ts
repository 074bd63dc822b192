import { refOf } from '../../core/component.ts';
import type { Finding } from '../../core/finding.ts';
import { shortHash } from '../../core/fingerprint.ts';
import { APPLICATION, type RelationType } from '../../core/relation.ts';
import { isModel, type Report } from '../../core/report.ts';
import type { RenderOptions } from '../reporter.ts';
import { aboveFloors } from '../select.ts';
import { sortKeys, toJson } from '../text/json.ts';
import { plainMessage } from '../text/message.ts';
import { noTexts, titleOf, type RuleTexts } from '../text/rule-text.ts';
import { place } from '../text/words.ts';
import { githubOf } from '../uri.ts';
import { createGraph, type Graph } from './graph.ts';
import { addComponent } from './package.ts';

/** Our edges in the vocabulary of SPDX; what it has no word for is a dependency. */
const RELATIONS: Readonly<Record<RelationType, string>> = {
  uses: 'dependsOn',
  provides: 'dependsOn',
  loads: 'dependsOn',
  'base-model': 'descendantOf',
  'adapter-of': 'descendantOf',
  'trained-on': 'trainedOn',
  'stored-in': 'hasDistributionArtifact',
  'embeds-with': 'dependsOn',
  'prompts-with': 'hasInput',
  runs: 'dependsOn',
  reads: 'dependsOn',
};

const ADVISORY = /^(?:CVE|GHSA|PYSEC|OSV|MAL|RUSTSEC|GO)-[\w-]+$/;

/** An advisory is a vulnerability; every finding is a review of its component, with its status. */
function addFinding(graph: Graph, finding: Finding, subject: string, texts: RuleTexts): void {
  const { args, fingerprint, ruleId, severity, status, location, suppression } = finding;
  const advisory = [args['cve'], args['id'], args['advisory']].find(
    (value): value is string => typeof value === 'string' && ADVISORY.test(value),
  );
  if (advisory !== undefined) {
    const type = advisory.startsWith('CVE-') ? 'cve' : 'securityOther';
    const id = graph.add('security_Vulnerability', graph.iri('vulnerability', advisory), {
      name: advisory,
      externalIdentifier: [{ type: 'ExternalIdentifier', externalIdentifierType: type, identifier: advisory }],
    });
    graph.relate(subject, 'hasAssociatedVulnerability', [id]);
  }
  graph.add('Annotation', graph.iri('finding', fingerprint), {
    name: ruleId,
    summary: titleOf(ruleId, texts),
    annotationType: 'review',
    subject,
    statement: `${severity}: ${plainMessage(finding, texts)} (${place(location)})`,
    comment: suppression === undefined ? status : `${status}: ${suppression.reason} (${suppression.source})`,
  });
}

function addApplication(graph: Graph, { target }: Report): string {
  const repository = githubOf(target);
  return graph.add('software_Package', graph.iri('component', APPLICATION), {
    name: target.name,
    software_primaryPurpose: isModel(target) ? 'model' : 'application',
    software_packageVersion: target.commit,
    software_downloadLocation: repository === undefined ? undefined : `https://github.com/${repository.owner}/${repository.name}`,
  });
}

/** Edges by source and type; what nothing points at hangs at the application. */
function addRelations(graph: Graph, report: Report, ids: ReadonlyMap<string, string>): void {
  const grouped = new Map<string, { from: string; type: string; to: string[] }>();
  const pointedAt = new Set<string>();
  for (const { from, to, type } of report.relations) {
    const [source, target] = [ids.get(from), ids.get(to)];
    if (source === undefined || target === undefined || source === target) continue;
    pointedAt.add(to);
    const key = `${source} ${RELATIONS[type]}`;
    const known = grouped.get(key) ?? { from: source, type: RELATIONS[type], to: [] };
    grouped.set(key, known);
    if (!known.to.includes(target)) known.to.push(target);
  }
  for (const { from, type, to } of grouped.values()) graph.relate(from, type, to);
  const root = ids.get(APPLICATION) ?? '';
  const loose = [...ids].filter(([ref]) => ref !== APPLICATION && !pointedAt.has(ref)).map(([, id]) => id);
  graph.relate(root, 'dependsOn', loose);
}

/** SPDX 3.0.1 as JSON-LD, with the AI, Dataset and Security profiles' classes. */
export function render(full: Report, options: RenderOptions): string {
  const report = aboveFloors(full, options);
  const texts = options.texts ?? noTexts;
  const graph = createGraph(`https://spdx.org/spdxdocs/assay-${shortHash(toJson(sortKeys(report)))}`);
  const agent = graph.add('SoftwareAgent', graph.iri('agent', 'assay'), { name: report.tool.name });
  const tool = graph.add('Tool', graph.iri('tool', 'assay'), { name: `${report.tool.name} ${report.tool.version}` });
  const ids = new Map([[APPLICATION, addApplication(graph, report)]]);
  for (const component of report.components) ids.set(refOf(component), addComponent(graph, component));
  addRelations(graph, report, ids);
  const root = ids.get(APPLICATION) ?? '';
  for (const finding of report.findings) addFinding(graph, finding, ids.get(finding.component ?? '') ?? root, texts);

  const content = graph.elements;
  const types = new Set(content.map((element) => element.type));
  const all = content.map((element) => element.spdxId);
  const sbom = graph.add('software_Sbom', graph.iri('sbom'), { rootElement: [root], element: all, software_sbomType: ['source'] });
  graph.add('SpdxDocument', graph.iri('document'), {
    name: report.target.name,
    comment:
      'Made by a static analysis. What a repository does not say (release times, purposes, personal data) is left out, not asserted.',
    profileConformance: [
      'core',
      'software',
      ...(types.has('simplelicensing_LicenseExpression') ? ['simpleLicensing'] : []),
      ...(types.has('ai_AIPackage') ? ['ai'] : []),
      ...(types.has('dataset_DatasetPackage') ? ['dataset'] : []),
      ...(types.has('security_Vulnerability') ? ['security'] : []),
    ],
    rootElement: [sbom],
    element: [...all, sbom],
  });
  const creationInfo = {
    type: 'CreationInfo',
    '@id': '_:creationinfo',
    specVersion: '3.0.1',
    // The model's pattern has no fraction of a second.
    created: `${report.timestamp.slice(0, 19)}Z`,
    createdBy: [agent],
    createdUsing: [tool],
  };
  return `${toJson({ '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [creationInfo, ...graph.elements] })}\n`;
}
