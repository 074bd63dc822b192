import type { Discovery } from '../core/inventory.ts';
import type { SkippedFile } from '../core/report.ts';
import type { Setting } from '../core/setting.ts';
import type { Entry } from '../source/source.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';

/** A text file as a crawler gets it. Decoded as UTF-8 (a BOM is dropped), at most `MAX_TEXT_FILE` bytes. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** What `extract` makes of one file. Plain data: it may have crossed a worker boundary. */
export interface Extraction<F> {
  readonly facts?: F;
  readonly settings?: readonly Setting[];
  /** The file, or a part of it, could not be understood. */
  readonly skipped?: readonly SkippedFile[];
}

export interface FileFacts<F> {
  readonly path: string;
  readonly facts: F;
}

/** What every crawler may know about the whole target when it detects. */
export interface Project {
  readonly entries: readonly Entry[];
  has(path: string): boolean;
  /** Settings of all crawlers, sorted by place. */
  readonly settings: readonly Setting[];
  /** Facts of another crawler that the pipeline ran earlier in the list. */
  factsOf<F>(crawlerId: string): readonly FileFacts<F>[];
  /** Found by crawlers earlier in the list. */
  readonly found: readonly Discovery[];
  readonly knowledge: Knowledge;
}

/**
 * Finds one kind of evidence. `wants` looks at path and size only; `extract` sees one file and
 * returns plain facts; `detect` sees all facts and names components. The core opens, decodes,
 * limits, times out, and keeps going when a crawler throws on a file.
 */
export interface Crawler<F = unknown> {
  readonly id: string;
  readonly wants: (entry: Entry) => boolean;
  /** Tested on the raw bytes as Latin-1: most files that cannot matter are never decoded. */
  readonly prefilter?: (latin1: string, path: string) => boolean;
  extract(file: TextFile, knowledge: Knowledge): Extraction<F> | Promise<Extraction<F>>;
  detect(files: readonly FileFacts<F>[], project: Project): Discovery;
  /** Bytes; a larger file is listed as skipped. Default `MAX_TEXT_FILE`. Lock files may ask for more. */
  readonly maxSize?: number;
  /** `extract` is heavy (it parses source code): a file that a thread was lost to is not given to it again. */
  readonly heavy?: boolean;
}

export const defineCrawler = <F>(crawler: Crawler<F>): Crawler<F> => crawler;
