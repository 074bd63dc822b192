import type { Component } from './component.ts';
import type { Location } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { Relation } from './relation.ts';

/** Version of the JSON report; the schema ships as `report.schema.json`. */
export const REPORT_SCHEMA_VERSION = '1.0.0';

export type CrawlerStatus = 'ok' | 'partial' | 'failed' | 'skipped';

export interface CrawlerCoverage {
  readonly id: string;
  readonly status: CrawlerStatus;
  readonly files: number;
  /** Why it is not `ok`. */
  readonly reason?: string;
}

/** A file that something should have read and did not, or not to its end. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: SkipReason;
  readonly detail?: string;
}

export type SkipReason =
  | 'unreadable'
  | 'too-large'
  | 'binary'
  | 'syntax-error'
  | 'timeout'
  | 'excluded'
  | 'symlink-outside'
  | 'symlink-cycle'
  | 'special-file'
  | 'depth'
  | 'invalid-name'
  | 'limit'
  | 'crash';

export interface Coverage {
  readonly filesSeen: number;
  readonly bytesSeen: number;
  readonly crawlers: readonly CrawlerCoverage[];
  readonly skipped: readonly SkippedFile[];
}

export interface Target {
  /** As shown: base name of the directory, `owner/name`, hub id. Never an absolute path. */
  readonly name: string;
  readonly type: 'directory' | 'huggingface' | 'github' | 'ollama' | 'oci' | 'file' | 'bom';
  readonly commit?: string;
  readonly branch?: string;
  /** Remote URL without credentials. */
  readonly remote?: string;
}

/** Whether a target is a model, and no application that may use some. */
export const isModel = ({ type }: Target): boolean => type === 'huggingface' || type === 'ollama' || type === 'oci';

/** One line of an artifact's inspection, as in the report. */
export interface ArtifactReport {
  readonly path: string;
  readonly format: string;
  readonly size: number;
  readonly sha256?: string;
  readonly verdict: 'malicious' | 'suspicious' | 'incomplete' | 'clean';
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Result of a check of digests or signatures. `trust` is the level of `integrity/trust.ts`. */
export interface IntegrityResult {
  readonly source: string;
  readonly subject: string;
  readonly status: 'verified' | 'failed' | 'unverified' | 'missing';
  readonly trust?: string;
  readonly signer?: Readonly<Record<string, string>>;
  /** `hub`: files were compared by the digests that the registry states; they were not downloaded. */
  readonly digests?: 'hub';
  /** How many files are as they were claimed to be. */
  readonly files?: number;
  /** Which ones, relative to the target; at most `MAX_COVERED` of them. */
  readonly covered?: readonly string[];
  readonly problems: readonly { readonly code: string; readonly path?: string; readonly detail?: string }[];
  readonly location?: Location;
}

export interface Notice {
  readonly code: string;
  readonly message: string;
  /** `assay.yaml:12`. */
  readonly source: string;
}

/** The one plain value that every reporter renders. */
export interface Report {
  readonly schemaVersion: string;
  /** `advisories`: ISO date up to which known vulnerabilities were compared. */
  readonly tool: { readonly name: string; readonly version: string; readonly rules: string; readonly advisories?: string };
  readonly target: Target;
  /** ISO 8601, UTC. From the injected clock or `SOURCE_DATE_EPOCH`. */
  readonly timestamp: string;
  readonly components: readonly Component[];
  readonly relations: readonly Relation[];
  readonly artifacts: readonly ArtifactReport[];
  readonly findings: readonly Finding[];
  /** What the configuration itself gives cause to say: a waiver that expired or matches nothing. */
  readonly notices?: readonly Notice[];
  readonly integrity: readonly IntegrityResult[];
  readonly coverage: Coverage;
}
