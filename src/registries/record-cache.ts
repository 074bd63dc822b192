import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordCache } from './osv.ts';

/** One JSON file per record below a directory. A cache that cannot be read or written is no cache, never an error. */
export function directoryCache(directory: string): RecordCache {
  const pathOf = (key: string): string => join(directory, `${createHash('sha256').update(key).digest('hex')}.json`);
  return {
    get(key) {
      try {
        const entry = JSON.parse(readFileSync(pathOf(key), 'utf8')) as { readonly key?: unknown; readonly value?: unknown };
        return entry.key === key ? entry.value : undefined;
      } catch {
        return undefined;
      }
    },
    set(key, value) {
      try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        const temporary = `${pathOf(key)}.${process.pid}`;
        writeFileSync(temporary, JSON.stringify({ key, value }), { mode: 0o600 });
        renameSync(temporary, pathOf(key));
      } catch {
        // Read-only home, full disk: the next run asks again.
      }
    },
  };
}
