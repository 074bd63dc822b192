import type { Component, ComponentRef } from '../core/component.ts';
import { compareLocations, type Location } from '../core/evidence.ts';
import type { Finding } from '../core/finding.ts';
import { shortHash } from '../core/fingerprint.ts';
import { buildInventory } from '../core/inventory.ts';
import { APPLICATION } from '../core/relation.ts';
import { REPORT_SCHEMA_VERSION, type Report } from '../core/report.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Paths and references of one report as they are in the report of a fleet: below the target's name. */
function below(report: Report, folder: string): Report {
  const path = (text: string): string => `${folder}/${text}`;
  const at = (location: Location): Location => ({ ...location, path: path(location.path) });
  const named = (ref: ComponentRef): ComponentRef => (/^(?:artifact|prompt):/.test(ref) ? ref.replace(':', `:${folder}/`) : ref);
  const component = (item: Component): Component => {
    const occurrences = item.occurrences.map((occurrence) => ({ ...occurrence, location: at(occurrence.location) }));
    return item.kind === 'artifact' || item.kind === 'prompt' ? { ...item, name: path(item.name), occurrences } : { ...item, occurrences };
  };
  const finding = (item: Finding): Finding => ({
    ...item,
    ...(item.component === undefined ? {} : { component: named(item.component) }),
    location: at(item.location),
    related: item.related.map(at),
    fingerprint: shortHash([folder, item.fingerprint]),
  });
  return {
    ...report,
    components: report.components.map(component),
    relations: report.relations.map((relation) => ({
      ...relation,
      from: named(relation.from),
      to: named(relation.to),
      ...(relation.location ? { location: at(relation.location) } : {}),
    })),
    artifacts: report.artifacts.map((artifact) => ({ ...artifact, path: path(artifact.path) })),
    findings: report.findings.map(finding),
    integrity: report.integrity.map((result) => ({
      ...result,
      subject: `${folder}/${result.subject === '.' ? '' : result.subject}`.replace(/\/$/, ''),
      ...(result.location ? { location: at(result.location) } : {}),
    })),
    coverage: { ...report.coverage, skipped: report.coverage.skipped.map((item) => ({ ...item, path: path(item.path) })) },
  };
}

/** One report of many targets. A single target's report stays as it is. */
export function mergeReports(name: string, reports: readonly (readonly [folder: string, report: Report])[], now: Date): Report {
  const [only] = reports;
  if (reports.length === 1 && only) return only[1];
  const all = reports.map(([folder, report]) => below(report, folder));
  const inventory = buildInventory(all.map(({ components, relations }) => ({ components, relations })));
  const crawlers = new Map<string, Report['coverage']['crawlers'][number]>();
  for (const { coverage } of all) {
    for (const item of coverage.crawlers) {
      const known = crawlers.get(item.id);
      crawlers.set(
        item.id,
        known
          ? {
              ...known,
              files: known.files + item.files,
              status: known.status === 'ok' ? item.status : known.status,
              ...(item.reason === undefined ? {} : { reason: item.reason }),
            }
          : item,
      );
    }
  }
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: all[0]?.tool ?? { name: 'assay', version: '0', rules: '0' },
    target: { name, type: all[0]?.target.type ?? 'huggingface' },
    timestamp: now.toISOString(),
    components: inventory.components,
    relations: inventory.relations.filter(({ from }) => from === APPLICATION || inventory.get(from) !== undefined),
    artifacts: all.flatMap((report) => report.artifacts),
    findings: all
      .flatMap((report) => report.findings)
      .sort((a, b) => compareLocations(a.location, b.location) || byText(a.ruleId, b.ruleId) || byText(a.fingerprint, b.fingerprint)),
    integrity: all.flatMap((report) => report.integrity),
    coverage: {
      filesSeen: all.reduce((sum, { coverage }) => sum + coverage.filesSeen, 0),
      bytesSeen: all.reduce((sum, { coverage }) => sum + coverage.bytesSeen, 0),
      crawlers: [...crawlers.values()],
      skipped: all.flatMap(({ coverage }) => coverage.skipped),
    },
  };
}
