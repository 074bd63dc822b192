import type { ByteReader } from '../core/byte-reader.ts';
import { LimitError, ParseError } from '../core/errors.ts';

/** One read from the source; headers of most models fit into it. */
const WINDOW = 64 * 1024;
/** No single value that a reader wants whole is larger. */
const MAX_VALUE = 16 * 1024 * 1024;

/**
 * Walks forward (and jumps) through a range of a file with one window in memory. `need(n)` makes
 * `n` bytes readable, the getters after it are synchronous. Throws `ParseError` at the end of the
 * range.
 */
export class Cursor {
  readonly #reader: ByteReader;
  readonly end: number;
  littleEndian: boolean;
  #window: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #base: number;
  #at = 0;

  constructor(reader: ByteReader, start = 0, end = reader.size, littleEndian = true) {
    this.#reader = reader;
    this.#base = start;
    this.end = Math.min(end, reader.size);
    this.littleEndian = littleEndian;
  }

  get position(): number {
    return this.#base + this.#at;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** Whether `n` bytes can be read without waiting. */
  has(n: number): boolean {
    return this.#window.length - this.#at >= n;
  }

  async need(n: number): Promise<void> {
    if (this.has(n)) return;
    const start = this.position;
    if (n > this.end - start) throw new ParseError('unexpected end of data', start);
    if (n > MAX_VALUE) throw new LimitError('value-size', `a value of ${n} bytes is over the limit of ${MAX_VALUE}`);
    const bytes = await this.#reader.read(start, Math.min(Math.max(n, WINDOW), this.end - start));
    if (bytes.length < n) throw new ParseError('unexpected end of data', start);
    this.#window = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = start;
    this.#at = 0;
  }

  /** Jumps to an absolute offset. */
  seek(offset: number): void {
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > this.end)
      throw new ParseError('offset beyond the end of data', this.position);
    if (offset >= this.#base && offset <= this.#base + this.#window.length) {
      this.#at = offset - this.#base;
      return;
    }
    this.#window = new Uint8Array(0);
    this.#base = offset;
    this.#at = 0;
  }

  skip(n: number | bigint): void {
    const length = Number(n);
    if (length < 0 || length > this.remaining) throw new ParseError('length beyond the end of data', this.position);
    this.seek(this.position + length);
  }

  u8(): number {
    return this.#view.getUint8(this.#move(1));
  }

  i8(): number {
    return this.#view.getInt8(this.#move(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#move(2), this.littleEndian);
  }

  i16(): number {
    return this.#view.getInt16(this.#move(2), this.littleEndian);
  }

  u32(): number {
    return this.#view.getUint32(this.#move(4), this.littleEndian);
  }

  i32(): number {
    return this.#view.getInt32(this.#move(4), this.littleEndian);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#move(8), this.littleEndian);
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#move(8), this.littleEndian);
  }

  f32(): number {
    return this.#view.getFloat32(this.#move(4), this.littleEndian);
  }

  f64(): number {
    return this.#view.getFloat64(this.#move(8), this.littleEndian);
  }

  /** A view of the next `n` bytes; `need(n)` came before. */
  take(n: number): Uint8Array {
    const at = this.#move(n);
    return this.#window.subarray(at, at + n);
  }

  /** Reads `n` bytes that are wanted whole. */
  async bytes(n: number): Promise<Uint8Array> {
    await this.need(n);
    return this.take(n);
  }

  #move(n: number): number {
    const at = this.#at;
    if (at + n > this.#window.length) throw new ParseError('unexpected end of data', this.position);
    this.#at = at + n;
    return at;
  }
}
