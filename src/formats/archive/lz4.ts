import type { ByteReader } from '../../core/byte-reader.ts';
import { ParseError } from '../../core/errors.ts';
import { Cursor, startsWith } from './bytes.ts';
import type { Sink } from './codec.ts';
import { readPacked } from './lzma/lzma.ts';

/** LZ4 frame format 1.6.x, https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
export const LZ4_MAGIC = [0x04, 0x22, 0x4d, 0x18] as const;
const LEGACY_MAGIC = [0x02, 0x21, 0x4c, 0x18] as const;
const BLOCK_SIZES: Readonly<Record<number, number>> = { 4: 65_536, 5: 262_144, 6: 1 << 20, 7: 4 << 20 };
const WINDOW = 65_536;

function extended(input: Cursor, nibble: number): number {
  let length = nibble;
  if (nibble < 15) return length;
  for (;;) {
    const byte = input.u8();
    length += byte;
    if (byte !== 255) return length;
  }
}

/**
 * One block. `history` is the up to 64 KiB before it. Returns history and block together;
 * throws ParseError for what would leave the buffers, `limit` included.
 */
function decodeBlock(block: Uint8Array, history: Uint8Array, limit: number): Uint8Array {
  const out = new Uint8Array(history.length + limit);
  out.set(history);
  let at = history.length;
  const input = new Cursor(block);
  while (input.left > 0) {
    const token = input.u8();
    const literals = input.take(extended(input, token >> 4));
    if (at + literals.length > out.length) throw new ParseError('LZ4 block is longer than declared');
    out.set(literals, at);
    at += literals.length;
    if (input.left === 0) break;
    const distance = input.u16();
    const length = extended(input, token & 15) + 4;
    if (distance === 0 || distance > at) throw new ParseError('LZ4 distance reaches before the data');
    if (at + length > out.length) throw new ParseError('LZ4 block is longer than declared');
    for (let index = 0; index < length; index += 1) out[at + index] = out[at + index - distance] ?? 0;
    at += length;
  }
  return out.subarray(0, at);
}

function frame(cursor: Cursor, sink: Sink): void {
  cursor.skip(4);
  const flags = cursor.u8();
  const limit = BLOCK_SIZES[(cursor.u8() >> 4) & 7];
  if (flags >> 6 !== 1 || limit === undefined) throw new ParseError('LZ4 frame descriptor is not supported', cursor.offset);
  if (flags & 0x08) cursor.skip(8);
  if (flags & 0x01) cursor.skip(4);
  cursor.skip(1);
  const linked = (flags & 0x20) === 0;
  let history = new Uint8Array(0);
  for (;;) {
    const word = cursor.u32();
    if (word === 0) break;
    const block = cursor.take(word & 0x7fff_ffff);
    if (flags & 0x10) cursor.skip(4);
    if (block.length > limit) throw new ParseError('LZ4 block is longer than declared', cursor.offset);
    const raw = word >>> 31 === 1;
    const all = raw ? block : decodeBlock(block, history, limit);
    sink.write(raw ? block.slice() : all.slice(history.length));
    if (linked) history = (raw ? Buffer.concat([history, block]) : all).slice(-WINDOW);
  }
  if (flags & 0x04) cursor.skip(4);
}

/** All LZ4 frames at the beginning of the source. */
export async function unlz4(source: ByteReader, sink: Sink): Promise<number> {
  const cursor = new Cursor(await readPacked(source));
  while (startsWith(cursor.bytes, LZ4_MAGIC, cursor.offset)) frame(cursor, sink);
  if (startsWith(cursor.bytes, LEGACY_MAGIC)) throw new ParseError('legacy LZ4 frames are not supported', 0);
  return cursor.offset;
}
