import { withFingerprints } from './core/fingerprint.ts';
import { buildInventory } from './core/inventory.ts';
import { REPORT_SCHEMA_VERSION, type Report } from './core/report.ts';
import { artifactComponent, type Surveyed } from './crawlers/artifacts/survey.ts';
import type { Knowledge } from './knowledge/knowledge.ts';
import { judge } from './rules/index.ts';
import { version } from './version.ts';

/** Files that were inspected on their own, as a report: artifacts and their findings, nothing else. */
export function inspectionReport(
  surveyed: readonly Surveyed[],
  options: { readonly name: string; readonly knowledge: Knowledge; readonly now: Date },
): Report {
  const inventory = buildInventory([{ components: surveyed.map(artifactComponent) }]);
  const drafts = judge({
    inventory,
    artifacts: surveyed.map(({ report, findings }) => ({ ...report, findings })),
    integrity: [],
    knowledge: options.knowledge,
    today: options.now.toISOString().slice(0, 10),
  });
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: { name: 'assay', version, rules: version },
    target: { name: options.name, type: 'file' },
    timestamp: options.now.toISOString(),
    components: inventory.components,
    relations: [],
    artifacts: surveyed.map((item) => item.report),
    findings: withFingerprints(drafts),
    integrity: [],
    coverage: {
      filesSeen: surveyed.length,
      bytesSeen: surveyed.reduce((sum, item) => sum + item.report.size, 0),
      crawlers: [],
      skipped: [],
    },
  };
}
