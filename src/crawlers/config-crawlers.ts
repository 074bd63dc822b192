import { configCrawler } from './config/index.ts';
import type { Crawler } from './crawler.ts';

/** Crawlers of configuration and of files that steer agents, in the order in which they detect. */
export const configCrawlers: readonly Crawler[] = [configCrawler as Crawler];
