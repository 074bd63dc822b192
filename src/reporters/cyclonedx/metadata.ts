import { Enums, Models } from '@cyclonedx/cyclonedx-library';
import { formatPurl, huggingFacePurl, ociPurl } from '../../core/purl.ts';
import { APPLICATION } from '../../core/relation.ts';
import { isModel, type Report, type Target } from '../../core/report.ts';
import { githubOf } from '../uri.ts';
import { AiComponent } from './extensions.ts';
import { iri } from '../text/uri.ts';
import { properties } from './values.ts';

/** Skipped files are listed up to here; then only counted. */
export const MAX_SKIPPED = 1000;

const { ComponentType, ExternalReferenceType: Reference, LifecyclePhase } = Enums;

function targetPurl(target: Target): string | undefined {
  if (target.type === 'huggingface') return huggingFacePurl(target.name, target.commit);
  if (target.type === 'oci') return ociPurl(target.name, target.commit);
  const repository = githubOf(target);
  if (repository === undefined) return undefined;
  const version = target.commit === undefined ? {} : { version: target.commit };
  return formatPurl({ type: 'github', namespace: repository.owner.toLowerCase(), name: repository.name.toLowerCase(), ...version });
}

/** The scanned application: root of the graph. */
export function rootOf({ target }: Report): AiComponent {
  const type = isModel(target) ? ComponentType.MachineLearningModel : ComponentType.Application;
  const root = new AiComponent(type, target.name, { bomRef: APPLICATION });
  const purl = targetPurl(target);
  if (target.commit !== undefined) root.version = target.commit;
  if (purl !== undefined) root.purl = purl;
  if (target.remote !== undefined) root.externalReferences.add(new Models.ExternalReference(iri(target.remote), Reference.VCS));
  root.properties = properties({ target: target.type, branch: target.branch });
  return root;
}

export function metadataOf(report: Report, root: AiComponent): Models.Metadata {
  const { coverage, tool, target } = report;
  const tools = new Models.Tools();
  tools.components.add(new Models.Component(ComponentType.Application, tool.name, { version: tool.version }));
  const { skipped } = coverage;
  return new Models.Metadata({
    timestamp: new Date(report.timestamp),
    lifecycles: new Models.LifecycleRepository([
      target.type === 'directory' || target.type === 'github' ? LifecyclePhase.PreBuild : LifecyclePhase.Discovery,
    ]),
    tools,
    component: root,
    properties: properties({
      'schema-version': report.schemaVersion,
      rules: tool.rules,
      'coverage:files': coverage.filesSeen,
      'coverage:bytes': coverage.bytesSeen,
      'coverage:skipped': skipped.length,
      'coverage:crawler': coverage.crawlers
        .filter((crawler) => crawler.status === 'failed' || crawler.status === 'partial')
        .map(({ id, status, reason }) => (reason === undefined ? `${id}: ${status}` : `${id}: ${status}: ${reason}`)),
      skipped: skipped.slice(0, MAX_SKIPPED).map(({ path, reason }) => `${path}: ${reason}`),
    }),
  });
}
