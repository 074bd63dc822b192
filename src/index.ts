import { realpath } from 'node:fs/promises';
import type { Report } from './core/report.ts';
import { loadKnowledge } from './knowledge/load.ts';
import { findPolicy, findTrust } from './policy/find.ts';
import { findingsSection } from './knowledge/findings.ts';
import { loadRenderer, type FormatId } from './reporters/index.ts';
import type { RenderOptions } from './reporters/reporter.ts';
import { loadTexts } from './reporters/text/load-texts.ts';
import { scan } from './scan.ts';
import { directorySource } from './source/directory.ts';
import { threadEngine } from './workers/engine.ts';

export { UserError } from './core/errors.ts';
export { compare as compareSnapshots, readSnapshot, renderDiff, type Diff } from './diff/index.ts';
export type { Component, ComponentKind } from './core/component.ts';
export type { Finding, FindingStatus } from './core/finding.ts';
export type { Relation } from './core/relation.ts';
export type { ArtifactReport, Coverage, IntegrityResult, Report } from './core/report.ts';
export type { Confidence, Severity } from './core/severity.ts';
export type { FormatId, RenderOptions };

export interface ScanDirectoryOptions {
  /** Time of the report. Default: now. */
  readonly now?: Date;
  /** Honour `assay.yaml` of the directory. Default true. */
  readonly config?: boolean;
  /** Patterns in `.gitignore` syntax. */
  readonly exclude?: readonly string[];
  /** Leave out what git ignores and installed dependencies. Default true. */
  readonly gitignore?: boolean;
  /** Keep libraries that are not AI. Default false. */
  readonly allLibraries?: boolean;
  /** Worker threads. Default: as many as there are processors, at most 8. */
  readonly jobs?: number;
}

/**
 * Scans a directory as `assay scan` does, offline. Nothing in it is executed.
 * @throws UserError where the directory or its configuration cannot be read.
 */
export async function scanDirectory(path: string, options: ScanDirectoryOptions = {}): Promise<Report> {
  const knowledge = loadKnowledge();
  const { gitignore = true, exclude = [], config = true } = options;
  const whole = await directorySource(path, { gitignore });
  const policy = config ? await findPolicy(whole, knowledge.get(findingsSection).has) : undefined;
  const source = await directorySource(path, { gitignore, exclude: [...exclude, ...(policy?.exclude ?? [])] });
  const engine = threadEngine({ source, knowledge, hash: true, now: Date.now, root: await realpath(path), jobs: options.jobs });
  try {
    return await scan({
      source,
      knowledge,
      engine,
      now: options.now ?? new Date(),
      allLibraries: options.allLibraries === true,
      ...(policy ? { policy: { policy }, trust: await findTrust(source, policy) } : {}),
    });
  } finally {
    await engine.close();
  }
}

/** A report in one of the formats of `assay scan --format`. Pure: no clock, no network, no files. */
export async function renderReport(report: Report, format: FormatId, options: RenderOptions = {}): Promise<string> {
  return (await loadRenderer(format))(report, { texts: loadTexts(loadKnowledge()), ...options });
}
