import { LimitError, ParseError } from '../../core/errors.ts';
import type { Cursor } from '../cursor.ts';
import type { InspectContext } from '../format.ts';
import { RECORD, spend } from '../reading.ts';
import type { JsonValue } from '../strict-json.ts';

const MAX_DEPTH = 100;
const MAX_TEXT = 1 << 20;
const SIZES: Readonly<Record<string, number>> = { i: 1, U: 1, I: 2, l: 4, L: 8, d: 4, D: 8, C: 1 };

/** Universal Binary JSON, draft 12, as XGBoost writes it. Typed arrays are passed over. */
export class UbjsonReader {
  readonly #cursor: Cursor;
  readonly #context: InspectContext;

  constructor(cursor: Cursor, context: InspectContext) {
    this.#cursor = cursor;
    cursor.littleEndian = false;
    this.#context = context;
  }

  async #marker(): Promise<string> {
    await this.#cursor.need(1);
    return String.fromCharCode(this.#cursor.u8());
  }

  async #length(marker?: string): Promise<number> {
    const kind = marker ?? (await this.#marker());
    const value = await this.#number(kind);
    if (value === undefined || value < 0 || !Number.isInteger(value)) throw new ParseError('bad UBJSON length', this.#cursor.position);
    return value;
  }

  async #number(kind: string): Promise<number | undefined> {
    const size = SIZES[kind];
    if (size === undefined || kind === 'C') return undefined;
    await this.#cursor.need(size);
    switch (kind) {
      case 'i':
        return this.#cursor.i8();
      case 'U':
        return this.#cursor.u8();
      case 'I':
        return this.#cursor.i16();
      case 'l':
        return this.#cursor.i32();
      case 'L':
        return Number(this.#cursor.i64());
      case 'd':
        return this.#cursor.f32();
      default:
        return this.#cursor.f64();
    }
  }

  async #text(marker?: string): Promise<string> {
    const length = await this.#length(marker);
    if (length > this.#cursor.remaining) throw new ParseError('UBJSON text ends beyond the file', this.#cursor.position);
    const start = this.#cursor.position;
    const bytes = await this.#cursor.bytes(Math.min(length, MAX_TEXT));
    const text = Buffer.from(bytes).toString('utf8');
    this.#cursor.seek(start + length);
    return text;
  }

  async value(depth = 0, marker?: string): Promise<JsonValue> {
    spend(this.#context, RECORD);
    if (depth > MAX_DEPTH) throw new LimitError('ubjson-depth', `nested deeper than ${MAX_DEPTH}`);
    let kind = marker ?? (await this.#marker());
    while (kind === 'N') kind = await this.#marker();
    if (kind === 'Z') return null;
    if (kind === 'T') return true;
    if (kind === 'F') return false;
    if (kind === 'S' || kind === 'H') return this.#text();
    if (kind === 'C') return String.fromCharCode((await this.#cursor.bytes(1))[0] ?? 0);
    if (kind === '[') return this.#array(depth);
    if (kind === '{') return this.#object(depth);
    const number = await this.#number(kind);
    if (number === undefined) throw new ParseError('unknown UBJSON type', this.#cursor.position);
    return number;
  }

  /** `$type` and `#count` of a container. */
  async #header(): Promise<{ readonly type?: string; readonly count?: number; readonly first?: string }> {
    const first = await this.#marker();
    if (first === '$') {
      const type = await this.#marker();
      if ((await this.#marker()) !== '#') throw new ParseError('UBJSON type without count', this.#cursor.position);
      return { type, count: await this.#length() };
    }
    if (first === '#') return { count: await this.#length() };
    return { first };
  }

  async #array(depth: number): Promise<JsonValue> {
    const { type, count, first } = await this.#header();
    const items: JsonValue[] = [];
    if (type !== undefined && count !== undefined) {
      const size = SIZES[type];
      if (size !== undefined) {
        this.#cursor.skip(count * size);
        return items;
      }
      if (['Z', 'T', 'F'].includes(type)) return items;
    }
    if (count !== undefined) {
      if (count > this.#cursor.remaining) throw new ParseError('UBJSON array ends beyond the file', this.#cursor.position);
      for (let i = 0; i < count; i += 1) items.push(await this.value(depth + 1, type));
      return items;
    }
    for (let next = first ?? ''; next !== ']'; next = await this.#marker()) items.push(await this.value(depth + 1, next));
    return items;
  }

  async #object(depth: number): Promise<JsonValue> {
    const { type, count, first } = await this.#header();
    const entries = new Map<string, JsonValue>();
    if (count !== undefined) {
      if (count > this.#cursor.remaining) throw new ParseError('UBJSON object ends beyond the file', this.#cursor.position);
      for (let i = 0; i < count; i += 1) entries.set(await this.#text(), await this.value(depth + 1, type));
      return entries;
    }
    for (let next = first ?? ''; next !== '}'; next = await this.#marker())
      entries.set(await this.#text(next), await this.value(depth + 1));
    return entries;
  }
}
