import type { ByteReader } from '../core/byte-reader.ts';
import type { SkippedFile, Target } from '../core/report.ts';

/** A file of the target, before it is opened. */
export interface Entry {
  /** Relative to the target, POSIX separators. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The source knows it to be a model artifact, or an archive that must be read as one, whatever its name says. */
  readonly artifact?: boolean;
}

export interface Listing {
  readonly entries: readonly Entry[];
  /** What the walk passed over although a user would expect it to be read. */
  readonly skipped: readonly SkippedFile[];
}

/** Where bytes come from. The only thing the pipeline knows about the outside. */
export interface Source {
  readonly target: Target;
  list(): Promise<Listing>;
  /** Throws where the file cannot be read; the pipeline turns that into a coverage entry. */
  open(path: string): Promise<ByteReader>;
  /**
   * What the version control of a checkout holds for this path, where that is at most `limit` bytes:
   * another thing than the file where a filter (Git LFS) stands between them.
   */
  committed?(path: string, limit: number): Promise<Uint8Array | undefined>;
}
