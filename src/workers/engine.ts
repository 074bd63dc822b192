import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileCrawler, type FileCrawler } from '../crawlers/crawl-file.ts';
import { crawlers } from '../crawlers/index.ts';
import type { DetectRule } from '../knowledge/detect/shapes.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { Source } from '../source/source.ts';
import { surveyFile, type Surveyed } from '../crawlers/artifacts/survey.ts';
import { survivingLostThreads } from './lost-threads.ts';
import { ThreadPool } from './pool.ts';

/** Where the heavy work of a scan runs: in this thread, or in worker threads. */
export interface Engine {
  readonly crawlFiles: FileCrawler;
  survey(path: string): Promise<Surveyed>;
  /** Tasks in flight at once. */
  readonly concurrency: number;
  /** All files were read: ends threads and frees their memory. A later task starts new ones. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly source: Source;
  readonly knowledge: Knowledge;
  readonly hash: boolean;
  /** Milliseconds, for deadlines. */
  readonly now: () => number;
}

export const inlineEngine = (options: EngineOptions): Engine => ({
  concurrency: 1,
  crawlFiles: fileCrawler({ source: options.source, crawlers, knowledge: options.knowledge }),
  async survey(path) {
    const reader = await options.source.open(path);
    try {
      return await surveyFile({ path, reader }, options);
    } finally {
      await reader.close?.();
    }
  },
  rest: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

/** A file, or a batch of them, that takes longer is given up; the slowest honest source files parse in a few seconds on a loaded machine. */
const CRAWL_TIMEOUT = 60_000;

const workerScript = new URL('./worker.js', import.meta.url);

/**
 * Worker threads over a directory source. `jobs` threads read files and run the crawlers; the main
 * thread joins what they found. Falls back to this thread where the worker is not built, or where
 * the target is so small that starting threads costs more than it saves.
 */
export function threadEngine(
  options: EngineOptions & {
    readonly root: string;
    readonly jobs?: number | undefined;
    readonly small?: boolean;
    readonly rules?: readonly DetectRule[];
  },
): Engine {
  if (options.small === true || !existsSync(workerScript)) return inlineEngine(options);
  const jobs = options.jobs ?? Math.min(availableParallelism(), 8);
  const pool = new ThreadPool(workerScript, jobs, CRAWL_TIMEOUT, options.rules ?? []);
  const { root, source, knowledge } = options;
  const inThread: FileCrawler = (files) => pool.run({ kind: 'crawl', root, files });
  return {
    concurrency: jobs * 2,
    crawlFiles: survivingLostThreads(inThread, jobs, { source, crawlers, knowledge }),
    survey: (path) => pool.run({ kind: 'survey', root, path, hash: options.hash }),
    rest: () => pool.close(),
    close: () => pool.close(),
  };
}
