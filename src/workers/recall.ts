import { createHash } from 'node:crypto';
import type { Extraction } from '../crawlers/crawler.ts';
import type { Surveyed } from '../formats/survey.ts';
import { hashReader } from '../integrity/hash.ts';
import type { ByteReader } from '../core/byte-reader.ts';
import type { Source } from '../source/source.ts';
import type { Engine } from './engine.ts';

/** A pointer has at most 1,024 bytes: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const MAX_POINTER = 1024;

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
        const key = `${crawler.id}\0${file.path}\0${createHash('sha256').update(file.text).digest('base64')}`;
        const known = this.extractions.get(key);
        if (known) return known;
        const running = engine.extract(crawler, file);
        this.extractions.set(key, running);
        running.catch(() => this.extractions.delete(key));
        return running;
      },
      survey: async (path) => {
        const known = this.surveys.get(path);
        if (known && (await isSame(source, path, known))) return known;
        const surveyed = await engine.survey(path);
        this.surveys.set(path, surveyed);
        return surveyed;
      },
    };
  }
}

async function isSame(source: Source, path: string, { report }: Surveyed): Promise<boolean> {
  if (report.sha256 === undefined) return false;
  const reader = await source.open(path);
  try {
    if (reader.size === report.size) return (await hashReader(reader, 'sha256')) === report.sha256;
    return (await pointedAt(reader)) === report.sha256;
  } finally {
    await reader.close?.();
  }
}

/** A commit holds the pointer where the check-out has the file: both are the same weights. */
async function pointedAt(reader: ByteReader): Promise<string | undefined> {
  if (reader.size > MAX_POINTER) return undefined;
  const text = Buffer.from(await reader.read(0, reader.size)).toString('latin1');
  return text.startsWith('version https://git-lfs.github.com/spec/') ? /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1] : undefined;
}
