/** HCL (Terraform, OpenTofu, Packer, Nomad) and Bicep: enough of their grammars to find values and where they stand. */
import { MAX_VALUE, newMeter, scalar, spend, type ConfigDocuments, type ConfigNode, type MapEntry, type MapNode } from './node.ts';

export type Dialect = 'hcl' | 'bicep';

/** Reads declarations, blocks, objects, lists and the literals inside expressions; with `sources`, also the text of expressions. Never throws. */
export function readBraces(text: string, dialect: Dialect, sources = false): ConfigDocuments {
  const reader = new BraceReader(text, dialect, sources);
  const root = reader.body(0, false);
  const problem = reader.meter.exceeded ? ({ reason: 'limit', detail: 'too many or too deeply nested values' } as const) : undefined;
  return { documents: [root], ...(problem && { problem }) };
}

const WORD = /[A-Za-z_@][\w.-]*/y;
const ATOM = /[^\s"'{}[\](),#/]+/y;

class BraceReader {
  readonly meter = newMeter();
  private at = 0;
  private line = 1;
  private readonly text: string;
  private readonly bicep: boolean;
  private readonly sources: boolean;

  constructor(text: string, dialect: Dialect, sources: boolean) {
    this.text = text;
    this.sources = sources;
    this.bicep = dialect === 'bicep';
  }

  private peek(): string | undefined {
    return this.text[this.at];
  }

  private space(lines: boolean): void {
    for (;;) {
      const c = this.text[this.at];
      if (c === ' ' || c === '\t' || c === '\r') this.at += 1;
      else if (c === '\n' && lines) {
        this.line += 1;
        this.at += 1;
      } else if ((c === '#' && !this.bicep) || (c === '/' && this.text[this.at + 1] === '/')) {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
      } else if (c === '/' && this.text[this.at + 1] === '*') this.jump(this.text.indexOf('*/', this.at + 2), 2);
      else return;
    }
  }

  /** Moves to `end + past`, counting lines; to the end of the text where `end` is negative. */
  private jump(end: number, past: number): void {
    const to = end < 0 ? this.text.length : end + past;
    for (let i = this.text.indexOf('\n', this.at); i >= 0 && i < to; i = this.text.indexOf('\n', i + 1)) this.line += 1;
    this.at = to;
  }

  /** Statements up to `}` or the end. */
  body(depth: number, closed: boolean): MapNode {
    const entries: MapEntry[] = [];
    const start = this.line;
    while (this.at < this.text.length && spend(this.meter, depth)) {
      this.space(true);
      const c = this.peek();
      if (c === undefined) break;
      if (c === '}') {
        this.at += 1;
        if (closed) break;
        continue;
      }
      if (c === ',') {
        this.at += 1;
        continue;
      }
      const before = this.at;
      const entry = this.statement(depth);
      if (entry) entries.push(entry);
      if (this.at === before) this.at += 1;
    }
    return { kind: 'map', line: start, entries };
  }

  private name(): string | undefined {
    const c = this.peek();
    if (c === '"' || c === "'") return this.string(c);
    if (c === '(') {
      const inner = this.group(0, ')');
      return inner.items.length === 1 && inner.items[0]?.kind === 'scalar' ? inner.items[0].value : '';
    }
    WORD.lastIndex = this.at;
    const word = WORD.exec(this.text)?.[0];
    if (word !== undefined) this.at += word.length;
    return word;
  }

  private statement(depth: number): MapEntry | undefined {
    const { line } = this;
    const key = this.name();
    if (key === undefined) return undefined;
    const labels: string[] = [];
    for (;;) {
      this.space(false);
      const c = this.peek();
      if (c === undefined || c === '\n')
        return this.bicep && labels.length > 0 ? { key, line, labels, value: scalar('', line, 'null') } : undefined;
      if (c === '{') {
        this.at += 1;
        return { key, line, value: this.body(depth + 1, true), ...(labels.length > 0 && { labels }) };
      }
      if ((c === '=' && this.text[this.at + 1] !== '=') || c === ':') {
        this.at += this.text[this.at + 1] === '>' ? 2 : 1;
        this.space(this.bicep);
        const start = this.at;
        const value = this.expression(depth + 1);
        const source = this.sources && { source: this.text.slice(start, Math.min(this.at, start + MAX_VALUE)) };
        return { key, line, value, ...(labels.length > 0 && { labels }), ...source };
      }
      const label = c === '"' || c === "'" ? this.string(c) : this.name();
      if (label === undefined) {
        this.at += 1;
        return undefined;
      }
      labels.push(label);
      if (labels.length > 6) return undefined;
    }
  }

  private group(depth: number, close: ')' | ']'): { readonly kind: 'list'; readonly line: number; readonly items: ConfigNode[] } {
    const { line } = this;
    const items: ConfigNode[] = [];
    this.at += 1;
    while (this.at < this.text.length && spend(this.meter, depth)) {
      this.space(true);
      const c = this.peek();
      if (c === close || c === undefined) break;
      if (c === ',' || c === '}' || c === ']' || c === ')') {
        if (c === ',') this.at += 1;
        else break;
        continue;
      }
      const before = this.at;
      items.push(this.expression(depth + 1));
      if (this.at === before) this.at += 1;
    }
    if (this.peek() === close) this.at += 1;
    return { kind: 'list', line, items };
  }

  /** One expression up to the end of its line, a comma or a closing bracket. Its literals become nodes. */
  private expression(depth: number): ConfigNode {
    const { line } = this;
    const nodes: ConfigNode[] = [];
    let raw = '';
    /** The last thing read: an operator at a line's end wants more, a literal does not. */
    let open = false;
    while (this.at < this.text.length && spend(this.meter, depth)) {
      this.space(false);
      const c = this.peek();
      if (c === '\n') {
        if (!this.continues(raw, open)) break;
        this.space(true);
        continue;
      }
      if (c === undefined || c === ',' || c === '}' || c === ']' || c === ')') break;
      open = false;
      if (c === '"' || c === "'") nodes.push(scalar(this.string(c), this.line));
      else if (c === '{') {
        this.at += 1;
        nodes.push(this.body(depth + 1, true));
      } else if (c === '[') {
        // An index (`x[0]`) is a part of the expression, a list at its start is a value.
        const list = this.group(depth + 1, ']');
        if (raw === '') nodes.push(list);
        else raw += `[${list.items.map((item) => (item.kind === 'scalar' ? item.value : '')).join('')}]`;
      } else if (c === '(') {
        const call = this.group(depth + 1, ')');
        nodes.push(...call.items.filter((item) => item.kind !== 'scalar' || item.type !== 'expression'));
        raw += '()';
      } else if (!this.bicep && this.text.startsWith('<<', this.at)) nodes.push(scalar(this.heredoc(), line));
      else {
        ATOM.lastIndex = this.at;
        const word = ATOM.exec(this.text)?.[0] ?? c;
        raw += raw === '' ? word : ` ${word}`;
        open = true;
        this.at += word.length;
      }
    }
    if (nodes.length === 1 && nodes[0] && raw === '') return nodes[0];
    if (nodes.length > 0) return { kind: 'list', line, items: nodes };
    const type =
      raw === 'true' || raw === 'false' ? 'boolean' : raw === 'null' ? 'null' : /^-?\d[\d.]*$/.test(raw) ? 'number' : 'expression';
    return scalar(raw, line, type);
  }

  /** `a ? b` and `a ||` go on in the next line, and so does a next line that begins with `?`, `:` or an operator. */
  private continues(raw: string, open: boolean): boolean {
    if (open && /[?:|&=+<>-]$/.test(raw)) return true;
    const next = /^\s*(?:[?]|:(?!\w)|\|\||&&)/.exec(this.text.slice(this.at, this.at + 200));
    return next !== null && raw !== '';
  }

  private heredoc(): string {
    const head = /^<<[-~]?\s*"?(\w+)"?[^\n]*\n?/.exec(this.text.slice(this.at, this.at + 200));
    if (!head?.[1]) {
      this.at += 2;
      return '';
    }
    const start = this.at + head[0].length;
    const end = new RegExp(`^[ \\t]*${head[1]}[ \\t]*$`, 'm').exec(this.text.slice(start));
    const body = this.text.slice(start, end ? start + end.index : undefined);
    this.jump(end ? start + end.index + end[0].length : -1, 0);
    return body;
  }

  private string(quote: string): string {
    if (this.bicep && this.text.startsWith("'''", this.at)) {
      const start = this.at + 3;
      const end = this.text.indexOf("'''", start);
      const body = this.text.slice(start, end < 0 ? undefined : end);
      this.jump(end, 3);
      return body;
    }
    this.at += 1;
    let out = '';
    let nested = 0;
    while (this.at < this.text.length) {
      const c = this.text[this.at] ?? '';
      if (c === '\\') {
        out += this.text[this.at + 1] ?? '';
        this.at += 2;
        continue;
      }
      if (c === '\n') break;
      if (nested === 0 && c === quote) {
        this.at += 1;
        break;
      }
      if (c === '$' && this.text[this.at + 1] === '{') nested += 1;
      else if (c === '}' && nested > 0) nested -= 1;
      out += c;
      this.at += 1;
    }
    return out;
  }
}
