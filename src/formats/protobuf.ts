import { LimitError, ParseError } from '../core/errors.ts';
import { Cursor } from './cursor.ts';

/** Wire types of https://protobuf.dev/programming-guides/encoding/; groups (3, 4) are refused. */
export const VARINT = 0;
const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

/** protobuf's own default recursion limit. */
const MAX_DEPTH = 100;
const MAX_FIELD = 536_870_911;

export interface Field {
  readonly number: number;
  readonly wire: number;
  /** Value of a varint. */
  readonly value: bigint;
  /** Absolute offset and length of the payload. */
  readonly start: number;
  readonly length: number;
}

/**
 * Walks the fields of one message in a file, without a schema and without reading payloads: a
 * tensor of gigabytes is one jump. Nested messages share the cursor.
 */
export class Message {
  readonly #cursor: Cursor;
  readonly #depth: number;
  readonly end: number;
  #at: number;
  #broken: ParseError | undefined;

  constructor(cursor: Cursor, start = 0, end = cursor.end, depth = 0) {
    if (depth > MAX_DEPTH) throw new LimitError('protobuf-depth', `messages nested deeper than ${MAX_DEPTH}`);
    this.#cursor = cursor;
    this.#at = start;
    this.end = end;
    this.#depth = depth;
  }

  get position(): number {
    return this.#at;
  }

  /**
   * The next field, `undefined` at the end. Throws `ParseError` on bad wire data. A payload that
   * is cut off is still returned, as far as it goes; the call after it throws.
   */
  async next(): Promise<Field | undefined> {
    if (this.#broken) throw this.#broken;
    if (this.#at >= this.end) return undefined;
    const cursor = this.#cursor;
    cursor.seek(this.#at);
    const wanted = Math.min(20, this.end - this.#at);
    if (!cursor.has(wanted)) await cursor.need(wanted);
    const tag = this.#varint();
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    if (number === 0 || number > MAX_FIELD) throw new ParseError('invalid protobuf field number', this.#at);
    let value = 0n;
    let length = 0;
    if (wire === VARINT) value = this.#varint();
    else if (wire === FIXED64) length = 8;
    else if (wire === FIXED32) length = 4;
    else if (wire === BYTES) length = Number(this.#varint());
    else throw new ParseError(`invalid protobuf wire type ${wire}`, this.#at);
    const start = cursor.position;
    if (length > this.end - start) {
      this.#broken = new ParseError('protobuf field ends beyond its message', this.#at);
      if (wire !== BYTES) throw this.#broken;
      length = this.end - start;
    }
    this.#at = start + length;
    return { number, wire, value, start, length };
  }

  #varint(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ParseError('protobuf varint too long', this.#at);
  }

  #byte(): number {
    if (this.#cursor.position >= this.end) throw new ParseError('protobuf message ends in a field', this.#at);
    return this.#cursor.u8();
  }

  /** The payload of a field as a message. */
  sub(field: Field): Message {
    if (field.wire !== BYTES) throw new ParseError('protobuf field is no message', field.start);
    return new Message(this.#cursor, field.start, field.start + field.length, this.#depth + 1);
  }

  async bytes(field: Field): Promise<Uint8Array> {
    this.#cursor.seek(field.start);
    return this.#cursor.bytes(field.length);
  }

  /** Text of a field, cut at `limit` bytes. */
  async text(field: Field, limit = 4096): Promise<string> {
    if (field.wire !== BYTES) throw new ParseError('protobuf field is no string', field.start);
    this.#cursor.seek(field.start);
    const bytes = await this.#cursor.bytes(Math.min(field.length, limit));
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }

  /** A repeated integer, packed or not. At most `limit` values. */
  async integers(field: Field, limit = 64): Promise<bigint[]> {
    if (field.wire === VARINT) return [field.value];
    if (field.wire !== BYTES) throw new ParseError('protobuf field is no list of integers', field.start);
    const packed = new Message(this.#cursor, field.start, field.start + field.length, this.#depth + 1);
    const values: bigint[] = [];
    this.#cursor.seek(field.start);
    if (field.length > limit * 10) throw new LimitError('protobuf-list', 'list of integers is too long');
    await this.#cursor.need(field.length);
    while (this.#cursor.position < packed.end) values.push(packed.#varint());
    return values;
  }
}

/** Text that is a string and not a message: what hidden bytes rarely are. */
export const isIdentifier = (text: string): boolean => /^[A-Za-z_>.][\w>./:-]*$/.test(text);
