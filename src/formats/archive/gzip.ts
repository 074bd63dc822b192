import { crc32 } from 'node:zlib';
import type { ByteReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import { Cursor, startsWith } from './bytes.ts';
import { Sink } from './codec.ts';
import { inflateRaw } from './inflate.ts';

export const GZIP_MAGIC = [0x1f, 0x8b, 0x08] as const;

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
/** Longest header that is read: two texts and an extra field of 64 KiB each. */
const MAX_HEADER = 200_000;
/** Concatenated members: block-gzip files have one per 64 KiB. */
const MAX_GZIP_MEMBERS = 4_000;

/** Length of a member header (RFC 1952, 2.3). */
function headerLength(bytes: Uint8Array): number {
  const cursor = new Cursor(bytes, 3);
  const flags = cursor.u8();
  cursor.skip(6);
  if (flags & FEXTRA) cursor.skip(cursor.u16());
  for (const flag of [FNAME, FCOMMENT]) {
    if (!(flags & flag)) continue;
    while (cursor.u8() !== 0);
  }
  if (flags & FHCRC) cursor.skip(2);
  return cursor.offset;
}

/** Keeps a running CRC of what passes to the artifact's sink. */
class Checked extends Sink {
  crc = 0;
  length = 0;
  private readonly inner: Sink;

  constructor(inner: Sink) {
    super({ bytes: 0, members: 0, steps: 0, deadline: 0 }, 0, () => 0, 0);
    this.inner = inner;
  }

  override write(chunk: Uint8Array): void {
    this.crc = crc32(chunk, this.crc);
    this.length += chunk.length;
    this.inner.write(chunk);
  }
}

/** All members of a gzip file, as Python's `gzip` reads them: concatenated, zero padding allowed. */
export async function gunzip(source: ByteReader, sink: Sink): Promise<number> {
  let at = 0;
  let members = 0;
  while (at < source.size) {
    const head = await source.read(at, 10);
    if (!startsWith(head, GZIP_MAGIC)) {
      if (at === 0) throw new ParseError('not a gzip member', at);
      return at;
    }
    if ((members += 1) > MAX_GZIP_MEMBERS) throw new LimitError('MAX_GZIP_MEMBERS', `more than ${MAX_GZIP_MEMBERS} gzip members`);
    const plain = (head[3] ?? 0) === 0;
    const checked = new Checked(sink);
    const end = await inflateRaw(source, checked, at + (plain ? 10 : headerLength(await source.read(at, MAX_HEADER))));
    const trailer = new Cursor(await source.read(end, 8));
    if (trailer.left < 8) throw new ParseError('gzip trailer is cut off', end);
    if (trailer.u32() !== checked.crc) throw new ParseError('gzip checksum differs', end);
    if (trailer.u32() !== checked.length % 2 ** 32) throw new ParseError('gzip length differs', end);
    at = end + 8;
    at = await skipZeros(source, at);
  }
  return at;
}

async function skipZeros(source: ByteReader, start: number): Promise<number> {
  for (let at = start; at < source.size;) {
    const bytes = await source.read(at, 65_536);
    const first = bytes.findIndex((byte) => byte !== 0);
    if (first >= 0) return at + first;
    at += bytes.length;
  }
  return source.size;
}
