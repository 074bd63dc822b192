import { newMeter, scalar, spend, type ConfigDocuments, type ConfigNode, type MapEntry, type Meter } from './node.ts';

/** Where and why reading stopped. */
class Stop extends Error {}

/**
 * JSON as people write it: comments, trailing commas, single quotes, unquoted keys and several
 * values one after another (JSON lines) are accepted. Reads as far as the text makes sense.
 */
export function readJson(text: string): ConfigDocuments {
  const reader = new JsonReader(text);
  const documents: ConfigNode[] = [];
  try {
    reader.space();
    while (!reader.done()) {
      documents.push(reader.value(0));
      reader.space();
      if (documents.length >= MAX_DOCUMENTS) break;
    }
    return { documents };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const limit = reader.meter.exceeded;
    const partial = limit ? [] : documents;
    return { documents: partial, problem: { reason: limit ? 'limit' : 'syntax-error', detail: error.message, line: reader.line } };
  }
}

/** JSON lines after this many are data. */
const MAX_DOCUMENTS = 50;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };
const LITERAL = /[^\s,\]}:"'[{/]+/y;

class JsonReader {
  readonly meter: Meter = newMeter();
  line = 1;
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  done(): boolean {
    return this.at >= this.text.length;
  }

  space(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.at);
      if (c === 10) {
        this.line += 1;
        this.at += 1;
      } else if (c === 32 || c === 9 || c === 13 || c === 0xfeff) this.at += 1;
      else if (c === 47 && this.text[this.at + 1] === '/') this.skipTo('\n');
      else if (c === 47 && this.text[this.at + 1] === '*') this.skipTo('*/', 2);
      else return;
    }
  }

  private skipTo(mark: string, past = 0): void {
    const end = this.text.indexOf(mark, this.at + 2);
    const to = end < 0 ? this.text.length : end + past;
    for (let i = this.text.indexOf('\n', this.at); i >= 0 && i < to; i = this.text.indexOf('\n', i + 1)) this.line += 1;
    this.at = to;
  }

  value(depth: number): ConfigNode {
    if (!spend(this.meter, depth)) throw new Stop('too many or too deeply nested values');
    const line = this.line;
    const c = this.text[this.at];
    if (c === '{') return { kind: 'map', line, entries: this.object(depth) };
    if (c === '[') return { kind: 'list', line, items: this.array(depth) };
    if (c === '"' || c === "'") return scalar(this.string(c), line);
    LITERAL.lastIndex = this.at;
    const word = LITERAL.exec(this.text)?.[0];
    if (word === undefined) throw new Stop(`unexpected ${c === undefined ? 'end' : 'character'}`);
    this.at += word.length;
    if (word === 'null' || word === 'true' || word === 'false') return scalar(word, line, word === 'null' ? 'null' : 'boolean');
    if (/^[-+]?[\d.]/.test(word) || /^(?:NaN|-?Infinity)$/.test(word)) return scalar(word, line, 'number');
    throw new Stop('unexpected word');
  }

  private object(depth: number): MapEntry[] {
    const entries: MapEntry[] = [];
    this.at += 1;
    for (;;) {
      this.space();
      const c = this.text[this.at];
      if (c === '}') {
        this.at += 1;
        return entries;
      }
      if (c === ',') {
        this.at += 1;
        continue;
      }
      const line = this.line;
      const key = c === '"' || c === "'" ? this.string(c) : this.bareKey();
      this.space();
      if (this.text[this.at] !== ':') throw new Stop('a colon is missing');
      this.at += 1;
      this.space();
      entries.push({ key, line, value: this.value(depth + 1) });
    }
  }

  private bareKey(): string {
    LITERAL.lastIndex = this.at;
    const word = LITERAL.exec(this.text)?.[0];
    if (word === undefined) throw new Stop('a key is missing');
    this.at += word.length;
    return word;
  }

  private array(depth: number): ConfigNode[] {
    const items: ConfigNode[] = [];
    this.at += 1;
    for (;;) {
      this.space();
      const c = this.text[this.at];
      if (c === ']') {
        this.at += 1;
        return items;
      }
      if (c === ',') {
        this.at += 1;
        continue;
      }
      items.push(this.value(depth + 1));
    }
  }

  private string(quote: string): string {
    this.at += 1;
    let out = '';
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) throw new Stop('a string does not end');
      if (c === quote) {
        this.at += 1;
        return out;
      }
      if (c !== '\\') {
        const start = this.at;
        while (this.at < this.text.length && !this.isBreak(quote)) this.at += 1;
        out += this.text.slice(start, this.at);
        if (this.text[this.at] === '\n') {
          out += '\n';
          this.line += 1;
          this.at += 1;
        }
        continue;
      }
      const escaped = this.text[this.at + 1] ?? '';
      if (escaped === 'u') {
        const hex = this.text.slice(this.at + 2, this.at + 6);
        out += /^[0-9a-f]{4}$/i.test(hex) ? String.fromCharCode(Number.parseInt(hex, 16)) : '\ufffd';
        this.at += 6;
      } else {
        if (escaped === '\n') this.line += 1;
        out += ESCAPES[escaped] ?? escaped;
        this.at += 2;
      }
    }
  }

  private isBreak(quote: string): boolean {
    const c = this.text[this.at];
    return c === quote || c === '\\' || c === '\n';
  }
}
