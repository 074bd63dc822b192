import { crc32 } from 'node:zlib';
import type { ByteReader } from '../../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../../core/errors.ts';
import { Cursor, startsWith } from '../bytes.ts';
import type { Sink } from '../codec.ts';
import { unfilterOf, type FilterName, type Unfilter } from '../filters.ts';
import { LzmaDecoder } from './decoder.ts';
import { Drain, readPacked } from './lzma.ts';
import { readLzma2 } from './lzma2.ts';

/** The .xz file format 1.2.1, https://tukaani.org/xz/xz-file-format.txt */
export const XZ_MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] as const;
const FILTER_LZMA2 = 0x21;
/** Filters of section 5.3 that are undone here. */
const FILTERS: ReadonlyMap<number, FilterName> = new Map([
  [3, 'delta'],
  [4, 'x86'],
  [5, 'powerpc'],
  [7, 'arm'],
  [8, 'arm-thumb'],
  [9, 'sparc'],
]);
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

/** Block header. Returns what undoes the filters before LZMA2, in the order in which it is applied. */
function readBlockHeader(cursor: Cursor): Unfilter[] {
  const start = cursor.offset;
  const length = (cursor.u8() + 1) * 4;
  const end = start + length;
  const flags = cursor.u8();
  if (flags & 0x40) varint(cursor);
  if (flags & 0x80) varint(cursor);
  const unfilters: Unfilter[] = [];
  const last = flags & 3;
  for (let index = 0; index <= last; index += 1) {
    const id = varint(cursor);
    const properties = cursor.take(varint(cursor));
    if (index === last) {
      if (id !== FILTER_LZMA2) throw new ParseError(`xz filter 0x${id.toString(16)} is not supported`, start);
      continue;
    }
    const name = FILTERS.get(id);
    const unfilter = name && unfilterOf(name, properties);
    if (!unfilter) throw new ParseError(`xz filter 0x${id.toString(16)} is not supported`, start);
    unfilters.unshift(unfilter);
  }
  if (cursor.offset > end - 4) throw new ParseError('xz block header is too short', start);
  cursor.skip(end - cursor.offset);
  return unfilters;
}

/** One block's data: decoded straight into the sink, or aside where filters are to be undone first. */
function readBlock(cursor: Cursor, sink: Sink, unfilters: readonly Unfilter[]): Uint8Array {
  const decoder = new LzmaDecoder();
  if (unfilters.length === 0) {
    readLzma2(cursor, decoder, new Drain(decoder, sink));
    return decoder.out.bytes.subarray(0, decoder.out.length);
  }
  const aside = sink.aside();
  let bytes: Uint8Array = new Uint8Array(0);
  try {
    readLzma2(cursor, decoder, new Drain(decoder, aside));
  } finally {
    bytes = aside.take();
    for (const unfilter of unfilters) unfilter(bytes);
    sink.write(bytes);
  }
  return bytes;
}

function readStream(cursor: Cursor, sink: Sink, count: () => void): void {
  cursor.skip(6);
  const flags = cursor.take(2);
  const check = (flags[1] ?? 0) & 0x0f;
  if (flags[0] !== 0 || ((flags[1] ?? 0) & 0xf0) !== 0) throw new ParseError('xz stream flags are not supported', cursor.offset);
  if (cursor.u32() !== crc32(flags)) throw new ParseError('xz stream header checksum differs', cursor.offset);
  while (cursor.bytes[cursor.offset] !== 0) {
    count();
    const unfilters = readBlockHeader(cursor);
    const start = cursor.offset;
    const bytes = readBlock(cursor, sink, unfilters);
    cursor.skip((4 - ((cursor.offset - start) % 4)) % 4);
    const stored = cursor.take(CHECK_SIZES[check] ?? 0);
    if (check === 1 && new Cursor(stored).u32() !== crc32(bytes)) {
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
