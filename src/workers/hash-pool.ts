import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { hashFile, type FilePart } from './hash-file.ts';
import { ThreadPool } from './pool.ts';

/** Below this, starting threads costs more than they save. */
const MIN_BYTES = 256 * 1024 * 1024;
/** A file of a terabyte on a slow disk takes hours; what hangs longer is ended with the process. */
const HASH_TIMEOUT = 24 * 3600 * 1000;

const workerScript = new URL('./worker.js', import.meta.url);

export interface HashPool {
  readonly concurrency: number;
  digest(part: FilePart): Promise<string>;
  close(): Promise<void>;
}

/** At most one thread per processor, as parts are asked for; for small models this thread. */
export function hashPool(bytes: number): HashPool {
  const jobs = Math.min(availableParallelism(), 16);
  if (bytes < MIN_BYTES || jobs < 2 || !existsSync(workerScript))
    return { concurrency: 1, digest: hashFile, close: () => Promise.resolve() };
  const pool = new ThreadPool(workerScript, jobs, HASH_TIMEOUT);
  return { concurrency: jobs * 2, digest: (part) => pool.run({ kind: 'hash', ...part }), close: () => pool.close() };
}
