import { createHash } from 'node:crypto';
import { createBLAKE3 } from 'hash-wasm';
import type { ByteReader } from '../core/byte-reader.ts';
import type { DigestName } from './sources/source.ts';

/** Measured best for `read` + SHA-256: larger buffers fall out of the cache, smaller ones pay for calls. */
const HASH_CHUNK = 256 * 1024;

interface Hasher {
  update(chunk: Uint8Array | string): unknown;
  digest(encoding: 'hex'): string;
}

/** SHA-2 is four times faster in node:crypto than in WebAssembly; BLAKE3 is only in hash-wasm. */
async function hasherOf(algorithm: DigestName, size: number): Promise<Hasher> {
  switch (algorithm) {
    case 'blake3':
      return (await createBLAKE3()).init();
    case 'blake2b':
      return createHash('blake2b512');
    case 'git-sha1': {
      const hash = createHash('sha1');
      hash.update(`blob ${size}\0`);
      return hash;
    }
    default:
      return createHash(algorithm);
  }
}

/** Lower-case hexadecimal digest of the whole reader. Throws where it ends before its size. */
export async function hashReader(reader: ByteReader, algorithm: DigestName): Promise<string> {
  const hasher = await hasherOf(algorithm, reader.size);
  for (let offset = 0; offset < reader.size; ) {
    const chunk = await reader.read(offset, HASH_CHUNK);
    if (chunk.length === 0) throw new Error(`file ended at ${offset} of ${reader.size} bytes`);
    hasher.update(chunk);
    offset += chunk.length;
  }
  return hasher.digest('hex');
}
