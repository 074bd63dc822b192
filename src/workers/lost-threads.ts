import { mapLimit } from '../core/async.ts';
import {
  fileCrawler,
  isReadBy,
  type CrawledFile,
  type CrawlFileOptions,
  type FileCrawler,
  type FileToCrawl,
} from '../crawlers/crawl-file.ts';
import { TaskTimeout } from './pool.ts';

/**
 * Crawls files by `inThread`, which rejects where a thread hung or died. One file cost it: the
 * others of the batch are read again, each alone, and that file is read in this thread by the
 * crawlers that are not heavy.
 */
export function survivingLostThreads(inThread: FileCrawler, concurrency: number, options: CrawlFileOptions): FileCrawler {
  const heavy = options.crawlers.filter((crawler) => crawler.heavy);
  const light = fileCrawler({ ...options, crawlers: options.crawlers.filter((crawler) => !crawler.heavy) });

  async function crawlAlone(file: FileToCrawl): Promise<readonly CrawledFile[]> {
    try {
      return await inThread([file]);
    } catch (error) {
      const failed = heavy.filter((crawler) => isReadBy(crawler, file)).map(({ id }) => id);
      const reason = error instanceof TaskTimeout ? 'timeout' : 'crash';
      const detail = error instanceof Error ? error.message : String(error);
      return (await light([file])).map((crawled) => ({
        ...crawled,
        failed: [...crawled.failed, ...failed],
        skipped: [...crawled.skipped, ...failed.map((id) => ({ path: file.path, reason, detail: `${id}: ${detail}` }) as const)],
      }));
    }
  }

  return async (files) => {
    if (files.length === 1) return (await mapLimit(files, 1, crawlAlone)).flat();
    try {
      return await inThread(files);
    } catch {
      return (await mapLimit(files, concurrency, crawlAlone)).flat();
    }
  };
}
