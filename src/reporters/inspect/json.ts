import type { Surveyed } from '../../crawlers/artifacts/survey.ts';
import { sortKeys, toJson } from '../text/json.ts';
import type { RuleTexts } from '../text/rule-text.ts';
import { artifactMessage } from './message.ts';

/** Version of `assay inspect --format json`. */
export const INSPECTION_SCHEMA_VERSION = '1.0.0';

/** `{schemaVersion, artifacts: [{path, format, size, sha256, verdict, findings, facts, trace}]}`. */
export function renderInspectionJson(surveyed: readonly Surveyed[], texts: RuleTexts): string {
  return toJson({
    schemaVersion: INSPECTION_SCHEMA_VERSION,
    artifacts: surveyed.map(({ report, findings, inspection }) => ({
      path: report.path,
      format: report.format,
      size: report.size,
      ...(report.sha256 === undefined ? {} : { sha256: report.sha256 }),
      verdict: report.verdict,
      findings: findings.map((finding) => ({
        ruleId: finding.ruleId,
        severity: finding.severity,
        confidence: finding.confidence,
        ...(finding.verdict === undefined ? {} : { verdict: finding.verdict }),
        message: artifactMessage(finding, texts, report.path),
        ...(finding.path === undefined ? {} : { path: finding.path }),
        ...(finding.offset === undefined ? {} : { offset: finding.offset }),
        args: sortKeys(finding.args),
      })),
      facts: sortKeys(report.facts),
      ...(inspection.listing?.length ? { trace: inspection.listing } : {}),
    })),
  });
}
