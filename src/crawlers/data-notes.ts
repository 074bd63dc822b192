import type { Observation } from '../core/observation.ts';
import { united } from './config/merge.ts';
import type { ConfigFacts } from './config/sink.ts';
import { defineCrawler } from './crawler.ts';
import { occurs } from '../text/sieve.ts';

const ID = 'data-notes';
/** Notebooks carry their outputs; what is larger than this holds pictures, and prose stands at its head. */
const MAX_NOTE = 4 * 1024 * 1024;
/** Characters of one row: of notebooks, a string of JSON. */
const MAX_ROW = 4_000;

/** Pages on which data sets are published. */
const PAGE =
  /https?:\/\/(?:www\.)?(?:kaggle\.com\/(?:datasets|c|competitions)\/[\w-]|huggingface\.co\/datasets\/\w|universe\.roboflow\.com\/\w|zenodo\.org\/records?\/\d|archive\.ics\.uci\.edu\/|data\.world\/\w|figshare\.com\/|openml\.org\/|physionet\.org\/|data\.gov|[\w.-]*\.gov\/|doi\.org\/10\.)/i;
/** `The dataset was obtained from the UCI repository`, `Data source: OpenWeather`. */
const SAID =
  /\b[Dd]ata(?: ?sets?)?\b[^.\n]{0,60}\b(?:is|was|were|are|comes?|came|provided|obtained|collected|taken|downloaded|scraped|sourced|published|available)\b[^.\n]{0,30}\b(?:from|by|on|at)\s+(?:the\s+)?\[?(?:https?:|[A-Z][\w&-]+)|\b[Dd]ata(?:sets?)?[ -]?[Ss]ources?\s*[:*|-]+\s*\S{3}/;

/** Rows of prose: of a program its comments and docstrings at the margin, of a notebook what is no code cell's output. */
const isProse = (path: string, row: string): boolean => !/\.py$/i.test(path) || /^\s*(?:#|"""|'''|[A-Za-z][^=()]*$)/.test(row);

/**
 * Prose that says where data comes from: in a README, in a notebook, in the comments of a notebook that was exported.
 * One observation for the first such row of a file.
 */
export const dataNotesCrawler = defineCrawler<ConfigFacts>({
  id: ID,
  maxSize: MAX_NOTE,
  wants: ({ path, size }) => size <= MAX_NOTE && (/(?:^|\/)readme[\w.-]*$/i.test(path) || /\.(?:ipynb|py)$/i.test(path)),
  prefilter: (latin1) => occurs(PAGE, latin1) || occurs(SAID, latin1),
  extract({ path, text }) {
    const line = text.split('\n').findIndex((row) => {
      const start = row.slice(0, MAX_ROW);
      return isProse(path, start) && (PAGE.test(start) || SAID.test(start));
    });
    if (line < 0) return {};
    const observation: Observation = {
      type: 'data-source',
      location: { path, line: line + 1 },
      crawler: ID,
      confidence: 'medium',
      facts: {},
    };
    return { facts: { components: [], relations: [], observations: [observation] } };
  },
  detect: united,
});
