import type { Target } from '../core/report.ts';
import type { Source } from './source.ts';

/** A target of which no file is looked at: gone, not changed since, or no files at all. */
export const emptySource = (target: Target): Source => ({
  target,
  list: () => Promise.resolve({ entries: [], skipped: [] }),
  open: (path) => Promise.reject(new Error(`no such file: ${path}`)),
});
