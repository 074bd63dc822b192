import type { Crawler } from '../crawler.ts';
import { families } from './families.ts';
import { manifestCrawler } from './family.ts';

/** One crawler for each family of manifests, and one for install commands. */
export const manifestCrawlers: readonly Crawler[] = families.map((family) => manifestCrawler(family) as Crawler);
