import { newMeter, scalar, spend, type ConfigDocuments, type ConfigNode, type ListNode, type MapEntry, type MapNode } from './node.ts';

interface OpenMap {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: (MapEntry & { value: ConfigNode })[];
}

const newMap = (line: number): OpenMap => ({ kind: 'map', line, entries: [] });

/** TOML with positions, tolerant: a line that makes no sense is passed over and named as the problem. */
export function readToml(text: string): ConfigDocuments {
  const root = newMap(1);
  const meter = newMeter();
  let table = root;
  let problem: ConfigDocuments['problem'];
  const source = new TomlSource(text);
  while (!source.done() && !meter.exceeded) {
    const { line } = source;
    const head = source.tableHead();
    if (head) {
      spend(meter, head.path.length);
      table = openTable(root, head.path, line, head.array);
    } else if (!source.blank()) {
      const path = source.key();
      const value = path && source.value(0, () => spend(meter, 1));
      const name = path?.at(-1);
      if (!path || value === undefined || name === undefined) problem ??= { reason: 'syntax-error', detail: 'not a TOML line', line };
      else openTable(table, path.slice(0, -1), line, false).entries.push({ key: name, line, value });
    }
    source.nextLine();
  }
  if (meter.exceeded) problem = { reason: 'limit', detail: 'too many values' };
  return { documents: [root], ...(problem && { problem }) };
}

function openTable(from: OpenMap, path: readonly string[], line: number, array: boolean): OpenMap {
  let current = from;
  path.forEach((key, index) => {
    const last = index === path.length - 1;
    const known = current.entries.find((entry) => entry.key === key)?.value;
    if (known?.kind === 'map' && !(last && array)) current = known as OpenMap;
    else if (known?.kind === 'list' && !last) {
      const item = known.items.at(-1);
      current = item?.kind === 'map' ? (item as OpenMap) : current;
    } else if (last && array) {
      const map = newMap(line);
      if (known?.kind === 'list') (known.items as ConfigNode[]).push(map);
      else current.entries.push({ key, line, value: { kind: 'list', line, items: [map] } satisfies ListNode });
      current = map;
    } else {
      const map = newMap(line);
      current.entries.push({ key, line, value: map satisfies MapNode });
      current = map;
    }
  });
  return current;
}

const BARE = /[A-Za-z0-9_-]+/y;
const ATOM = /[^\s,\]}#]+/y;

class TomlSource {
  line = 1;
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  done(): boolean {
    return this.at >= this.text.length;
  }

  private blanks(lines: boolean): void {
    for (;;) {
      const c = this.text[this.at];
      if (c === ' ' || c === '\t' || c === '\r') this.at += 1;
      else if (lines && c === '\n') {
        this.line += 1;
        this.at += 1;
      } else if (lines && c === '#') this.toLineEnd();
      else return;
    }
  }

  private toLineEnd(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end;
  }

  nextLine(): void {
    this.toLineEnd();
    this.at += 1;
    this.line += 1;
  }

  /** Nothing but blanks or a comment on the rest of the line. */
  blank(): boolean {
    this.blanks(false);
    const c = this.text[this.at];
    return c === undefined || c === '\n' || c === '#';
  }

  tableHead(): { readonly path: string[]; readonly array: boolean } | undefined {
    this.blanks(false);
    if (this.text[this.at] !== '[') return undefined;
    const array = this.text[this.at + 1] === '[';
    this.at += array ? 2 : 1;
    const path = this.dotted();
    return path.length > 0 ? { path, array } : undefined;
  }

  key(): string[] | undefined {
    const path = this.dotted();
    this.blanks(false);
    if (path.length === 0 || this.text[this.at] !== '=') return undefined;
    this.at += 1;
    return path;
  }

  private dotted(): string[] {
    const path: string[] = [];
    while (path.length < 20) {
      this.blanks(false);
      const c = this.text[this.at];
      if (c === '"' || c === "'") path.push(this.string(c));
      else {
        BARE.lastIndex = this.at;
        const word = BARE.exec(this.text)?.[0];
        if (word === undefined) break;
        this.at += word.length;
        path.push(word);
      }
      this.blanks(false);
      if (this.text[this.at] !== '.') break;
      this.at += 1;
    }
    return path;
  }

  value(depth: number, pay: () => boolean): ConfigNode | undefined {
    this.blanks(false);
    if (depth > 20 || !pay()) return undefined;
    const { line } = this;
    const c = this.text[this.at];
    if (c === '"' || c === "'") return scalar(this.string(c), line);
    if (c === '[') {
      this.at += 1;
      const items: ConfigNode[] = [];
      for (;;) {
        this.blanks(true);
        if (this.text[this.at] === ']' || this.done()) break;
        const item = this.value(depth + 1, pay);
        if (!item) return undefined;
        items.push(item);
        this.blanks(true);
        if (this.text[this.at] === ',') this.at += 1;
      }
      this.at += 1;
      return { kind: 'list', line, items };
    }
    if (c === '{') {
      this.at += 1;
      const map = newMap(line);
      for (;;) {
        this.blanks(true);
        if (this.text[this.at] === '}' || this.done()) break;
        const path = this.key();
        const value = path && this.value(depth + 1, pay);
        const name = path?.at(-1);
        if (!path || !value || name === undefined) return undefined;
        openTable(map, path.slice(0, -1), line, false).entries.push({ key: name, line: this.line, value });
        this.blanks(true);
        if (this.text[this.at] === ',') this.at += 1;
      }
      this.at += 1;
      return map;
    }
    ATOM.lastIndex = this.at;
    const word = ATOM.exec(this.text)?.[0];
    if (word === undefined) return undefined;
    this.at += word.length;
    return scalar(word, line, word === 'true' || word === 'false' ? 'boolean' : 'number');
  }

  private string(quote: string): string {
    const triple = quote.repeat(3);
    if (this.text.startsWith(triple, this.at)) {
      const start = this.at + 3;
      const end = this.text.indexOf(triple, start);
      const to = end < 0 ? this.text.length : end;
      for (let i = this.text.indexOf('\n', start); i >= 0 && i < to; i = this.text.indexOf('\n', i + 1)) this.line += 1;
      this.at = to + 3;
      return this.text.slice(start, to).replace(/^\r?\n/, '');
    }
    this.at += 1;
    let out = '';
    while (this.at < this.text.length && this.text[this.at] !== quote && this.text[this.at] !== '\n') {
      if (this.text[this.at] === '\\' && quote === '"') {
        const c = this.text[this.at + 1] ?? '';
        out += c === 'n' ? '\n' : c === 't' ? '\t' : c;
        this.at += 2;
      } else {
        out += this.text[this.at];
        this.at += 1;
      }
    }
    if (this.text[this.at] === quote) this.at += 1;
    return out;
  }
}
