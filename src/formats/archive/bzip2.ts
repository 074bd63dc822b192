import bunzip from 'seek-bzip';
import type { ByteReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import { startsWith } from './bytes.ts';
import type { Sink } from './codec.ts';
import { readPacked } from './lzma/lzma.ts';

export const BZIP2_MAGIC = [0x42, 0x5a, 0x68] as const;
const PORTION = 64 * 1024;
/** Parallel compressors write one stream per 900 kB. */
const MAX_STREAMS = 1_000;

/** All streams of a .bz2 file. The package decodes; input and output streams here keep it in bounds. */
export async function bunzip2(source: ByteReader, sink: Sink): Promise<number> {
  const packed = await readPacked(source);
  let position = 0;
  let portion = new Uint8Array(PORTION);
  let filled = 0;
  let streams = 0;
  const flush = (): void => {
    if (filled === 0) return;
    const chunk = portion.subarray(0, filled);
    portion = new Uint8Array(PORTION);
    filled = 0;
    sink.write(chunk);
  };
  const input = {
    readByte(): number {
      const byte = packed[position];
      if (byte === undefined) throw new ParseError('bzip2 data are cut off', position);
      position += 1;
      return byte;
    },
    read(buffer: Uint8Array, offset: number, length: number): number {
      const bytes = packed.subarray(position, position + length);
      buffer.set(bytes, offset);
      position += bytes.length;
      return bytes.length;
    },
  };
  const output = {
    writeByte(byte: number): void {
      portion[filled] = byte;
      filled += 1;
      if (filled === PORTION) flush();
    },
  };
  try {
    // Stream by stream: what follows the last one belongs to the caller.
    do {
      if ((streams += 1) > MAX_STREAMS) throw new LimitError('MAX_STREAMS', `more than ${MAX_STREAMS} bzip2 streams`);
      bunzip.decode(input, output, false);
    } while (startsWith(packed, BZIP2_MAGIC, position));
    flush();
  } catch (error) {
    if (error instanceof LimitError) throw error;
    flush();
    throw error instanceof ParseError ? error : new ParseError(`bzip2: ${error instanceof Error ? error.message : 'bad data'}`, position);
  }
  return position;
}
