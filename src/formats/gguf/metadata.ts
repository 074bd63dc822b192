import { LimitError, ParseError } from '../../core/errors.ts';
import type { Cursor } from '../cursor.ts';
import type { InspectContext } from '../format.ts';
import { spend } from '../reading.ts';

/** Real files have below 100 keys (100,000 is what huggingface.js allows). */
const MAX_KEYS = 65_536;
/** `gguf_init_from_file` accepts no longer key. */
const MAX_KEY = 65_535;
/** Strings up to this length are kept: templates and licences. Longer ones are skipped and reported. */
const MAX_STRING = 1024 * 1024;
/** All kept strings of a file together. */
const MAX_KEPT = 32 * 1024 * 1024;
/** The format has arrays of arrays; nobody writes them. */
const MAX_ARRAY_DEPTH = 4;
/** Strings of an array that are looked at for templates; token lists are far longer and are walked only. */
const MAX_KEPT_ITEMS = 64;

export type MetadataValue = string | number | bigint | boolean | MetadataArray;
export interface MetadataArray {
  readonly type: number;
  readonly length: number;
  /** The first strings, if it is an array of strings. */
  readonly strings: readonly string[];
}

export interface Metadata {
  readonly values: Map<string, MetadataValue>;
  readonly duplicates: Set<string>;
  readonly oversized: string[];
  readonly invalidUtf8: string[];
}

const SCALAR_SIZE: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);
const STRING = 8;
const ARRAY = 9;

/** Reads metadata of GGUF 1 (32-bit lengths) to 3. */
export class MetadataReader {
  readonly #cursor: Cursor;
  readonly #wide: boolean;
  readonly #context: InspectContext;
  #kept = 0;

  constructor(cursor: Cursor, version: number, context: InspectContext) {
    this.#cursor = cursor;
    this.#wide = version > 1;
    this.#context = context;
  }

  /** A count of records; inexact beyond 2^53, which no limit allows. */
  async count(): Promise<number> {
    await this.#cursor.need(this.#wide ? 8 : 4);
    return this.#wide ? Number(this.#cursor.u64()) : this.#cursor.u32();
  }

  /** A length. Throws `ParseError` where it exceeds what the file can hold. */
  async length(unit = 1): Promise<number> {
    await this.#cursor.need(this.#wide ? 8 : 4);
    const value = this.#wide ? this.#cursor.u64() : BigInt(this.#cursor.u32());
    if (value * BigInt(unit) > BigInt(this.#cursor.remaining))
      throw new ParseError('length beyond the end of the file', this.#cursor.position);
    return Number(value);
  }

  async string(limit: number): Promise<{ readonly text: string | undefined; readonly valid: boolean }> {
    const length = await this.length();
    if (length > limit || this.#kept + length > MAX_KEPT) {
      this.#cursor.skip(length);
      return { text: undefined, valid: true };
    }
    this.#kept += length;
    if (!this.#cursor.has(length)) await this.#cursor.need(length);
    const bytes = this.#cursor.take(length);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    return { text, valid: !text.includes('\ufffd') };
  }

  async read(count: number, metadata: Metadata): Promise<void> {
    if (count > MAX_KEYS) throw new LimitError('gguf-keys', `${count} metadata keys are over the limit of ${MAX_KEYS}`);
    for (let i = 0; i < count; i += 1) {
      spend(this.#context, 1);
      const { text: key } = await this.string(MAX_KEY);
      if (key === undefined) throw new ParseError('metadata key too long', this.#cursor.position);
      await this.#cursor.need(4);
      const value = await this.#value(this.#cursor.u32(), key, metadata);
      const duplicate = metadata.values.has(key);
      if (duplicate) metadata.duplicates.add(key);
      // llama.cpp refuses the file, other readers take the first or the last: all values are judged.
      if (value !== undefined) metadata.values.set(duplicate ? `${key}#${i}` : key, value);
    }
  }

  async #value(type: number, key: string, metadata: Metadata): Promise<MetadataValue | undefined> {
    if (type === STRING) {
      const { text, valid } = await this.string(MAX_STRING);
      if (text === undefined) metadata.oversized.push(key);
      if (!valid) metadata.invalidUtf8.push(key);
      return text;
    }
    if (type === ARRAY) return this.#array(0);
    return this.#scalar(type);
  }

  async #scalar(type: number): Promise<MetadataValue> {
    const size = SCALAR_SIZE.get(type);
    if (size === undefined) throw new ParseError(`unknown metadata type ${type}`, this.#cursor.position);
    await this.#cursor.need(size);
    switch (type) {
      case 0:
        return this.#cursor.u8();
      case 1:
        return this.#cursor.i8();
      case 2:
        return this.#cursor.u16();
      case 3:
        return this.#cursor.i16();
      case 4:
        return this.#cursor.u32();
      case 5:
        return this.#cursor.i32();
      case 6:
        return this.#cursor.f32();
      case 7:
        return this.#cursor.u8() !== 0;
      case 10:
        return this.#cursor.u64();
      case 11:
        return this.#cursor.i64();
      default:
        return this.#cursor.f64();
    }
  }

  async #array(depth: number): Promise<MetadataArray> {
    if (depth > MAX_ARRAY_DEPTH) throw new LimitError('gguf-array-depth', `arrays nested deeper than ${MAX_ARRAY_DEPTH}`);
    await this.#cursor.need(4);
    const type = this.#cursor.u32();
    const size = SCALAR_SIZE.get(type);
    if (size !== undefined) {
      const length = await this.length(size);
      this.#cursor.skip(length * size);
      return { type, length, strings: [] };
    }
    if (type !== STRING && type !== ARRAY) throw new ParseError(`unknown array type ${type}`, this.#cursor.position);
    const length = await this.length(this.#wide ? 8 : 4);
    spend(this.#context, length * 4);
    const strings: string[] = [];
    for (let i = 0; i < length; i += 1) {
      if (type === ARRAY) {
        spend(this.#context, 1);
        strings.push(...(await this.#array(depth + 1)).strings.slice(0, MAX_KEPT_ITEMS - strings.length));
      } else if (strings.length < MAX_KEPT_ITEMS) {
        const { text } = await this.string(MAX_STRING);
        if (text !== undefined) strings.push(text);
      } else {
        this.#cursor.skip(await this.length());
      }
    }
    return { type, length, strings };
  }
}
