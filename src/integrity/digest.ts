import { createHash } from 'node:crypto';
import type { ByteReader } from '../core/byte-reader.ts';

/** Measured best for `read` + SHA-256: larger buffers fall out of the cache, smaller ones pay for calls. */
export const HASH_CHUNK = 256 * 1024;

/** Hexadecimal digests of the whole file, in one pass. `algorithms` are names that node:crypto knows. */
export async function digestReader(reader: ByteReader, algorithms: readonly string[]): Promise<Map<string, string>> {
  const hashes = algorithms.map((name) => createHash(name));
  for (let offset = 0; offset < reader.size; ) {
    const chunk = await reader.read(offset, HASH_CHUNK);
    if (chunk.length === 0) throw new Error(`file ended at ${offset} of ${reader.size} bytes`);
    for (const hash of hashes) hash.update(chunk);
    offset += chunk.length;
  }
  return new Map(algorithms.map((name, i) => [name, hashes[i]?.digest('hex') ?? '']));
}

/** SHA-256 of the whole file, hexadecimal. */
export const sha256Of = async (reader: ByteReader): Promise<string> => (await digestReader(reader, ['sha256'])).get('sha256') ?? '';
