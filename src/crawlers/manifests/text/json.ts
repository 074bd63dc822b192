import { LimitError, ParseError } from '../../../core/errors.ts';
import { MAX_DEPTH, MAX_NODES } from '../limits.ts';
import type { TreeNode } from './tree.ts';

/** Values below a key that is skipped are scanned, not kept. `path` ends in the key in question. */
export type Skip = (path: readonly string[]) => boolean;

const WHITE = /[\t\n\r \uFEFF]/;
const SCALAR = /[^\s,\]}]+/y;

/**
 * JSON with line numbers. Comments and trailing commas are allowed (deno.jsonc, bun.lock).
 * Throws ParseError on anything else that is not JSON.
 */
export function readJson(text: string, skip: Skip = () => false): TreeNode {
  let position = 0;
  let line = 1;
  let nodes = 0;
  const path: string[] = [];
  const fail = (message: string): never => {
    throw new ParseError(`${message} in line ${line}`);
  };

  function blank(): void {
    for (; position < text.length; position += 1) {
      const character = text[position] as string;
      if (character === '\n') line += 1;
      else if (character === '/' && text[position + 1] === '/') {
        const end = text.indexOf('\n', position);
        position = (end < 0 ? text.length : end) - 1;
      } else if (character === '/' && text[position + 1] === '*') {
        const end = text.indexOf('*/', position + 2);
        const stop = end < 0 ? text.length : end + 2;
        for (let index = position; index < stop; index += 1) if (text.charCodeAt(index) === 10) line += 1;
        position = stop - 1;
      } else if (!WHITE.test(character)) return;
    }
  }

  function string(): string {
    const start = position;
    let escaped = false;
    for (position += 1; position < text.length; position += 1) {
      const code = text.charCodeAt(position);
      if (code === 34) {
        position += 1;
        if (!escaped) return text.slice(start + 1, position - 1);
        try {
          return String(JSON.parse(text.slice(start, position)));
        } catch {
          return fail('bad string');
        }
      }
      if (code === 92) {
        escaped = true;
        position += 1;
      } else if (code === 10) return fail('unterminated string');
    }
    return fail('unterminated string');
  }

  function value(depth: number, keep: boolean): TreeNode['value'] {
    if (depth > MAX_DEPTH) throw new LimitError('MAX_DEPTH', `nested deeper than ${MAX_DEPTH}`);
    const character = text[position];
    if (character === '"') return string();
    if (character === '{') return object(depth, keep);
    if (character === '[') return array(depth, keep);
    SCALAR.lastIndex = position;
    const word = SCALAR.exec(text)?.[0] ?? '';
    position += word.length;
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    const number = Number(word);
    return word === '' || Number.isNaN(number) ? fail('unexpected character') : number;
  }

  function count(): void {
    nodes += 1;
    if (nodes > MAX_NODES) throw new LimitError('MAX_NODES', `more than ${MAX_NODES} values`);
  }

  function object(depth: number, keep: boolean): ReadonlyMap<string, TreeNode> {
    const map = new Map<string, TreeNode>();
    position += 1;
    for (;;) {
      blank();
      if (text[position] === '}') break;
      if (text[position] !== '"') return fail('key expected');
      const at = line;
      const key = string();
      blank();
      if (text[position] !== ':') return fail('colon expected');
      position += 1;
      blank();
      path.push(key);
      const kept = keep && !skip(path);
      const content = value(depth + 1, kept);
      path.pop();
      if (kept) {
        count();
        map.set(key, { line: at, value: content });
      }
      blank();
      if (text[position] === ',') position += 1;
      else if (text[position] !== '}') return fail('comma expected');
    }
    position += 1;
    return map;
  }

  function array(depth: number, keep: boolean): readonly TreeNode[] {
    const list: TreeNode[] = [];
    position += 1;
    for (;;) {
      blank();
      if (text[position] === ']') break;
      const at = line;
      const content = value(depth + 1, keep);
      if (keep) {
        count();
        list.push({ line: at, value: content });
      }
      blank();
      if (text[position] === ',') position += 1;
      else if (text[position] !== ']') return fail('comma expected');
    }
    position += 1;
    return list;
  }

  blank();
  const root = { line, value: value(0, true) };
  blank();
  return position < text.length ? fail('text after the end') : root;
}
