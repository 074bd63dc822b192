import { detectAll, readAll, type CrawlResult, type DetectOptions, type ReadOptions } from '../../src/crawlers/crawl.ts';

/** Both halves of a crawl. */
export const crawlAll = async (options: ReadOptions & DetectOptions): Promise<CrawlResult> => detectAll(options, await readAll(options));
