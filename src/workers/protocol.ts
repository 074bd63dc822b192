import type { CrawledFile, FileToCrawl } from '../crawlers/crawl-file.ts';
import type { Surveyed } from '../crawlers/artifacts/survey.ts';
import type { DigestName } from '../integrity/sources/source.ts';

/** What a worker thread is asked to do. Plain data only. */
export type Task =
  /** `root` is the absolute path of the directory source; paths are relative to it. */
  | { readonly kind: 'crawl'; readonly root: string; readonly files: readonly FileToCrawl[] }
  | { readonly kind: 'survey'; readonly root: string; readonly path: string; readonly hash: boolean }
  /** Digest of bytes `[start, end)` of a file, by its absolute path; it must be `size` bytes long. */
  | {
      readonly kind: 'hash';
      readonly path: string;
      readonly size: number;
      readonly algorithm: DigestName;
      readonly start: number;
      readonly end: number;
    };

export type TaskResult<T extends Task> = T extends { kind: 'crawl' }
  ? readonly CrawledFile[]
  : T extends { kind: 'hash' }
    ? string
    : Surveyed;

export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };
