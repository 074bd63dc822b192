import { isAscii } from 'node:buffer';
import type { SkippedFile } from '../core/report.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { Entry, Source } from '../source/source.ts';
import type { Crawler, Extraction } from './crawler.ts';
import { decodeText, MAX_TEXT_FILE } from './text.ts';

/** Bytes of a file, or why it could not be read. */
export type Content =
  | { readonly bytes: Uint8Array; readonly unreadable?: undefined }
  | { readonly bytes?: undefined; readonly unreadable: string };

/** A file to be crawled; with its content where that was read already. */
export interface FileToCrawl extends Entry {
  readonly content?: Content;
}

/** What the crawlers made of one file. Plain data: it may have crossed a worker boundary. */
export interface CrawledFile {
  /** By crawler. */
  readonly extractions: ReadonlyMap<string, Extraction<unknown>>;
  readonly skipped: readonly SkippedFile[];
  /** Crawlers that could not read the file. */
  readonly failed: readonly string[];
}

/** Reads files and gives them to the crawlers, in this thread or another. Results in the order of the files. */
export type FileCrawler = (files: readonly FileToCrawl[]) => Promise<readonly CrawledFile[]>;

export const NOTHING: CrawledFile = { extractions: new Map(), skipped: [], failed: [] };

export interface CrawlFileOptions {
  readonly source: Pick<Source, 'open'>;
  readonly crawlers: readonly Crawler[];
  readonly knowledge: Knowledge;
  /** After such an error this thread reads nothing more: it is thrown, and others take its files. */
  readonly isFatal?: (error: unknown) => boolean;
}

/** Crawls in this thread, one file after the other. */
export const fileCrawler =
  (options: CrawlFileOptions): FileCrawler =>
  async (files) => {
    const results: CrawledFile[] = [];
    for (const file of files) results.push(await crawlFile(file, options));
    return results;
  };

/** Reads a file once, if any crawler wants it, and gives it to all of them that do. */
async function crawlFile(file: FileToCrawl, { source, crawlers, knowledge, isFatal }: CrawlFileOptions): Promise<CrawledFile> {
  const { path, size } = file;
  const wanting = crawlers.filter((crawler) => crawler.wants(file));
  if (wanting.length === 0) return NOTHING;
  const readers = wanting.filter((crawler) => takes(crawler, size));
  if (readers.length === 0) return { ...NOTHING, skipped: [{ path, reason: 'too-large', detail: `${size} bytes` }] };
  const content = file.content ?? (await readContent(source, path));
  if (content.bytes === undefined) return { ...NOTHING, skipped: [{ path, reason: 'unreadable', detail: content.unreadable }] };
  const bytes = Buffer.from(content.bytes.buffer, content.bytes.byteOffset, content.bytes.byteLength);
  const latin1 = bytes.toString('latin1');
  const kept = readers.filter((crawler) => crawler.prefilter?.(latin1, path) ?? true);
  if (kept.length === 0) return NOTHING;
  const text = decodeText(bytes, isAscii(bytes) ? latin1 : undefined);
  if (text === undefined) return { ...NOTHING, skipped: [{ path, reason: 'binary' }] };
  const extractions = new Map<string, Extraction<unknown>>();
  const skipped: SkippedFile[] = [];
  const failed: string[] = [];
  for (const crawler of kept) {
    try {
      const extraction = await crawler.extract({ path, text }, knowledge);
      extractions.set(crawler.id, extraction);
      skipped.push(...(extraction.skipped ?? []));
    } catch (error) {
      if (isFatal?.(error)) throw error;
      // A bug in one crawler, or a file made to trigger one, must not cost the rest of the scan.
      failed.push(crawler.id);
      skipped.push({ path, reason: 'crash', detail: `${crawler.id}: ${reasonOf(error)}` });
    }
  }
  return { extractions, skipped, failed };
}

/** Whether a crawler wants a file, and takes one of its size. */
export const isReadBy = (crawler: Crawler, entry: Entry): boolean => takes(crawler, entry.size) && crawler.wants(entry);
const takes = (crawler: Crawler, size: number): boolean => size <= (crawler.maxSize ?? MAX_TEXT_FILE);

export async function readContent(source: Pick<Source, 'open'>, path: string): Promise<Content> {
  try {
    const reader = await source.open(path);
    try {
      return { bytes: await reader.read(0, reader.size) };
    } finally {
      await reader.close?.();
    }
  } catch (error) {
    return { unreadable: reasonOf(error) };
  }
}

const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));
