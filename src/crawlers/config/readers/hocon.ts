import type { Assignment } from './lines.ts';
import { MAX_DEPTH, MAX_NODES, MAX_VALUE } from './node.ts';

/** Whether a `.conf` file nests as those of Typesafe Config do, not in sections. */
export const isHocon = (text: string): boolean => /^[ \t]*"?[A-Za-z_][\w.-]*"?[ \t]*[:=]?[ \t]*\{[ \t]*$/m.test(text);

/** A piece of a file; of `key`, words end at what may stand behind a key, of `value` at what may stand behind a value. */
const KEY = /(\n)|[ \t\r,;]+|(#.*|\/\/.*)|(\$\{[^}\n]{0,200}\}?)|(\+?=|[{}[\]:])|([^\s"{}[\]:=+,;#$]+)|./y;
const VALUE = /(\n)|[ \t\r]+|(#.*|\/\/.*)|(\$\{[^}\n]{0,200}\}?)|([{}[\],])|([^\s"{}[\],#$]+)|./y;

/** Longest path of a key that a program asks by; each of a file's keys has its own. */
const MAX_PATH = 500;

/** What is open: the object or list at a key. Items of a list go by its path. */
interface Frame {
  readonly list: boolean;
  readonly path: string | undefined;
}

/**
 * `application.conf` of Scala and Java programs, by the path of each key. What other keys or the environment make up
 * stays out. https://github.com/lightbend/config/blob/main/HOCON.md
 */
export function readHocon(text: string): Assignment[] {
  const found: Assignment[] = [];
  const frames: Frame[] = [{ list: false, path: '' }];
  let line = 1;
  let key = '';
  let value: string | undefined;
  /** A part of the value is what stands elsewhere. */
  let made = false;
  let begins = 1;
  const pathOf = (name: string): string | undefined => {
    const { list, path } = frames.at(-1) ?? { list: false, path: '' };
    if (list || name === '' || path === undefined) return path;
    const whole = path === '' ? name : `${path}.${name}`;
    return whole.length < MAX_PATH ? whole : undefined;
  };
  const inValue = (): boolean => value !== undefined || frames.at(-1)?.list === true;
  const end = (): void => {
    const name = pathOf(key);
    if (value !== undefined && value !== '' && !made && name) found.push({ name, value: value.slice(0, MAX_VALUE), line: begins });
    [key, value, made] = ['', undefined, false];
  };
  const add = (part: string, spaced: boolean): void => {
    if (!inValue()) key += part;
    else {
      if (!value) begins = line;
      value = value ? `${value}${spaced ? ' ' : ''}${part}` : part;
    }
  };
  for (let at = 0; at < text.length && found.length < MAX_NODES && frames.length <= MAX_DEPTH;) {
    const spaced = at > 0 && /\s/.test(text[at - 1] ?? '');
    if (text[at] === '"') {
      const quoted = stringAt(text, at);
      add(quoted.text, spaced);
      line += quoted.rows;
      at = quoted.end;
      continue;
    }
    const pattern = inValue() ? VALUE : KEY;
    pattern.lastIndex = at;
    const [whole = '', newline, , substitution, sign, word] = pattern.exec(text) ?? [];
    at += whole.length || 1;
    if (newline !== undefined) {
      line += 1;
      // A value may begin in the row below its key.
      if (!inValue() || value || made) end();
    } else if (substitution !== undefined) made = true;
    else if (word !== undefined) add(word, spaced);
    else if (sign === '{' || sign === '[') {
      frames.push({ list: sign === '[', path: pathOf(key) });
      [key, value, made] = ['', undefined, false];
    } else if (sign === '}' || sign === ']') {
      end();
      if (frames.length > 1) frames.pop();
    } else if (sign === ',') end();
    else if (sign !== undefined) value = '';
  }
  end();
  return found;
}

/** A quoted text: a missing quote ends with its row, three quotes with three others. */
function stringAt(text: string, at: number): { readonly text: string; readonly end: number; readonly rows: number } {
  if (text.startsWith('"""', at)) {
    const close = text.indexOf('"""', at + 3);
    const inner = text.slice(at + 3, close < 0 ? undefined : close);
    return { text: inner, end: close < 0 ? text.length : close + 3, rows: inner.split('\n').length - 1 };
  }
  let end = at + 1;
  while (end < text.length && text[end] !== '"' && text[end] !== '\n') end += text[end] === '\\' && text[end + 1] !== '\n' ? 2 : 1;
  return { text: text.slice(at + 1, end).replaceAll(/\\(.)/g, '$1'), end: text[end] === '"' ? end + 1 : end, rows: 0 };
}
