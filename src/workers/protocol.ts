import type { Extraction, TextFile } from '../crawlers/crawler.ts';
import type { Surveyed } from '../formats/survey.ts';

/** What a worker thread is asked to do. Plain data only. */
export type Task =
  | { readonly kind: 'extract'; readonly crawler: string; readonly file: TextFile }
  /** `root` is the absolute path of the directory source; `path` is relative to it. */
  | { readonly kind: 'survey'; readonly root: string; readonly path: string; readonly hash: boolean };

export type TaskResult<T extends Task> = T extends { kind: 'extract' } ? Extraction<unknown> : Surveyed;

export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };
