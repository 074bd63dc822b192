import { createHash } from 'node:crypto';
import type { Extraction } from '../crawlers/crawler.ts';
import type { Surveyed } from '../formats/survey.ts';
import { hashReader } from '../integrity/hash.ts';
import type { Source } from '../source/source.ts';
import type { Engine } from './engine.ts';

/**
 * Two scans of nearly the same tree, head and base of a pull request: what the first did for a file
 * with the same path and content is not done again by the second.
 */
export class Recall {
  private readonly extractions = new Map<string, Promise<Extraction<unknown>>>();
  private readonly surveys = new Map<string, Surveyed>();

  /** The engine, with memory. `source` is what it reads. */
  engine(engine: Engine, source: Source): Engine {
    return {
      ...engine,
      extract: (crawler, file) => {
        const key = `${crawler.id}\0${file.path}\0${createHash('sha1').update(file.text).digest('hex')}`;
        const known = this.extractions.get(key);
        if (known) return known;
        const running = engine.extract(crawler, file);
        this.extractions.set(key, running);
        running.catch(() => this.extractions.delete(key));
        return running;
      },
      survey: async (path) => {
        const known = this.surveys.get(path);
        if (known?.report.sha256 !== undefined) {
          const reader = await source.open(path);
          const same = reader.size === known.report.size && (await hashReader(reader, 'sha256')) === known.report.sha256;
          await reader.close?.();
          if (same) return known;
        }
        const surveyed = await engine.survey(path);
        this.surveys.set(path, surveyed);
        return surveyed;
      },
    };
  }
}
