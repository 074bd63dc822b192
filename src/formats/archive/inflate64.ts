import type { ByteReader } from '../../core/byte-reader.ts';
import { ParseError } from '../../core/errors.ts';
import type { Sink } from './codec.ts';
import { readPacked } from './lzma/lzma.ts';

/**
 * Deflate64 (zip method 9): DEFLATE (RFC 1951) with a window of 64 KiB, two more distance codes, and
 * a length code 285 that has 16 extra bits. Windows writes it into zips of more than 2 GiB.
 */
const WINDOW = 65_536;
const MAX_BITS = 15;
const END = 256;
/** Order in which the lengths of the code-length code are stored. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;
const LENGTHS: readonly (readonly [base: number, extra: number])[] = Array.from({ length: 29 }, (_, code) => {
  if (code === 28) return [3, 16];
  const extra = code < 8 ? 0 : (code >> 2) - 1;
  return [code < 8 ? 3 + code : 3 + ((4 + (code & 3)) << extra), extra];
});
const DISTANCES: readonly (readonly [base: number, extra: number])[] = Array.from({ length: 32 }, (_, code) => {
  const extra = code < 4 ? 0 : (code >> 1) - 1;
  return [code < 4 ? 1 + code : 1 + ((2 + (code & 1)) << extra), extra];
});

/** A canonical code: how many codes have each length, and the symbols in order. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

function codeOf(lengths: readonly number[]): Code {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  let left = 1;
  const offsets = new Uint16Array(MAX_BITS + 2);
  for (let bits = 1; bits <= MAX_BITS; bits += 1) {
    left = left * 2 - (counts[bits] ?? 0);
    if (left < 0) throw new ParseError('Deflate64 code is over-subscribed');
    offsets[bits + 1] = (offsets[bits] ?? 0) + (counts[bits] ?? 0);
  }
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    symbols[offsets[length] ?? 0] = symbol;
    offsets[length] = (offsets[length] ?? 0) + 1;
  }
  return { counts, symbols };
}

const FIXED = [
  codeOf(Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8))),
  codeOf(Array.from({ length: 32 }, () => 5)),
] as const;

class Inflater {
  position = 0;
  private readonly input: Uint8Array;
  private readonly sink: Sink;
  private held = 0;
  private count = 0;
  /** The last 64 KiB and what is not yet handed on. */
  private readonly out = new Uint8Array(2 * WINDOW);
  private length = 0;
  private given = 0;
  private total = 0;

  constructor(input: Uint8Array, sink: Sink) {
    this.input = input;
    this.sink = sink;
  }

  private bits(count: number): number {
    while (this.count < count) {
      const byte = this.input[this.position];
      if (byte === undefined) throw new ParseError('Deflate64 data are cut off', this.position);
      this.position += 1;
      this.held += byte * 2 ** this.count;
      this.count += 8;
    }
    const value = this.held % 2 ** count;
    this.held = Math.floor(this.held / 2 ** count);
    this.count -= count;
    return value;
  }

  private symbol({ counts, symbols }: Code): number {
    let [code, first, index] = [0, 0, 0];
    for (let bits = 1; bits <= MAX_BITS; bits += 1) {
      code |= this.bits(1);
      const count = counts[bits] ?? 0;
      if (code - count < first) return symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new ParseError('Deflate64 code is not defined', this.position);
  }

  private put(byte: number): void {
    if (this.length === this.out.length) {
      this.flush();
      this.out.copyWithin(0, WINDOW);
      this.length = this.given = WINDOW;
    }
    this.out[this.length] = byte;
    this.length += 1;
    this.total += 1;
  }

  flush(): void {
    if (this.length > this.given) this.sink.write(this.out.slice(this.given, this.length));
    this.given = this.length;
  }

  private stored(): void {
    this.held = this.count = 0;
    const [a = 0, b = 0, c = 0, d = 0] = this.input.subarray(this.position, this.position + 4);
    const length = a | (b << 8);
    if (this.position + 4 + length > this.input.length || (length ^ 0xffff) !== (c | (d << 8)))
      throw new ParseError('Deflate64 stored block is damaged', this.position);
    this.position += 4;
    for (let index = 0; index < length; index += 1) this.put(this.input[this.position + index] ?? 0);
    this.position += length;
  }

  private dynamic(): readonly [Code, Code] {
    const literals = this.bits(5) + 257;
    const distances = this.bits(5) + 1;
    const count = this.bits(4) + 4;
    const small: number[] = Array.from({ length: 19 }, () => 0);
    for (const place of ORDER.slice(0, count)) small[place] = this.bits(3);
    const code = codeOf(small);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = this.symbol(code);
      if (symbol < 16) lengths.push(symbol);
      else {
        if (symbol === 16 && lengths.length === 0) throw new ParseError('Deflate64 repeats nothing', this.position);
        const value = symbol === 16 ? (lengths.at(-1) ?? 0) : 0;
        const times = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
        for (let index = 0; index < times; index += 1) lengths.push(value);
      }
    }
    if (lengths.length > literals + distances) throw new ParseError('Deflate64 has too many code lengths', this.position);
    return [codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals))];
  }

  private block(literals: Code, distances: Code): void {
    for (let symbol = this.symbol(literals); symbol !== END; symbol = this.symbol(literals)) {
      if (symbol < END) {
        this.put(symbol);
        continue;
      }
      const [base, extra] = LENGTHS[symbol - 257] ?? [0, 0];
      if (base === 0) throw new ParseError('Deflate64 length is not defined', this.position);
      const length = base + this.bits(extra);
      const [near, more] = DISTANCES[this.symbol(distances)] ?? [0, 0];
      const distance = near + this.bits(more);
      if (distance > this.total || distance > WINDOW) throw new ParseError('Deflate64 distance reaches before the data', this.position);
      for (let index = 0; index < length; index += 1) this.put(this.out[this.length - distance] ?? 0);
    }
  }

  run(): void {
    for (let last = false; !last;) {
      last = this.bits(1) === 1;
      const type = this.bits(2);
      if (type === 0) this.stored();
      else if (type === 1) this.block(...FIXED);
      else if (type === 2) this.block(...this.dynamic());
      else throw new ParseError('Deflate64 block of an unknown type', this.position);
    }
  }
}

/** Decodes a Deflate64 stream. Returns the bytes used; throws `ParseError`, and what the sink throws. */
export async function inflate64(source: ByteReader, sink: Sink): Promise<number> {
  const inflater = new Inflater(await readPacked(source), sink);
  try {
    inflater.run();
  } finally {
    inflater.flush();
  }
  return inflater.position;
}
