import { createHash } from 'node:crypto';
import { createBLAKE3 } from 'hash-wasm';
import type { ByteReader } from '../core/byte-reader.ts';
import type { DigestName } from './sources/source.ts';

/** Measured best for `read` + SHA-256: larger buffers fall out of the cache, smaller ones pay for calls. */
export const HASH_CHUNK = 256 * 1024;

export interface Hasher {
  update(chunk: Uint8Array | string): unknown;
  digest(encoding: 'hex'): string;
}

/** SHA-2 is four times faster in node:crypto than in WebAssembly; BLAKE3 is only in hash-wasm. `size` is what git writes before the bytes. */
export async function hasherOf(algorithm: DigestName, size: number): Promise<Hasher> {
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

/** All bytes in order, in pieces. Throws where the reader ends before its size. */
export async function eachChunk(reader: ByteReader, use: (chunk: Uint8Array) => void): Promise<void> {
  for (let offset = 0; offset < reader.size;) {
    const chunk = await reader.read(offset, HASH_CHUNK);
    if (chunk.length === 0) throw new Error(`file ended at ${offset} of ${reader.size} bytes`);
    use(chunk);
    offset += chunk.length;
  }
}

/** Several digests of one reading, lower-case hexadecimal, in the order of `algorithms`. */
export async function hashAll(reader: ByteReader, algorithms: readonly DigestName[]): Promise<string[]> {
  const hashers = await Promise.all(algorithms.map((algorithm) => hasherOf(algorithm, reader.size)));
  await eachChunk(reader, (chunk) => {
    for (const hasher of hashers) hasher.update(chunk);
  });
  return hashers.map((hasher) => hasher.digest('hex'));
}

/** Lower-case hexadecimal digest of the whole reader, or the one that its registry states. Throws where it ends before its size. */
export async function hashReader(reader: ByteReader, algorithm: DigestName): Promise<string> {
  if (algorithm === 'sha256' && reader.stated?.sha256 !== undefined) return reader.stated.sha256;
  const [digest = ''] = await hashAll(reader, [algorithm]);
  return digest;
}
