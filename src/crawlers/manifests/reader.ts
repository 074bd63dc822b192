import type { ManifestFacts } from './model.ts';

/** Reads one kind of manifest, lock file or install script. */
export interface ManifestReader {
  readonly id: string;
  /** By path; `name` is its last segment, `size` is in bytes. */
  readonly matches: (path: string, name: string, size: number) => boolean;
  /** Most files that match by path and say nothing are dropped by this on the raw text. */
  readonly prefilter?: (latin1: string, path: string) => boolean;
  /** Lock files, and notebooks with their outputs, are larger than manifests. */
  readonly large?: true;
  /** Throws ParseError or LimitError; both become a coverage entry. */
  readonly read: (text: string, path: string) => ManifestFacts;
}
