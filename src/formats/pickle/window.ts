import type { ByteReader } from '../../core/byte-reader.ts';

/** Bytes held at once. Large enough that a remote file needs few range requests, small beside the memory bound of 100 MB. */
const WINDOW = 256 * 1024;

/**
 * A piece of the file in memory. Decoding is synchronous inside it; the caller refills where an
 * instruction does not fit. `at` may stand behind the piece after a payload was passed over.
 */
export class Window {
  readonly size: number;
  bytes: Buffer = Buffer.alloc(0);
  /** Index into `bytes`. */
  at = 0;
  #base = 0;
  readonly #reader: ByteReader;

  constructor(reader: ByteReader) {
    this.#reader = reader;
    this.size = reader.size;
  }

  /** Offset in the file. */
  get offset(): number {
    return this.#base + this.at;
  }

  offsetOf(index: number): number {
    return this.#base + index;
  }

  /** Bytes of the file behind `at`. */
  get remaining(): number {
    return this.size - this.offset;
  }

  /** The bytes in memory reach the end of the file. */
  get atEnd(): boolean {
    return this.#base + this.bytes.length >= this.size;
  }

  seek(offset: number): void {
    this.at = offset - this.#base;
    if (this.at < 0) {
      this.#base = offset;
      this.at = 0;
      this.bytes = Buffer.alloc(0);
    }
  }

  /** Makes at least `wanted` bytes behind `at` readable, fewer only where the file ends. */
  async fill(wanted: number): Promise<void> {
    const start = this.offset;
    const length = Math.min(Math.max(wanted, WINDOW), Math.max(0, this.size - start));
    const read = await this.#reader.read(start, length);
    this.bytes = Buffer.from(read.buffer, read.byteOffset, read.length);
    this.#base = start;
    this.at = 0;
  }

  /** Bytes anywhere in the file, without moving. */
  peek(offset: number, length: number): Promise<Uint8Array> {
    const from = offset - this.#base;
    if (from >= 0 && from + length <= this.bytes.length) return Promise.resolve(this.bytes.subarray(from, from + length));
    return this.#reader.read(offset, Math.max(0, Math.min(length, this.size - offset)));
  }
}
