import { Decompress } from 'fzstd';
import type { ByteReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import type { Sink } from './codec.ts';

export const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd] as const;
const PIECE = 128 * 1024;

/** A Zstandard stream (RFC 8878), block by block. Skippable frames and several frames are the package's. */
export async function unzstd(source: ByteReader, sink: Sink): Promise<number> {
  const engine = new Decompress((chunk) => sink.write(chunk.slice()));
  for (let at = 0; at < source.size; at += PIECE) {
    const bytes = await source.read(at, PIECE);
    try {
      engine.push(bytes.slice(), at + PIECE >= source.size);
    } catch (error) {
      if (error instanceof LimitError) throw error;
      throw new ParseError(`zstd: ${error instanceof Error ? error.message : 'bad data'}`, at);
    }
  }
  return source.size;
}
