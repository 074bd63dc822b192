import { mapLimit } from '../core/async.ts';
import { compareLocations } from '../core/evidence.ts';
import type { Discovery } from '../core/inventory.ts';
import type { CrawlerCoverage, SkippedFile } from '../core/report.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { Entry } from '../source/source.ts';
import type { CrawledFile, FileCrawler } from './crawl-file.ts';
import type { Crawler, FileFacts, Project } from './crawler.ts';

export interface CrawlResult {
  readonly discoveries: readonly Discovery[];
  readonly crawlers: readonly CrawlerCoverage[];
  readonly skipped: readonly SkippedFile[];
}

export interface ReadOptions {
  readonly entries: readonly Entry[];
  readonly crawlFiles: FileCrawler;
  /** Batches in flight at once. */
  readonly concurrency: number;
  /** Called with the number of files that were read. */
  readonly onFiles?: (count: number) => void;
}

export interface DetectOptions {
  readonly entries: readonly Entry[];
  /** Those that read the files. */
  readonly crawlers: readonly Crawler[];
  readonly knowledge: Knowledge;
}

/** Gives all files to the crawlers, in batches. Results in the order of the entries. */
export async function readAll(options: ReadOptions): Promise<readonly CrawledFile[]> {
  const batches = await mapLimit(batchesOf(options.entries), options.concurrency, async (batch) => {
    const results = await options.crawlFiles(batch);
    options.onFiles?.(batch.length);
    return results;
  });
  return batches.flat();
}

/** A message between threads costs as much as reading a small file: files travel together, but not so many that a thread waits for another's. */
const BATCH = { files: 32, bytes: 256 * 1024 };

function batchesOf(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const last = batches.at(-1);
    bytes += entry.size;
    if (last && last.length < BATCH.files && bytes <= BATCH.bytes) last.push(entry);
    else {
      batches.push([entry]);
      bytes = entry.size;
    }
  }
  return batches;
}

/** Lets each crawler detect, by what was read of all files. */
export function detectAll(options: DetectOptions, files: readonly CrawledFile[]): CrawlResult {
  const { entries, crawlers } = options;
  const settings = files.flatMap((file) => [...file.extractions.values()].flatMap((extraction) => extraction.settings ?? []));
  settings.sort((a, b) => compareLocations(a.location, b.location));
  const paths = new Set(entries.map((entry) => entry.path));
  const byCrawler = new Map<string, FileFacts<unknown>[]>(crawlers.map((crawler) => [crawler.id, []]));
  const failures = new Map<string, number>();
  files.forEach((file, index) => {
    const path = entries[index]?.path ?? '';
    for (const [id, extraction] of file.extractions) {
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
