import type { ArtifactComponent } from '../core/component.ts';
import type { ArtifactReport } from '../core/report.ts';
import { hashReader } from '../integrity/hash.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { Entry } from '../source/source.ts';
import type { ArtifactFinding, ArtifactInput, Inspection } from './format.ts';
import { inspectArtifact } from './inspect.ts';

/** One file after inspection: what the report says of it and what the rules judge. */
export interface Surveyed {
  readonly report: ArtifactReport;
  readonly findings: readonly ArtifactFinding[];
  readonly inspection: Inspection;
}

export interface SurveyOptions {
  readonly knowledge: Knowledge;
  /** Compute SHA-256 of the whole file. */
  readonly hash: boolean;
  /** Milliseconds, for deadlines. */
  readonly now: () => number;
}

/** Inspects and hashes one file. Both read the same bytes, so the digest is of what was inspected. */
export async function surveyFile(input: ArtifactInput, options: SurveyOptions): Promise<Surveyed> {
  const { verdict, ...inspection } = await inspectArtifact(input, options);
  const sha256 = options.hash ? await hashReader(input.reader, 'sha256') : undefined;
  return {
    report: { path: input.path, format: inspection.format, size: input.reader.size, ...(sha256 === undefined ? {} : { sha256 }), verdict, facts: inspection.facts },
    findings: inspection.findings,
    inspection,
  };
}

/** What is said of a file whose inspection itself failed: never clean. */
export function failedSurvey(entry: Entry, reason: string): Surveyed {
  const finding: ArtifactFinding = { ruleId: 'incomplete-artifact', severity: 'medium', confidence: 'high', verdict: 'incomplete', args: { reason } };
  return {
    report: { path: entry.path, format: 'unknown', size: entry.size, verdict: 'incomplete', facts: {} },
    findings: [finding],
    inspection: { format: 'unknown', findings: [finding], facts: {} },
  };
}

/** The inventory entry of an inspected weight file. */
export function artifactComponent({ report, inspection }: Surveyed): ArtifactComponent {
  return {
    kind: 'artifact',
    name: report.path,
    format: report.format,
    size: report.size,
    verdict: report.verdict,
    ...(report.sha256 === undefined ? {} : { sha256: report.sha256 }),
    facts: report.facts,
    ...(inspection.card ? { card: inspection.card } : {}),
    ...(inspection.licence === undefined ? {} : { licence: { id: inspection.licence, source: 'header' } }),
    occurrences: [{ location: { path: report.path }, technique: 'binary-analysis', crawler: 'artifacts', confidence: 'high' }],
  };
}
