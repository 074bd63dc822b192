import { withFingerprints } from './core/fingerprint.ts';
import { buildInventory } from './core/inventory.ts';
import { REPORT_SCHEMA_VERSION, type IntegrityResult, type Report } from './core/report.ts';
import type { Knowledge } from './knowledge/knowledge.ts';
import { judge } from './rules/index.ts';
import { version } from './version.ts';

/** One verification as a report, so that every format can show it: the result and what the rules make of it. */
export function verificationReport(name: string, directory: boolean, result: IntegrityResult, knowledge: Knowledge, now: Date): Report {
  const drafts = judge({
    inventory: buildInventory([]),
    artifacts: [],
    integrity: [result],
    knowledge,
    today: now.toISOString().slice(0, 10),
  });
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: { name: 'assay', version, rules: version },
    target: { name, type: directory ? 'directory' : 'file' },
    timestamp: now.toISOString(),
    components: [],
    relations: [],
    artifacts: [],
    findings: withFingerprints(drafts),
    integrity: [result],
    coverage: { filesSeen: result.files ?? 0, bytesSeen: 0, crawlers: [], skipped: [] },
  };
}
