import { ParseError } from '../../core/errors.ts';

/** What `ast.literal_eval` gives for the headers that NumPy writes. Tuples and lists are told apart. */
export type Literal = string | number | boolean | null | Tuple | readonly Literal[] | LiteralDict;

export class Tuple {
  readonly items: readonly Literal[];
  constructor(items: readonly Literal[]) {
    this.items = items;
  }
}

export class LiteralDict {
  readonly entries: ReadonlyMap<string, Literal>;
  constructor(entries: ReadonlyMap<string, Literal>) {
    this.entries = entries;
  }
}

/** Nested record types go 3 or 4 levels deep. */
const MAX_DEPTH = 32;
const WORDS: Readonly<Record<string, Literal>> = { True: true, False: false, None: null };
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', 0: '\0' };

/** A Python literal: strings, integers, True/False/None, tuples, lists, dicts with string keys. No names, no calls, no operators. */
class Reader {
  private at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  fail(message: string): never {
    throw new ParseError(`literal: ${message}`, this.at);
  }

  space(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at += 1;
  }

  end(): void {
    this.space();
    if (this.at < this.text.length) this.fail('text after the value');
  }

  private eat(char: string): boolean {
    this.space();
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  value(depth = 0): Literal {
    if (depth > MAX_DEPTH) this.fail('nested too deep');
    this.space();
    const char = this.text[this.at] ?? '';
    if (char === "'" || char === '"') return this.string(char);
    if (/[bu]/.test(char) && /['"]/.test(this.text[this.at + 1] ?? '')) {
      this.at += 1;
      return this.string(this.text[this.at] ?? '');
    }
    if (this.eat('{')) return this.dict(depth);
    if (this.eat('[')) return this.items(']', depth).items;
    if (this.eat('(')) {
      const { items, comma } = this.items(')', depth);
      return items.length === 1 && !comma ? (items[0] ?? null) : new Tuple(items);
    }
    const number = /^[+-]?\d{1,19}L?/.exec(this.text.slice(this.at, this.at + 24))?.[0];
    if (number !== undefined) {
      this.at += number.length;
      return Number(number.replace('L', ''));
    }
    const word = /^[A-Za-z_]\w{0,31}/.exec(this.text.slice(this.at, this.at + 32))?.[0] ?? '';
    const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (known === undefined) return this.fail(word === '' ? `unexpected ${JSON.stringify(char)}` : `name ${word}`);
    this.at += word.length;
    return known;
  }

  private items(close: string, depth: number): { items: Literal[]; comma: boolean } {
    const items: Literal[] = [];
    let comma = false;
    while (!this.eat(close)) {
      if (items.length > 0 && !comma) this.fail(`expected , or ${close}`);
      items.push(this.value(depth + 1));
      comma = this.eat(',');
    }
    return { items, comma };
  }

  private dict(depth: number): LiteralDict {
    const entries = new Map<string, Literal>();
    let comma = true;
    while (!this.eat('}')) {
      if (!comma) this.fail('expected , or }');
      const key = this.value(depth + 1);
      if (typeof key !== 'string') this.fail('key is no string');
      if (!this.eat(':')) this.fail('expected :');
      entries.set(key, this.value(depth + 1));
      comma = this.eat(',');
    }
    return new LiteralDict(entries);
  }

  private string(quote: string): string {
    let out = '';
    for (this.at += 1; this.text[this.at] !== quote; this.at += 1) {
      const char = this.text[this.at];
      if (char === undefined || char === '\n') this.fail('string is not closed');
      if (char !== '\\') {
        out += char;
        continue;
      }
      this.at += 1;
      const escaped = this.text[this.at] ?? '';
      if (escaped === 'x') {
        out += String.fromCharCode(Number.parseInt(this.text.slice(this.at + 1, this.at + 3), 16) || 0);
        this.at += 2;
      } else out += Object.hasOwn(ESCAPES, escaped) ? (ESCAPES[escaped] ?? '') : `\\${escaped}`;
    }
    this.at += 1;
    return out;
  }
}

/** Throws ParseError on anything that is not a plain literal. */
export function parseLiteral(text: string): Literal {
  const reader = new Reader(text);
  const value = reader.value();
  reader.end();
  return value;
}
