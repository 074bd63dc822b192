import type { Confidence } from './severity.ts';

/** A place in the target. Paths are relative to it and POSIX; a member of an archive is `archive!member`. */
export interface Location {
  readonly path: string;
  /** 1-based. Absent where the fact is the file itself. */
  readonly line?: number;
  /** 1-based, in UTF-16 code units (SARIF's default `columnKind`). */
  readonly column?: number;
  readonly endLine?: number;
  /** Byte offset inside a binary artifact. */
  readonly offset?: number;
}

/** CycloneDX `evidence.identity[].methods[].technique`. */
export type Technique =
  | 'source-code-analysis'
  | 'ast-fingerprint'
  | 'hash-comparison'
  | 'manifest-analysis'
  | 'binary-analysis'
  | 'filename'
  | 'other';

/** One sighting of a component: where, how, how sure. */
export interface Occurrence {
  readonly location: Location;
  readonly technique: Technique;
  /** Id of the crawler that saw it. */
  readonly crawler: string;
  readonly confidence: Confidence;
  /** What stands there: callee, key or variable name. Never a value that could be a secret. */
  readonly symbol?: string;
  /** The whole name stands elsewhere in the target; this is a call that it reaches, or a short form of it. */
  readonly reached?: true;
}

export function compareLocations(a: Location, b: Location): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0) || (a.offset ?? 0) - (b.offset ?? 0);
}
