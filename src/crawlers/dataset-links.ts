import { Sink, type ConfigFacts } from './config/sink.ts';
import { united } from './config/merge.ts';
import { defineCrawler } from './crawler.ts';
import { occurs } from '../text/sieve.ts';

const HOSTS = /kaggle\.com|huggingface\.co|roboflow|zenodo|uci\.edu/i;

/** A note that says where data comes from is short. */
const MAX_NOTE = 16 * 1024;
const LINK =
  /https?:\/\/(?:www\.)?(?:kaggle\.com\/datasets\/([\w-]+\/[\w-]+)|huggingface\.co\/datasets\/([\w.-]+\/[\w.-]+)|(universe\.roboflow\.com\/[\w-]+\/[\w-]+)|zenodo\.org\/records?\/(\d+)|archive\.ics\.uci\.edu\/(?:ml\/datasets|dataset)\/([\w/+%-]+))/gi;

/** Text files beside data that say where it was got: `dataset-link.txt`, `data/SOURCE.txt`. */
export const datasetLinksCrawler = defineCrawler<ConfigFacts>({
  id: 'dataset-links',
  wants: (entry) =>
    entry.size <= MAX_NOTE &&
    /\.(?:txt|url|link|webloc)$/i.test(entry.path) &&
    /(?:^|\/)(?:[\w .-]*(?:data|dataset)[\w .-]*\/|[\w .-]*(?:data|dataset|source|link)[\w .-]*\.\w+$)/i.test(entry.path) &&
    !/requirements|licen[cs]e/i.test(entry.path),
  prefilter: (latin1) => occurs(HOSTS, latin1),
  extract(file, knowledge) {
    const sink = new Sink(file.path, knowledge, 'dataset-links');
    file.text.split(/\r?\n/).forEach((row, index) => {
      for (const match of row.slice(0, 2000).matchAll(LINK)) {
        const [url, kaggle, hub] = match;
        if (kaggle !== undefined) sink.dataset(kaggle, 'kaggle', index + 1, 'link', { aliases: [url] });
        else if (hub !== undefined) sink.dataset(hub, 'huggingface', index + 1, 'link');
        else sink.dataset(url, 'url', index + 1, 'link');
      }
    });
    return sink.facts ? { facts: sink.facts } : {};
  },
  detect: united,
});
