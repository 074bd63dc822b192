import { crc32 } from 'node:zlib';
import type { ByteReader } from '../../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../../core/errors.ts';
import { Cursor, startsWith } from '../bytes.ts';
import type { Sink } from '../codec.ts';
import { LzmaDecoder } from './decoder.ts';
import { Drain, readPacked } from './lzma.ts';

/** The .xz file format 1.2.1, https://tukaani.org/xz/xz-file-format.txt */
export const XZ_MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] as const;
const FILTER_LZMA2 = 0x21;
const CHECK_SIZES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64] as const;
/** Streams and blocks of one file: each costs set-up time however small it is. */
const MAX_BLOCKS = 10_000;

function varint(cursor: Cursor): number {
  let value = 0;
  for (let index = 0; index < 9; index += 1) {
    const byte = cursor.u8();
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return value;
  }
  throw new ParseError('xz integer is too long', cursor.offset);
}

/** Block header: only the plain LZMA2 chain, which is what Python and joblib write. */
function readBlockHeader(cursor: Cursor): void {
  const start = cursor.offset;
  const length = (cursor.u8() + 1) * 4;
  const end = start + length;
  const flags = cursor.u8();
  if (flags & 0x40) varint(cursor);
  if (flags & 0x80) varint(cursor);
  const filters = (flags & 3) + 1;
  const filter = varint(cursor);
  if (filters !== 1 || filter !== FILTER_LZMA2) throw new ParseError(`xz filter 0x${filter.toString(16)} is not supported`, start);
  cursor.skip(varint(cursor));
  if (cursor.offset > end - 4) throw new ParseError('xz block header is too short', start);
  cursor.skip(end - cursor.offset);
}

/** LZMA2 chunks up to and including the end byte. */
function readLzma2(cursor: Cursor, decoder: LzmaDecoder, drain: Drain): void {
  let ready = false;
  for (;;) {
    const control = cursor.u8();
    if (control === 0) return;
    if (control >= 0x80) {
      const size = ((control & 0x1f) << 16) + (cursor.u8() << 8) + cursor.u8() + 1;
      const packed = (cursor.u8() << 8) + cursor.u8() + 1;
      const reset = (control >> 5) & 3;
      if (reset === 3) decoder.dictionaryStart = decoder.out.length;
      if (reset >= 2) {
        decoder.setProperties(cursor.u8());
        ready = true;
      } else if (!ready) throw new ParseError('LZMA2 chunk without properties', cursor.offset);
      else if (reset === 1) decoder.resetState();
      const start = cursor.offset;
      decoder.open(cursor.bytes, start, Math.min(cursor.bytes.length, start + packed));
      const limit = decoder.out.length + size;
      drain.run(limit);
      if (decoder.out.length !== limit || decoder.position !== start + packed) throw new ParseError('LZMA2 chunk has another size', start);
      cursor.skip(packed);
    } else if (control <= 2) {
      const size = (cursor.u8() << 8) + cursor.u8() + 1;
      if (control === 1) decoder.dictionaryStart = decoder.out.length;
      const bytes = cursor.take(Math.min(size, cursor.left));
      decoder.out.reserve(bytes.length);
      decoder.out.bytes.set(bytes, decoder.out.length);
      decoder.out.length += bytes.length;
      drain.flush();
      if (bytes.length < size) throw new ParseError('LZMA2 chunk is cut off', cursor.offset);
    } else throw new ParseError(`LZMA2 control byte 0x${control.toString(16)}`, cursor.offset);
  }
}

function readStream(cursor: Cursor, sink: Sink, count: () => void): void {
  cursor.skip(6);
  const flags = cursor.take(2);
  const check = (flags[1] ?? 0) & 0x0f;
  if (flags[0] !== 0 || ((flags[1] ?? 0) & 0xf0) !== 0) throw new ParseError('xz stream flags are not supported', cursor.offset);
  if (cursor.u32() !== crc32(flags)) throw new ParseError('xz stream header checksum differs', cursor.offset);
  while (cursor.bytes[cursor.offset] !== 0) {
    count();
    readBlockHeader(cursor);
    const start = cursor.offset;
    const decoder = new LzmaDecoder();
    const drain = new Drain(decoder, sink);
    readLzma2(cursor, decoder, drain);
    cursor.skip((4 - ((cursor.offset - start) % 4)) % 4);
    const stored = cursor.take(CHECK_SIZES[check] ?? 0);
    if (check === 1 && new Cursor(stored).u32() !== crc32(decoder.out.bytes.subarray(0, decoder.out.length))) {
      throw new ParseError('xz block checksum differs', cursor.offset);
    }
  }
  skipIndex(cursor);
}

/** Index and footer: skipped by their own lengths; the data have been read. */
function skipIndex(cursor: Cursor): void {
  const start = cursor.offset;
  cursor.skip(1);
  const records = varint(cursor);
  for (let index = 0; index < records; index += 1) {
    varint(cursor);
    varint(cursor);
  }
  cursor.skip((4 - ((cursor.offset - start) % 4)) % 4);
  cursor.skip(4 + 12);
}

/** All streams of a .xz file, with padding between them. */
export async function unxz(source: ByteReader, sink: Sink): Promise<number> {
  const cursor = new Cursor(await readPacked(source));
  let blocks = 0;
  const count = (): void => {
    blocks += 1;
    if (blocks > MAX_BLOCKS) throw new LimitError('MAX_BLOCKS', `more than ${MAX_BLOCKS} xz blocks`);
  };
  while (startsWith(cursor.bytes, XZ_MAGIC, cursor.offset)) {
    count();
    readStream(cursor, sink, count);
    while (cursor.left >= 4 && startsWith(cursor.bytes, [0, 0, 0, 0], cursor.offset)) cursor.skip(4);
  }
  if (cursor.offset === 0) throw new ParseError('not an xz stream', 0);
  return cursor.offset;
}
