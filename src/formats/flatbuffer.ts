import { ParseError } from '../core/errors.ts';
import { Cursor } from './cursor.ts';

/** Elements of one vector that are followed. */
const MAX_ELEMENTS = 1_000_000;
/** Names; several vectors may share one place in the file, so nothing long is read again and again. */
const MAX_TEXT = 1024;

/** A table of a flatbuffer: https://flatbuffers.dev/internals/. Every offset is checked against the file. */
export class Table {
  readonly #cursor: Cursor;
  readonly #position: number;
  readonly #fields: readonly number[];

  private constructor(cursor: Cursor, position: number, fields: readonly number[]) {
    this.#cursor = cursor;
    this.#position = position;
    this.#fields = fields;
  }

  static async at(cursor: Cursor, position: number): Promise<Table> {
    cursor.seek(position);
    await cursor.need(4);
    const vtable = position - cursor.i32();
    if (vtable < 0) throw new ParseError('flatbuffer table without description', position);
    cursor.seek(vtable);
    await cursor.need(4);
    const size = cursor.u16();
    if (size < 4 || size % 2 !== 0) throw new ParseError('flatbuffer description is broken', vtable);
    cursor.u16();
    await cursor.need(size - 4);
    const fields: number[] = [];
    for (let i = 4; i < size; i += 2) fields.push(cursor.u16());
    return new Table(cursor, position, fields);
  }

  /** The root table behind `start` (its offset stands in the first four bytes). */
  static async root(cursor: Cursor, start = 0): Promise<Table> {
    cursor.seek(start);
    await cursor.need(4);
    return Table.at(cursor, start + cursor.u32());
  }

  #field(index: number): number | undefined {
    const offset = this.#fields[index];
    return offset === undefined || offset === 0 ? undefined : this.#position + offset;
  }

  async #seek(index: number, size: number): Promise<boolean> {
    const at = this.#field(index);
    if (at === undefined) return false;
    this.#cursor.seek(at);
    await this.#cursor.need(size);
    return true;
  }

  async i8(index: number, fallback = 0): Promise<number> {
    return (await this.#seek(index, 1)) ? this.#cursor.i8() : fallback;
  }

  async i32(index: number, fallback = 0): Promise<number> {
    return (await this.#seek(index, 4)) ? this.#cursor.i32() : fallback;
  }

  async u32(index: number, fallback = 0): Promise<number> {
    return (await this.#seek(index, 4)) ? this.#cursor.u32() : fallback;
  }

  async u64(index: number): Promise<bigint> {
    return (await this.#seek(index, 8)) ? this.#cursor.u64() : 0n;
  }

  /** Position and element count of a vector. */
  async vector(index: number): Promise<{ readonly start: number; readonly length: number } | undefined> {
    if (!(await this.#seek(index, 4))) return undefined;
    const at = this.#cursor.position;
    this.#cursor.seek(at + this.#cursor.u32());
    await this.#cursor.need(4);
    const length = this.#cursor.u32();
    const start = this.#cursor.position;
    if (length > this.#cursor.end - start) throw new ParseError('flatbuffer vector ends beyond the file', at);
    return { start, length };
  }

  async text(index: number): Promise<string | undefined> {
    const vector = await this.vector(index);
    if (!vector) return undefined;
    this.#cursor.seek(vector.start);
    const text = Buffer.from(await this.#cursor.bytes(Math.min(vector.length, MAX_TEXT))).toString('utf8');
    // A string ends with a zero that its length does not count; the verifier of the library insists.
    this.#cursor.seek(vector.start + vector.length);
    await this.#cursor.need(1);
    return text;
  }

  async bytes(index: number, limit: number): Promise<Uint8Array | undefined> {
    const vector = await this.vector(index);
    if (!vector) return undefined;
    this.#cursor.seek(vector.start);
    return (await this.#cursor.bytes(Math.min(vector.length, limit))).slice();
  }

  /** A vector of 32-bit integers. */
  async integers(index: number, limit: number): Promise<number[]> {
    const vector = await this.vector(index);
    if (!vector) return [];
    const count = Math.min(vector.length, limit);
    this.#cursor.seek(vector.start);
    await this.#cursor.need(count * 4);
    return Array.from({ length: count }, () => this.#cursor.i32());
  }

  /** Positions of the tables of a vector. */
  async *tables(index: number): AsyncGenerator<Table> {
    const vector = await this.vector(index);
    if (!vector) return;
    if (vector.length > MAX_ELEMENTS) throw new ParseError('flatbuffer vector is too long', vector.start);
    for (let i = 0; i < vector.length; i += 1) {
      const at = vector.start + i * 4;
      this.#cursor.seek(at);
      await this.#cursor.need(4);
      yield Table.at(this.#cursor, at + this.#cursor.u32());
    }
  }
}
