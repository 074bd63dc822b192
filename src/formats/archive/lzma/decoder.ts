import { ParseError } from '../../../core/errors.ts';

/**
 * LZMA as the LZMA specification defines it (https://www.7-zip.org/sdk.html, lzma-specification).
 * The output so far is the dictionary, so memory is bounded by the sink's volume limit.
 */
const TOP = 2 ** 24;
const HALF = 1024;
const STATES = 12;
const MATCH_MIN = 2;

class Output {
  bytes: Uint8Array;
  length = 0;
  constructor() {
    this.bytes = new Uint8Array(65_536);
  }

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

const probs = (count: number): Uint16Array => new Uint16Array(count).fill(HALF);

interface LengthModel {
  readonly choice: Uint16Array;
  readonly low: Uint16Array;
  readonly mid: Uint16Array;
  readonly high: Uint16Array;
}

const lengthModel = (): LengthModel => ({ choice: probs(2), low: probs(16 << 3), mid: probs(16 << 3), high: probs(256) });

export class LzmaDecoder {
  readonly out = new Output();
  /** Output position from which the dictionary holds (LZMA2 can reset it). */
  dictionaryStart = 0;
  private input: Uint8Array = new Uint8Array(0);
  position = 0;
  private end = 0;
  private range = 0;
  private code = 0;
  private lc = 0;
  private lp = 0;
  private pb = 0;
  private state = 0;
  private rep0 = 0;
  private rep1 = 0;
  private rep2 = 0;
  private rep3 = 0;
  private literal = probs(0);
  private isMatch = probs(STATES << 4);
  private isRep = probs(STATES);
  private isRepG0 = probs(STATES);
  private isRepG1 = probs(STATES);
  private isRepG2 = probs(STATES);
  private isRep0Long = probs(STATES << 4);
  private slot = probs(4 << 6);
  private special = probs(115);
  private align = probs(16);
  private lengths = lengthModel();
  private repLengths = lengthModel();

  /** Properties byte: `(pb * 5 + lp) * 9 + lc`. */
  setProperties(byte: number): void {
    if (byte >= 9 * 5 * 5) throw new ParseError('LZMA properties out of range');
    this.lc = byte % 9;
    this.lp = Math.floor(byte / 9) % 5;
    this.pb = Math.floor(byte / 45);
    this.resetState();
  }

  resetState(): void {
    this.state = 0;
    this.rep0 = this.rep1 = this.rep2 = this.rep3 = 0;
    this.literal = probs(0x300 << (this.lc + this.lp));
    for (const table of [
      this.isMatch,
      this.isRep,
      this.isRepG0,
      this.isRepG1,
      this.isRepG2,
      this.isRep0Long,
      this.slot,
      this.special,
      this.align,
    ]) {
      table.fill(HALF);
    }
    this.lengths = lengthModel();
    this.repLengths = lengthModel();
  }

  /** Points at compressed bytes and reads the range coder's five. */
  open(input: Uint8Array, position: number, end: number): void {
    this.input = input;
    this.position = position;
    this.end = end;
    if (end - position < 5) throw new ParseError('LZMA data are cut off');
    // The first byte should be zero; liblzma before 5.4 does not look at it.
    this.range = 0xffff_ffff;
    this.code = 0;
    for (let index = 1; index < 5; index += 1) this.code = ((this.code << 8) | (input[position + index] ?? 0)) >>> 0;
    this.position = position + 5;
  }

  private normalize(): void {
    if (this.range < TOP) {
      if (this.position >= this.end) throw new ParseError('LZMA data are cut off', this.position);
      this.range = (this.range << 8) >>> 0;
      this.code = ((this.code << 8) | (this.input[this.position] ?? 0)) >>> 0;
      this.position += 1;
    }
  }

  private bit(table: Uint16Array, index: number): number {
    const prob = table[index] ?? HALF;
    const bound = (this.range >>> 11) * prob;
    let symbol = 0;
    if (this.code < bound) {
      this.range = bound;
      table[index] = prob + ((2048 - prob) >> 5);
    } else {
      this.range = (this.range - bound) >>> 0;
      this.code = (this.code - bound) >>> 0;
      table[index] = prob - (prob >> 5);
      symbol = 1;
    }
    this.normalize();
    return symbol;
  }

  private tree(table: Uint16Array, base: number, bits: number): number {
    let node = 1;
    for (let index = 0; index < bits; index += 1) node = (node << 1) | this.bit(table, base + node);
    return node - (1 << bits);
  }

  private reverseTree(table: Uint16Array, base: number, bits: number): number {
    let node = 1;
    let symbol = 0;
    for (let index = 0; index < bits; index += 1) {
      const bit = this.bit(table, base + node);
      node = (node << 1) | bit;
      symbol |= bit << index;
    }
    return symbol;
  }

  private direct(bits: number): number {
    let result = 0;
    for (let index = 0; index < bits; index += 1) {
      this.range >>>= 1;
      const one = this.code >= this.range ? 1 : 0;
      if (one) this.code = (this.code - this.range) >>> 0;
      this.normalize();
      result = result * 2 + one;
    }
    return result;
  }

  private length(model: LengthModel, posState: number): number {
    if (this.bit(model.choice, 0) === 0) return this.tree(model.low, posState << 3, 3);
    if (this.bit(model.choice, 1) === 0) return 8 + this.tree(model.mid, posState << 3, 3);
    return 16 + this.tree(model.high, 0, 8);
  }

  private distance(length: number): number {
    const slot = this.tree(this.slot, Math.min(length, 3) << 6, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + this.reverseTree(this.special, base - slot, bits);
    return base + this.direct(bits - 4) * 16 + this.reverseTree(this.align, 0, 4);
  }

  private byteBack(distance: number): number {
    return this.out.bytes[this.out.length - distance - 1] ?? 0;
  }

  private readLiteral(): void {
    const { out } = this;
    const seen = out.length - this.dictionaryStart;
    const previous = seen > 0 ? this.byteBack(0) : 0;
    const base = 0x300 * (((seen & ((1 << this.lp) - 1)) << this.lc) + (previous >> (8 - this.lc)));
    let symbol = 1;
    if (this.state >= 7) {
      let match = this.byteBack(this.rep0);
      while (symbol < 0x100) {
        const matchBit = (match >> 7) & 1;
        match <<= 1;
        const bit = this.bit(this.literal, base + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (matchBit !== bit) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.bit(this.literal, base + symbol);
    out.reserve(1);
    out.bytes[out.length] = symbol & 0xff;
    out.length += 1;
    this.state = this.state < 4 ? 0 : this.state < 10 ? this.state - 3 : this.state - 6;
  }

  private copy(length: number): void {
    const { out } = this;
    if (this.rep0 >= out.length - this.dictionaryStart) throw new ParseError('LZMA distance reaches before the data', this.position);
    out.reserve(length);
    const { bytes } = out;
    const from = out.length - this.rep0 - 1;
    for (let index = 0; index < length; index += 1) bytes[out.length + index] = bytes[from + index] ?? 0;
    out.length += length;
  }

  /** Match or repeated match. True at the end marker. */
  private readMatch(posState: number): boolean {
    let length: number;
    const { state } = this;
    if (this.bit(this.isRep, state) === 0) {
      this.rep3 = this.rep2;
      this.rep2 = this.rep1;
      this.rep1 = this.rep0;
      length = this.length(this.lengths, posState);
      this.state = state < 7 ? 7 : 10;
      this.rep0 = this.distance(length);
      if (this.rep0 === 0xffff_ffff) return true;
    } else {
      if (this.out.length === this.dictionaryStart) throw new ParseError('LZMA repeats before the first byte');
      if (this.bit(this.isRepG0, state) === 0) {
        if (this.bit(this.isRep0Long, (state << 4) + posState) === 0) {
          this.state = state < 7 ? 9 : 11;
          this.copy(1);
          return false;
        }
      } else this.rotate(state);
      length = this.length(this.repLengths, posState);
      this.state = state < 7 ? 8 : 11;
    }
    this.copy(length + MATCH_MIN);
    return false;
  }

  private rotate(state: number): void {
    let distance: number;
    if (this.bit(this.isRepG1, state) === 0) distance = this.rep1;
    else {
      if (this.bit(this.isRepG2, state) === 0) distance = this.rep2;
      else {
        distance = this.rep3;
        this.rep3 = this.rep2;
      }
      this.rep2 = this.rep1;
    }
    this.rep1 = this.rep0;
    this.rep0 = distance;
  }

  /** Decodes until the output is `limit` bytes long or an end marker. */
  decodeTo(limit: number): 'size' | 'end-marker' {
    const mask = (1 << this.pb) - 1;
    while (this.out.length < limit) {
      const posState = (this.out.length - this.dictionaryStart) & mask;
      if (this.bit(this.isMatch, (this.state << 4) + posState) === 0) this.readLiteral();
      else if (this.readMatch(posState)) return 'end-marker';
    }
    return 'size';
  }
}
