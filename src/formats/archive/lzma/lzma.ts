import type { ByteReader } from '../../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../../core/errors.ts';
import type { Sink } from '../codec.ts';
import { Cursor } from '../bytes.ts';
import { LzmaDecoder } from './decoder.ts';

/** Compressed bytes held in memory for codecs that cannot stream. */
const MAX_PACKED_IN_MEMORY = 64 << 20;
/** Output between two looks at the limits. */
const PORTION = 256 * 1024;

export async function readPacked(source: ByteReader): Promise<Uint8Array> {
  if (source.size > MAX_PACKED_IN_MEMORY) {
    throw new LimitError('MAX_PACKED_IN_MEMORY', `compressed data of ${source.size} bytes are over the limit`);
  }
  return source.read(0, source.size);
}

/** Hands what came out since the last call to the sink. */
export class Drain {
  private taken = 0;
  private readonly decoder: LzmaDecoder;
  private readonly sink: Sink;

  constructor(decoder: LzmaDecoder, sink: Sink) {
    this.decoder = decoder;
    this.sink = sink;
  }

  flush(): void {
    const { out } = this.decoder;
    if (out.length === this.taken) return;
    const chunk = out.bytes.slice(this.taken, out.length);
    this.taken = out.length;
    this.sink.write(chunk);
  }

  /** Decodes up to `limit` bytes of output, in portions; what came out before an error is kept. */
  run(limit: number): 'size' | 'end-marker' {
    const { decoder } = this;
    try {
      while (decoder.out.length < limit) {
        if (decoder.decodeTo(Math.min(limit, decoder.out.length + PORTION)) === 'end-marker') return 'end-marker';
        this.flush();
      }
    } finally {
      this.flush();
    }
    return 'size';
  }
}

/** Raw LZMA1 data as zip method 14, 7z folders and `.lzma` files hold them. `size` is Infinity if only a marker ends them. */
export function decodeLzma1(input: Uint8Array, start: number, properties: number, size: number, sink: Sink): number {
  const decoder = new LzmaDecoder();
  decoder.setProperties(properties);
  decoder.open(input, start, input.length);
  new Drain(decoder, sink).run(size);
  return decoder.position;
}

/** Streams one after the other, which Python's `lzma` reads as one file. */
const MAX_STREAMS = 1000;

/** `.lzma` (FORMAT_ALONE): properties, dictionary size, uncompressed size (all ones: unknown). */
export async function unlzma(source: ByteReader, sink: Sink): Promise<number> {
  const input = await readPacked(source);
  let at = 0;
  for (let streams = 0; streams < MAX_STREAMS; streams += 1) {
    const cursor = new Cursor(input, at);
    const properties = cursor.u8();
    cursor.skip(4);
    const size = cursor.u64();
    at = decodeLzma1(input, cursor.offset, properties, size, sink);
    if (looksLikeLzma(input.subarray(at)) !== 'yes') return at;
  }
  throw new LimitError('MAX_STREAMS', `more than ${MAX_STREAMS} streams`);
}

/**
 * `.lzma` has no magic. As file(1) does: a properties byte that encoders write, a dictionary size
 * 2^n or 2^n + 2^(n-1), a size that is unknown or below 256 GiB, and the range coder's zero.
 */
export function looksLikeLzma(head: Uint8Array): 'yes' | 'maybe' | 'no' {
  if (head.length < 18 || (head[0] ?? 255) >= 225) return 'no';
  const cursor = new Cursor(head, 1);
  const dictionary = cursor.u32();
  const size = cursor.u64();
  const power = 2 ** Math.floor(Math.log2(Math.max(1, dictionary)));
  const plausible = dictionary === 0xffff_ffff || dictionary === power || dictionary === power + power / 2;
  // Nobody packs nothing.
  if (!plausible || size === 0 || (size !== Number.POSITIVE_INFINITY && size >= 2 ** 38)) return 'no';
  return head[0] === 0x5d && head[13] === 0 && dictionary >= 4096 ? 'yes' : 'maybe';
}

/** Zip method 14 (APPNOTE 5.8): version, size of the properties, properties. */
export async function unzipLzma(source: ByteReader, sink: Sink, size: number): Promise<number> {
  const input = await readPacked(source);
  const cursor = new Cursor(input, 2);
  const length = cursor.u16();
  if (length < 5) throw new ParseError('LZMA properties are cut off');
  const properties = cursor.u8();
  cursor.skip(length - 1);
  return decodeLzma1(input, cursor.offset, properties, size, sink);
}
