import type { ByteReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';

const BLOCK = 64 * 1024;
const CACHED_BLOCKS = 64;
const MAX_READ = 16 * 1024 * 1024;

/** Fields of HDF5 structures, read in order. Offsets and lengths have the sizes that the superblock gives. */
export class Fields {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #space: Space;
  at = 0;

  constructor(bytes: Uint8Array, space: Space) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#space = space;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  uint(size: number): number {
    if (this.remaining < size) throw new ParseError('HDF5 structure ends early');
    let value = 0;
    for (let i = size - 1; i >= 0; i -= 1) value = value * 256 + this.#view.getUint8(this.at + i);
    this.at += size;
    return value;
  }

  /** `undefined` is HDF5's undefined address. */
  address(): number | undefined {
    const size = this.#space.offsetSize;
    const undefinedAddress = this.bytes.subarray(this.at, this.at + size).every((byte) => byte === 0xff);
    const value = this.uint(size);
    return undefinedAddress ? undefined : value;
  }

  length(): number {
    return this.uint(this.#space.lengthSize);
  }

  take(size: number): Uint8Array {
    if (size < 0 || this.remaining < size) throw new ParseError('HDF5 structure ends early');
    const part = this.bytes.subarray(this.at, this.at + size);
    this.at += size;
    return part;
  }

  skip(size: number): void {
    this.take(size);
  }

  signature(expected: string): void {
    if (Buffer.from(this.take(4)).toString('latin1') !== expected) throw new ParseError(`no ${expected} structure`);
  }
}

/** The address space of a file behind its user block, read through a small cache of blocks. */
export class Space {
  readonly #reader: ByteReader;
  readonly #blocks = new Map<number, Promise<Uint8Array>>();
  base = 0;
  /** End of what the library reads, relative to the base; the file's own end until the superblock was read. */
  limit = Infinity;
  /** First damage that does not stop this reader and stops the library. */
  damage: string | undefined;
  offsetSize = 8;
  lengthSize = 8;

  readonly #charge: (bytes: number) => void;

  /** `charge` pays for every read: structures may point at the same bytes again and again. */
  constructor(reader: ByteReader, charge: (bytes: number) => void) {
    this.#reader = reader;
    this.#charge = charge;
  }

  get size(): number {
    return this.#reader.size - this.base;
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    if (length > MAX_READ) throw new LimitError('hdf5-structure', `structure of ${length} bytes is over the limit of ${MAX_READ}`);
    this.#charge(length);
    const start = this.base + address;
    if (!Number.isSafeInteger(start) || start < 0 || start + length > this.#reader.size)
      throw new ParseError('HDF5 address beyond the file', Math.min(start, this.#reader.size));
    if (address + length > this.limit) this.damage ??= `structure at byte ${address} lies behind the end that the superblock gives`;
    const first = Math.floor(start / BLOCK);
    if (length > BLOCK / 2 || Math.floor((start + length - 1) / BLOCK) !== first) return this.#reader.read(start, length);
    let block = this.#blocks.get(first);
    if (!block) {
      const oldest = this.#blocks.keys().next();
      if (this.#blocks.size >= CACHED_BLOCKS && !oldest.done) this.#blocks.delete(oldest.value);
      block = this.#reader.read(first * BLOCK, BLOCK);
      this.#blocks.set(first, block);
    }
    const within = start - first * BLOCK;
    return (await block).subarray(within, within + length);
  }

  async fields(address: number, length: number): Promise<Fields> {
    return new Fields(await this.read(address, length), this);
  }

  of(bytes: Uint8Array): Fields {
    return new Fields(bytes, this);
  }
}
