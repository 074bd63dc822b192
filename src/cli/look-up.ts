import { join } from 'node:path';
import type { AdvisoryLookup } from '../registries/advisories.ts';
import { cacheDirectory, readAdvisoryStore } from '../registries/advisory-store.ts';
import { queryOsv } from '../registries/osv.ts';
import { directoryCache } from '../registries/record-cache.ts';
import type { ScanFlags } from './flags.ts';

/** `--online` asks the OSV service; else what `assay advisories update` has kept, if anything. `--offline` wins. */
export function advisoryLookup(flags: Pick<ScanFlags, 'online' | 'offline'>, now: Date): { readonly advisories?: AdvisoryLookup } {
  const directory = cacheDirectory(process.env);
  if (flags.online === true && flags.offline !== true) {
    const cache = directoryCache(join(directory, 'osv'));
    return { advisories: async (packages) => ({ asOf: now.toISOString().slice(0, 10), advisories: await queryOsv(packages, { cache }) }) };
  }
  const stored = readAdvisoryStore(directory);
  return stored ? { advisories: () => Promise.resolve(stored) } : {};
}
