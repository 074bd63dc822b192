import { LimitError, ParseError } from '../../../core/errors.ts';
import { MAX_DEPTH, MAX_NODES } from '../limits.ts';
import type { TreeNode } from './tree.ts';

type Table = Map<string, TreeNode>;

const BARE = /[A-Za-z0-9_\-\u0080-\uFFFF]+/y;
const SCALAR = /[^\s,\]}#]+/y;
const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['"', '"'],
  ['\\', '\\'],
  ['b', '\b'],
  ['f', '\f'],
  ['e', '\u001B'],
]);

/**
 * TOML (1.0) with line numbers. Dates and special numbers stay text: no manifest needs them.
 * Throws ParseError.
 */
export function readToml(text: string): TreeNode {
  let position = 0;
  let line = 1;
  let nodes = 0;
  const root: Table = new Map();
  let current: Table = root;
  const fail = (message: string): never => {
    throw new ParseError(`${message} in line ${line}`);
  };
  const node = (at: number, content: TreeNode['value']): TreeNode => {
    nodes += 1;
    if (nodes > MAX_NODES) throw new LimitError('MAX_NODES', `more than ${MAX_NODES} values`);
    return { line: at, value: content };
  };

  function blank(lines: boolean): void {
    for (; position < text.length; position += 1) {
      const character = text[position];
      if (character === '#') {
        const end = text.indexOf('\n', position);
        position = (end < 0 ? text.length : end) - 1;
      } else if (character === '\n') {
        if (!lines) return;
        line += 1;
      } else if (character !== ' ' && character !== '\t' && character !== '\r' && character !== '\uFEFF') return;
    }
  }

  function advance(to: number): void {
    for (let index = position; index < to; index += 1) if (text.charCodeAt(index) === 10) line += 1;
    position = to;
  }

  function literal(): string {
    const triple = text.startsWith("'''", position);
    const quote = triple ? "'''" : "'";
    const start = position + quote.length;
    const end = text.indexOf(quote, start);
    if (end < 0) return fail('unterminated string');
    const content = text.slice(start, end);
    if (!triple && content.includes('\n')) return fail('unterminated string');
    advance(end + quote.length);
    return triple ? content.replace(/^\r?\n/, '') : content;
  }

  function escape(): string {
    const character = text[position + 1] ?? '';
    const simple = ESCAPES.get(character);
    if (simple !== undefined) {
      position += 2;
      return simple;
    }
    const width = character === 'u' ? 4 : character === 'U' ? 8 : character === 'x' ? 2 : 0;
    const code = Number.parseInt(text.slice(position + 2, position + 2 + width), 16);
    if (width === 0 || !(code <= 0x10ffff)) return fail('bad escape');
    position += 2 + width;
    return String.fromCodePoint(code);
  }

  function basic(): string {
    const triple = text.startsWith('"""', position);
    position += triple ? 3 : 1;
    if (triple && /\r?\n/y.test(text.slice(position, position + 2))) advance(text.indexOf('\n', position) + 1);
    const parts: string[] = [];
    for (let start = position; ;) {
      const character = text[position];
      if (character === undefined || (character === '\n' && !triple)) return fail('unterminated string');
      if (triple ? text.startsWith('"""', position) : character === '"') {
        parts.push(text.slice(start, position));
        position += triple ? 3 : 1;
        return parts.join('');
      }
      if (character === '\\') {
        parts.push(text.slice(start, position));
        const fold = triple ? /^\\[ \t]*\r?\n\s*/.exec(text.slice(position, position + 200)) : null;
        if (fold) advance(position + fold[0].length);
        else parts.push(escape());
        start = position;
      } else {
        if (character === '\n') line += 1;
        position += 1;
      }
    }
  }

  function keys(): string[] {
    const names: string[] = [];
    for (;;) {
      blank(false);
      if (names.length > MAX_DEPTH) throw new LimitError('MAX_DEPTH', `key of more than ${MAX_DEPTH} parts`);
      if (text[position] === '"') names.push(basic());
      else if (text[position] === "'") names.push(literal());
      else {
        BARE.lastIndex = position;
        const bare = BARE.exec(text)?.[0] ?? fail('key expected');
        position += bare.length;
        names.push(bare);
      }
      blank(false);
      if (text[position] !== '.') return names;
      position += 1;
    }
  }

  /** The table at `names`, made where it is not there; the last one of a list of tables. */
  function table(from: Table, names: readonly string[], at: number): Table {
    let here = from;
    for (const name of names) {
      const known = here.get(name);
      const last = known && Array.isArray(known.value) ? (known.value as readonly TreeNode[]).at(-1) : known;
      if (last && last.value instanceof Map) here = last.value as Table;
      else if (known) return fail(`${name} is not a table`);
      else {
        const made: Table = new Map();
        here.set(name, node(at, made));
        here = made;
      }
    }
    return here;
  }

  function value(depth: number): TreeNode['value'] {
    if (depth > MAX_DEPTH) throw new LimitError('MAX_DEPTH', `nested deeper than ${MAX_DEPTH}`);
    const character = text[position];
    if (character === '"') return basic();
    if (character === "'") return literal();
    if (character === '[') return array(depth);
    if (character === '{') return inline(depth);
    SCALAR.lastIndex = position;
    const word = SCALAR.exec(text)?.[0] ?? fail('value expected');
    position += word.length;
    if (word === 'true' || word === 'false') return word === 'true';
    const number = Number(word.replaceAll('_', ''));
    return Number.isNaN(number) ? word : number;
  }

  function array(depth: number): readonly TreeNode[] {
    const list: TreeNode[] = [];
    position += 1;
    for (;;) {
      blank(true);
      if (text[position] === ']') break;
      const at = line;
      list.push(node(at, value(depth + 1)));
      blank(true);
      if (text[position] === ',') position += 1;
      else if (text[position] !== ']') return fail('comma expected');
    }
    position += 1;
    return list;
  }

  function pair(into: Table, depth: number): void {
    const at = line;
    const names = keys();
    if (text[position] !== '=') return fail('= expected');
    position += 1;
    blank(false);
    const content = value(depth);
    table(into, names.slice(0, -1), at).set(names.at(-1) as string, node(at, content));
  }

  function inline(depth: number): Table {
    const map: Table = new Map();
    position += 1;
    for (;;) {
      blank(true);
      if (text[position] === '}') break;
      pair(map, depth + 1);
      blank(true);
      if (text[position] === ',') position += 1;
      else if (text[position] !== '}') return fail('comma expected');
    }
    position += 1;
    return map;
  }

  function header(): void {
    const at = line;
    const list = text[position + 1] === '[';
    position += list ? 2 : 1;
    const names = keys();
    if (!text.startsWith(list ? ']]' : ']', position)) return fail('] expected');
    position += list ? 2 : 1;
    if (!list) {
      current = table(root, names, at);
      return;
    }
    const parent = table(root, names.slice(0, -1), at);
    const name = names.at(-1) as string;
    current = new Map();
    const known = parent.get(name)?.value;
    if (Array.isArray(known)) (known as TreeNode[]).push(node(at, current));
    else parent.set(name, node(at, [node(at, current)]));
  }

  for (;;) {
    blank(true);
    if (position >= text.length) return { line: 1, value: root };
    if (text[position] === '[') header();
    else pair(current, 0);
    blank(false);
    if (position < text.length && text[position] !== '\n') fail('end of line expected');
  }
}
