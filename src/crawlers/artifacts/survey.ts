import type { ArtifactComponent } from '../../core/component.ts';
import type { ArtifactReport } from '../../core/report.ts';
import { hashReader } from '../../integrity/hash.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import type { Entry } from '../../source/source.ts';
import type { ArtifactFinding, ArtifactInput, Inspection } from '../../formats/format.ts';
import { inspectArtifact } from '../../formats/inspect.ts';

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
    report: {
      path: input.path,
      format: inspection.format,
      size: input.reader.size,
      ...(sha256 === undefined ? {} : { sha256 }),
      verdict,
      facts: inspection.facts,
    },
    findings: inspection.findings,
    inspection,
  };
}

/** What is said of a file that could not be opened, or whose inspection itself failed: never clean. */
export function failedSurvey(entry: Entry, detail: string): Surveyed {
  const finding: ArtifactFinding = {
    ruleId: 'incomplete-artifact',
    severity: 'medium',
    confidence: 'high',
    verdict: 'incomplete',
    args: { reason: 'unreadable', detail },
  };
  return {
    report: { path: entry.path, format: 'unknown', size: entry.size, verdict: 'incomplete', facts: {} },
    findings: [finding],
    inspection: { format: 'unknown', findings: [finding], facts: {} },
  };
}

/** Size and digest of the component: of the file that was read, or of the one that a Git LFS pointer stands for. */
function claimed({ size, sha256, facts }: ArtifactReport): Pick<ArtifactComponent, 'size' | 'sha256'> {
  const { lfsSha256, lfsSize } = facts;
  if (typeof lfsSha256 === 'string') return { size: typeof lfsSize === 'number' ? lfsSize : size, sha256: lfsSha256 };
  return { size, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** The inventory entry of an inspected weight file. */
export function artifactComponent({ report, inspection }: Surveyed): ArtifactComponent {
  return {
    kind: 'artifact',
    name: report.path,
    format: report.format,
    verdict: report.verdict,
    ...claimed(report),
    facts: report.facts,
    ...(inspection.card ? { card: inspection.card } : {}),
    ...(inspection.licence === undefined ? {} : { licence: { id: inspection.licence, source: 'header' } }),
    occurrences: [{ location: { path: report.path }, technique: 'binary-analysis', crawler: 'artifacts', confidence: 'high' }],
  };
}
