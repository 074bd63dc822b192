import type { Component } from '../core/component.ts';
import { purlOf } from '../core/purl.ts';
import type { Report } from '../core/report.ts';
import type { Context } from './context.ts';

type Library = Extract<Component, { kind: 'library' }>;

/** Body of `POST /repos/{owner}/{repo}/dependency-graph/snapshots`. */
export interface DependencySnapshot {
  readonly version: number;
  readonly sha: string;
  readonly ref: string;
  readonly job: { readonly id: string; readonly correlator: string };
  readonly detector: { readonly name: string; readonly version: string; readonly url: string };
  readonly scanned: string;
  readonly manifests: Readonly<
    Record<
      string,
      {
        name: string;
        file: { source_location: string };
        resolved: Record<string, { package_url: string; relationship: 'direct' | 'indirect'; scope: 'runtime' | 'development' }>;
      }
    >
  >;
}

/**
 * Dependency submission: https://docs.github.com/en/rest/dependency-graph/dependency-submission.
 * Libraries with a version only: the graph matches advisories by version. One manifest per file. `folder` is part of
 * the correlator: a snapshot replaces the last one of the same correlator.
 */
export function dependencySnapshot(report: Report, context: Context, ref: string, folder: string): DependencySnapshot {
  const manifests = new Map<string, Map<string, Library>>();
  for (const component of report.components) {
    if (component.kind !== 'library' || component.version === undefined) continue;
    const purl = purlOf(component);
    if (purl === undefined) continue;
    // Where code imports it is no manifest.
    const paths = new Set(
      component.occurrences.filter(({ technique }) => technique === 'manifest-analysis').map(({ location }) => location.path),
    );
    for (const path of paths) {
      const manifest = manifests.get(path) ?? new Map<string, Library>();
      manifest.set(purl, component);
      manifests.set(path, manifest);
    }
  }
  return {
    version: 0,
    sha: context.pullRequest?.headSha ?? context.sha,
    ref,
    job: { id: context.runId, correlator: [context.workflow, context.job, ...(folder === '.' ? [] : [folder])].join('-') },
    detector: { name: 'assay', version: report.tool.version, url: `${context.serverUrl}/${context.owner}/${context.repo}` },
    scanned: report.timestamp,
    manifests: Object.fromEntries(
      [...manifests].map(([path, libraries]) => [
        path,
        {
          name: path,
          file: { source_location: path },
          resolved: Object.fromEntries(
            [...libraries].map(([purl, library]) => [
              purl,
              {
                package_url: purl,
                relationship: library.transitive === true ? ('indirect' as const) : ('direct' as const),
                scope: library.scope === 'development' ? ('development' as const) : ('runtime' as const),
              },
            ]),
          ),
        },
      ]),
    ),
  };
}
