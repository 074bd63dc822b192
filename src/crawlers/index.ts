import type { Crawler } from './crawler.ts';

/** Every crawler, in the order in which `detect` runs: a crawler sees what those above it found. */
export const crawlers: readonly Crawler[] = [];
