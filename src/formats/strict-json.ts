import { LimitError, ParseError } from '../core/errors.ts';

/** Objects are maps: hostile keys such as `__proto__` are keys like any other. */
export type JsonObject = ReadonlyMap<string, JsonValue>;
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

export interface JsonOptions {
  /** Deeper nesting is an error, as in serde_json (128). */
  readonly maxDepth?: number;
  readonly maxValues?: number;
  /** Integer literals become `bigint`, so that 64-bit lengths are exact and `1.0` is no integer. */
  readonly bigints?: boolean;
  /** Accepts what Python's `json` accepts beyond RFC 8259: NaN, Infinity, lone surrogates, a BOM. */
  readonly lenient?: boolean;
}

export interface JsonDocument {
  readonly value: JsonValue;
  /** Keys that one object has twice: two readers may disagree about them. At most `MAX_DUPLICATES`. */
  readonly duplicates: readonly string[];
  /** A string holds a control character as it is: Python refuses the document. Only told of lenient reading. */
  readonly controls: boolean;
}

/** serde_json's recursion limit. */
const MAX_DEPTH = 128;
/** Numbers and short strings cost some 40 bytes each, objects 300: this stays below 200 MB. */
const MAX_VALUES = 4_000_000;
const MAX_DUPLICATES = 20;
const OBJECT_COST = 7;

/** Control characters of ASCII. */
const CONTROL = /[^\P{Cc}\u007f-\u009f]/u;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const INTEGER_DIGITS = 400;

class JsonReader {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #bigints: boolean;
  readonly #lenient: boolean;
  #at = 0;
  /** Budget of values; an object costs as much as eight numbers. */
  #values: number;
  readonly duplicates: string[] = [];
  controls = false;

  constructor(text: string, options: JsonOptions) {
    this.#text = text;
    this.#maxDepth = options.maxDepth ?? MAX_DEPTH;
    this.#values = options.maxValues ?? MAX_VALUES;
    this.#bigints = options.bigints ?? false;
    this.#lenient = options.lenient ?? false;
    if (this.#lenient && text.codePointAt(0) === 0xfeff) this.#at = 1;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail('text after the JSON value');
    return value;
  }

  #fail(problem: string): never {
    throw new ParseError(problem, this.#at);
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #value(depth: number): JsonValue {
    if (--this.#values < 0) throw new LimitError('json-values', 'too many JSON values');
    if (depth > this.#maxDepth) throw new LimitError('json-depth', `JSON nested deeper than ${this.#maxDepth}`);
    this.#space();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      case undefined:
        return this.#fail('unexpected end of JSON');
      default:
        return this.#number();
    }
  }

  #word<T extends JsonValue>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail('not a JSON value');
    this.#at += word.length;
    return value;
  }

  #number(): JsonValue {
    if (this.#lenient) {
      for (const [word, value] of [
        ['NaN', Number.NaN],
        ['Infinity', Infinity],
        ['-Infinity', -Infinity],
      ] as const) {
        if (this.#text.startsWith(word, this.#at)) return this.#word(word, value);
      }
    }
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (!match) return this.#fail('not a JSON value');
    this.#at = NUMBER.lastIndex;
    const literal = match[0];
    const integer = match[1] === undefined && match[2] === undefined;
    if (integer && (this.#bigints || literal.length > 15)) {
      if (literal.length > INTEGER_DIGITS) throw new LimitError('json-number', 'integer with too many digits');
      const value = BigInt(literal);
      return this.#bigints || !Number.isSafeInteger(Number(literal)) ? value : Number(literal);
    }
    return Number(literal);
  }

  #array(depth: number): JsonValue[] {
    this.#at += 1;
    const items: JsonValue[] = [];
    this.#space();
    if (this.#text[this.#at] === ']') {
      this.#at += 1;
      return items;
    }
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#space();
      const next = this.#text[this.#at];
      this.#at += 1;
      if (next === ']') return items;
      if (next !== ',') {
        this.#at -= 1;
        this.#fail('expected , or ] in JSON array');
      }
    }
  }

  #object(depth: number): JsonObject {
    this.#at += 1;
    this.#values -= OBJECT_COST;
    const entries = new Map<string, JsonValue>();
    this.#space();
    if (this.#text[this.#at] === '}') {
      this.#at += 1;
      return entries;
    }
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#fail('expected a key in JSON object');
      const key = this.#string();
      this.#space();
      if (this.#text[this.#at] !== ':') this.#fail('expected : in JSON object');
      this.#at += 1;
      const value = this.#value(depth + 1);
      if (entries.has(key) && this.duplicates.length < MAX_DUPLICATES) this.duplicates.push(key);
      entries.set(key, value);
      this.#space();
      const next = this.#text[this.#at];
      this.#at += 1;
      if (next === '}') return entries;
      if (next !== ',') {
        this.#at -= 1;
        this.#fail('expected , or } in JSON object');
      }
    }
  }

  #string(): string {
    const start = this.#at + 1;
    let at = start;
    for (;;) {
      const code = this.#text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        return this.#text.slice(start, at);
      }
      if (code === BACKSLASH || Number.isNaN(code) || code < 0x20) break;
      at += 1;
    }
    return this.#escapedString(start, at);
  }

  #escapedString(start: number, firstEscape: number): string {
    const parts: string[] = [this.#text.slice(start, firstEscape)];
    let at = firstEscape;
    for (;;) {
      this.#at = at;
      const code = this.#text.charCodeAt(at);
      if (Number.isNaN(code)) this.#fail('unexpected end of JSON string');
      if (code === QUOTE) {
        this.#at = at + 1;
        return parts.join('');
      }
      if (code === BACKSLASH) {
        const [text, length] = this.#escape(at);
        parts.push(text);
        at += length;
        continue;
      }
      if (code < 0x20 && !this.#lenient) this.#fail('control character in JSON string');
      const from = at;
      for (let next = code; next !== QUOTE && next !== BACKSLASH && (next >= 0x20 || this.#lenient); next = this.#text.charCodeAt(at)) {
        at += 1;
        if (at >= this.#text.length) break;
      }
      const piece = this.#text.slice(from, at);
      if (this.#lenient && !this.controls && CONTROL.test(piece)) this.controls = true;
      parts.push(piece);
    }
  }

  #escape(at: number): readonly [string, number] {
    const kind = this.#text[at + 1];
    if (kind === 'u') {
      const unit = this.#hex(at + 2);
      const high = unit >= 0xd800 && unit < 0xdc00;
      const low = unit >= 0xdc00 && unit < 0xe000;
      if (high && this.#text[at + 6] === '\\' && this.#text[at + 7] === 'u') {
        const second = this.#hex(at + 8);
        if (second >= 0xdc00 && second < 0xe000) return [String.fromCharCode(unit, second), 12];
      }
      if ((high || low) && !this.#lenient) this.#fail('lone surrogate in JSON string');
      return [String.fromCharCode(unit), 6];
    }
    const plain = kind !== undefined && Object.hasOwn(ESCAPES, kind) ? ESCAPES[kind] : undefined;
    if (plain === undefined) return this.#fail('bad escape in JSON string');
    return [plain, 2];
  }

  #hex(at: number): number {
    const digits = this.#text.slice(at, at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail('bad \\u escape in JSON string');
    return Number.parseInt(digits, 16);
  }
}

/**
 * RFC 8259 as serde_json reads it, bounded in depth and in number of values. Throws `ParseError`
 * with the offset in UTF-16 units, or `LimitError`.
 */
export function parseJson(text: string, options: JsonOptions = {}): JsonDocument {
  const reader = new JsonReader(text, options);
  const value = reader.document();
  return { value, duplicates: reader.duplicates, controls: reader.controls };
}

export const isObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map;
export const isArray = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

export const stringAt = (object: JsonObject, key: string): string | undefined => {
  const value = object.get(key);
  return typeof value === 'string' ? value : undefined;
};

export const numberAt = (object: JsonObject, key: string): number | undefined => {
  const value = object.get(key);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
};

/** Fatal UTF-8 decoding. Throws `ParseError`. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ParseError('not UTF-8');
  }
}

/** UTF-16 by its mark or by the place of the zeros, as `json.loads` of bytes tells it (RFC 4627, 3). */
function isUtf16(bytes: Uint8Array): 'le' | 'be' | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && !(c === 0 && d === 0)) return 'le';
  if (a === 0xfe && b === 0xff) return 'be';
  if (a === 0 && b !== 0 && b !== undefined) return 'be';
  return b === 0 && a !== 0 && c !== 0 && c !== undefined ? 'le' : undefined;
}

/** The beginning of a document in UTF-8 or UTF-16, without complaint about either. */
export function decodeStart(bytes: Uint8Array): string {
  const order = isUtf16(bytes);
  if (order === undefined) return Buffer.from(bytes).toString('utf8');
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  return (order === 'be' ? even.swap16() : even).toString('utf16le').replace(/^\ufeff/, '');
}

/** JSON as Python's `json.loads` takes bytes: UTF-8, or UTF-16. Throws `ParseError` for anything else. */
export const decodeJson = (bytes: Uint8Array): string => (isUtf16(bytes) === undefined ? decodeUtf8(bytes) : decodeStart(bytes));
