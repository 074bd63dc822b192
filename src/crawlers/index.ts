import { codeCrawler } from './code/index.ts';
import { configCrawlers, promptCrawlers } from './config-crawlers.ts';
import type { Crawler } from './crawler.ts';
import { manifestCrawlers } from './manifests/index.ts';
import { storeImagesCrawler } from './store-images.ts';
import { importsCrawler } from './undeclared.ts';

/** Every crawler, in the order in which `detect` runs: a crawler sees what those above it found. */
export const crawlers: readonly Crawler[] = [
  ...configCrawlers,
  codeCrawler as Crawler,
  storeImagesCrawler as Crawler,
  ...manifestCrawlers,
  importsCrawler,
  ...promptCrawlers,
];
