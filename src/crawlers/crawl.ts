import { mapLimit } from '../core/async.ts';
import { compareLocations } from '../core/evidence.ts';
import type { Discovery } from '../core/inventory.ts';
import type { Setting } from '../core/setting.ts';
import type { CrawlerCoverage, SkippedFile } from '../core/report.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { Entry, Source } from '../source/source.ts';
import type { Crawler, Extraction, FileFacts, Project, TextFile } from './crawler.ts';
import { decodeText, MAX_TEXT_FILE } from './text.ts';

/** Runs one crawler's `extract` on one file; a pool does it in another thread. */
export type Extractor = (crawler: Crawler, file: TextFile) => Promise<Extraction<unknown>>;

export interface CrawlResult {
  readonly discoveries: readonly Discovery[];
  readonly crawlers: readonly CrawlerCoverage[];
  readonly skipped: readonly SkippedFile[];
}

export interface CrawlOptions {
  readonly source: Source;
  readonly entries: readonly Entry[];
  readonly crawlers: readonly Crawler[];
  readonly knowledge: Knowledge;
  readonly extract: Extractor;
  /** Files in flight at once. */
  readonly concurrency: number;
  readonly onFile?: () => void;
}

interface FileResult {
  readonly results: ReadonlyMap<string, Extraction<unknown>>;
  readonly skipped: readonly SkippedFile[];
  readonly failed: ReadonlySet<string>;
}

const NOTHING: FileResult = { results: new Map(), skipped: [], failed: new Set() };

/** Reads every wanted file once, gives it to all crawlers that want it, then lets each crawler detect. */
export async function crawl(options: CrawlOptions): Promise<CrawlResult> {
  const { entries, crawlers } = options;
  const files = await mapLimit(entries, options.concurrency, async (entry) => {
    const wanting = crawlers.filter((crawler) => crawler.wants(entry));
    const result = wanting.length === 0 ? NOTHING : await readEntry(options, entry, wanting);
    options.onFile?.();
    return result;
  });
  const settings = files.flatMap((file) => [...file.results.values()].flatMap((extraction) => extraction.settings ?? []));
  settings.sort((a, b) => compareLocations(a.location, b.location));
  return detectAll(options, files, settings);
}

async function readEntry(options: CrawlOptions, entry: Entry, wanting: readonly Crawler[]): Promise<FileResult> {
  const { path, size } = entry;
  const readers = wanting.filter((crawler) => size <= (crawler.maxSize ?? MAX_TEXT_FILE));
  const failed = new Set<string>();
  if (readers.length === 0) {
    return { results: new Map(), skipped: [{ path, reason: 'too-large', detail: `${size} bytes` }], failed };
  }
  let bytes: Buffer;
  try {
    const reader = await options.source.open(path);
    try {
      const content = await reader.read(0, reader.size);
      bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    } finally {
      await reader.close?.();
    }
  } catch (error) {
    return { results: new Map(), skipped: [{ path, reason: 'unreadable', detail: reasonOf(error) }], failed };
  }
  const latin1 = bytes.toString('latin1');
  const kept = readers.filter((crawler) => crawler.prefilter?.(latin1, path) ?? true);
  if (kept.length === 0) return NOTHING;
  const text = decodeText(bytes);
  if (text === undefined) return { results: new Map(), skipped: [{ path, reason: 'binary' }], failed };
  const results = new Map<string, Extraction<unknown>>();
  const skipped: SkippedFile[] = [];
  for (const crawler of kept) {
    try {
      const extraction = await options.extract(crawler, { path, text });
      results.set(crawler.id, extraction);
      skipped.push(...(extraction.skipped ?? []));
    } catch (error) {
      // A bug in one crawler, or a file made to trigger one, must not cost the rest of the scan.
      failed.add(crawler.id);
      skipped.push({ path, reason: error instanceof ExtractTimeout ? 'timeout' : 'crash', detail: `${crawler.id}: ${reasonOf(error)}` });
    }
  }
  return { results, skipped, failed };
}

/** Thrown by an extractor that gave up on a file. */
export class ExtractTimeout extends Error {
  override readonly name = 'ExtractTimeout';
}

const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));

function detectAll(options: CrawlOptions, files: readonly FileResult[], settings: readonly Setting[]): CrawlResult {
  const { entries, crawlers } = options;
  const paths = new Set(entries.map((entry) => entry.path));
  const byCrawler = new Map<string, FileFacts<unknown>[]>(crawlers.map((crawler) => [crawler.id, []]));
  const failures = new Map<string, number>();
  files.forEach((file, index) => {
    const path = entries[index]?.path ?? '';
    for (const [id, extraction] of file.results) {
      if (extraction.facts !== undefined) byCrawler.get(id)?.push({ path, facts: extraction.facts });
    }
    for (const id of file.failed) failures.set(id, (failures.get(id) ?? 0) + 1);
  });
  const found: Discovery[] = [];
  const coverage: CrawlerCoverage[] = [];
  const skipped = files.flatMap((file) => file.skipped);
  const project: Project = {
    entries,
    settings,
    knowledge: options.knowledge,
    found,
    has: (path) => paths.has(path),
    factsOf: <F>(id: string) => (byCrawler.get(id) ?? []) as FileFacts<F>[],
  };
  for (const crawler of crawlers) {
    const facts = byCrawler.get(crawler.id) ?? [];
    const failed = failures.get(crawler.id) ?? 0;
    try {
      found.push(crawler.detect(facts, project));
      coverage.push({
        id: crawler.id,
        status: failed ? 'partial' : 'ok',
        files: facts.length,
        ...(failed ? { reason: `${failed} files could not be read` } : {}),
      });
    } catch (error) {
      coverage.push({
        id: crawler.id,
        status: 'failed',
        files: facts.length,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return { discoveries: found, crawlers: coverage, skipped };
}
