import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { ExtractTimeout, type Extractor } from '../crawlers/crawl.ts';
import type { DetectRule } from '../knowledge/detect/shapes.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { Source } from '../source/source.ts';
import { surveyFile, type Surveyed } from '../formats/survey.ts';
import { TaskTimeout, ThreadPool } from './pool.ts';

/** Where the heavy work of a scan runs: in this thread, or in worker threads. */
export interface Engine {
  readonly extract: Extractor;
  survey(path: string): Promise<Surveyed>;
  /** Files in flight at once. */
  readonly concurrency: number;
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
  extract: (crawler, file) => Promise.resolve(crawler.extract(file, options.knowledge)),
  async survey(path) {
    const reader = await options.source.open(path);
    try {
      return await surveyFile({ path, reader }, options);
    } finally {
      await reader.close?.();
    }
  },
  close: () => Promise.resolve(),
});

/** A file that takes longer is given up; the slowest honest source files parse in a few seconds on a loaded machine. */
const EXTRACT_TIMEOUT = 60_000;

const workerScript = new URL('./worker.js', import.meta.url);

/**
 * Worker threads over a directory source. `jobs` threads; the main thread reads files, applies the
 * prefilters and runs the light crawlers. Falls back to this thread where
 * the worker is not built, or where the target is so small that starting threads costs more than it saves.
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
  const pool = new ThreadPool(workerScript, jobs, EXTRACT_TIMEOUT, options.rules ?? []);
  return {
    concurrency: jobs * 2,
    async extract(crawler, file) {
      if (!crawler.heavy) return crawler.extract(file, options.knowledge);
      try {
        return await pool.run({ kind: 'extract', crawler: crawler.id, file });
      } catch (error) {
        if (error instanceof TaskTimeout) throw new ExtractTimeout(error.message);
        throw error;
      }
    },
    survey: (path) => pool.run({ kind: 'survey', root: options.root, path, hash: options.hash }),
    close: () => pool.close(),
  };
}
