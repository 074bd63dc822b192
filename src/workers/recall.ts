import { createHash } from 'node:crypto';
import { isReadBy, NOTHING, readContent, type CrawledFile, type FileToCrawl } from '../crawlers/crawl-file.ts';
import { crawlers } from '../crawlers/index.ts';
import type { Surveyed } from '../crawlers/artifacts/survey.ts';
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
  private readonly crawled = new Map<string, CrawledFile>();
  private readonly surveys = new Map<string, Surveyed>();

  /** The engine, with memory. `source` is what it reads. */
  engine(engine: Engine, source: Source): Engine {
    return {
      ...engine,
      // The other scan follows at once.
      rest: () => Promise.resolve(),
      crawlFiles: async (files) => {
        const keyed = await Promise.all(files.map((file) => withContent(file, source)));
        const fresh = keyed.filter(({ key }) => !this.crawled.has(key));
        const results = await engine.crawlFiles(fresh.map(({ file }) => file));
        for (const [index, { key }] of fresh.entries()) this.crawled.set(key, results[index] ?? NOTHING);
        return keyed.map(({ key }) => this.crawled.get(key) ?? NOTHING);
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

/** The file as the engine shall have it, and what it is remembered by. */
interface KeyedFile {
  readonly file: FileToCrawl;
  readonly key: string;
}

async function withContent(file: FileToCrawl, source: Source): Promise<KeyedFile> {
  if (!crawlers.some((crawler) => isReadBy(crawler, file))) return { file, key: `${file.path}\0${file.size}` };
  const content = await readContent(source, file.path);
  return {
    file: { ...file, content },
    key: `${file.path}\0${createHash('sha256')
      .update(content.bytes ?? content.unreadable)
      .digest('base64')}`,
  };
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
