import { MAX_NODES, MAX_VALUE } from './node.ts';

/** One `name = value` of a line-based format. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

const DOTENV = /^\s*(?:export\s+|set\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/;

/** Lines of one quoted value: a PEM key of 4096 bits has 52. */
const MAX_QUOTED_LINES = 60;

/** `.env` files: quotes, `export`, trailing comments. Commented-out variables do not count. */
export function readDotenv(text: string): Assignment[] {
  const found: Assignment[] = [];
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length && found.length < MAX_NODES; i += 1) {
    const match = DOTENV.exec((lines[i] ?? '').slice(0, MAX_VALUE));
    if (match?.[1] === undefined) continue;
    const line = i + 1;
    let value = (match[2] ?? '').trim();
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote !== undefined) {
      let end = value.indexOf(quote, 1);
      // A quoted value may span lines (PEM keys); a missing quote must not swallow the file.
      let last = i;
      let joined = value;
      while (end < 0 && last - i < MAX_QUOTED_LINES && last + 1 < lines.length) {
        last += 1;
        joined += `\n${lines[last] ?? ''}`;
        end = joined.indexOf(quote, 1);
      }
      if (end < 0) value = value.slice(1);
      else {
        value = joined.slice(1, end);
        i = last;
      }
    } else value = value.replace(/(?:^|\s)#.*$/, '').trim();
    found.push({ name: match[1], value: value.slice(0, MAX_VALUE), line });
  }
  return found;
}

const MAKE = /^(?:export\s+|override\s+|set\s+)*([A-Za-z_][\w.-]*)\s*(?:::?:?=|\?=|=)\s*(.*)$/;
/** `env_var_or_default("NAME", "value")` and `env("NAME", "value")` of just. */
const JUST_DEFAULT = /^env(?:_var_or_default)?\(\s*["'][\w.-]+["']\s*,\s*(["'])([^"']*)\1\s*\)$/;

/** Variables of a Makefile or Justfile, outside recipes. What other variables or commands make up stays out. */
export function readMake(text: string): Assignment[] {
  const found: Assignment[] = [];
  text.split(/\r?\n/).forEach((raw, index) => {
    const match = found.length < MAX_NODES ? MAKE.exec(raw.slice(0, MAX_VALUE)) : null;
    if (match?.[1] === undefined) return;
    const written = (match[2] ?? '').replace(/(?:^|\s)#.*$/, '').trim();
    const value = JUST_DEFAULT.exec(written)?.[2] ?? written.replace(/^(["'])(.*)\1$/, '$2');
    if (!/[$()`\\]|\{\{/.test(value)) found.push({ name: match[1], value, line: index + 1 });
  });
  return found;
}

const PROPERTY = /^\s*([^\s=:#!][^\s=:]*)\s*[=:]\s*(.*)$/;

/** Java `.properties`: `#` and `!` comments, `=` or `:`, continuation by a backslash at the end. */
export function readProperties(text: string): Assignment[] {
  const found: Assignment[] = [];
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length && found.length < MAX_NODES; i += 1) {
    const line = i + 1;
    let raw = lines[i] ?? '';
    while (/(?:^|[^\\])\\$/.test(raw) && i + 1 < lines.length && raw.length < MAX_VALUE) {
      i += 1;
      raw = raw.slice(0, -1) + (lines[i] ?? '').trimStart();
    }
    const match = PROPERTY.exec(raw.slice(0, MAX_VALUE));
    if (match?.[1] !== undefined) found.push({ name: match[1].replaceAll('\\', ''), value: (match[2] ?? '').trim(), line });
  }
  return found;
}

/** INI: section names are put before the key with a dot. */
export function readIni(text: string): Assignment[] {
  const found: Assignment[] = [];
  let section = '';
  text.split(/\r?\n/).forEach((raw, index) => {
    if (found.length >= MAX_NODES) return;
    const line = raw.slice(0, MAX_VALUE).trim();
    const head = /^\[\s*([^\]]+?)\s*\]$/.exec(line);
    if (head?.[1] !== undefined) {
      section = head[1].replaceAll('"', '');
      return;
    }
    if (line === '' || /^[#;]/.test(line)) return;
    const at = line.search(/[=:]/);
    if (at <= 0) return;
    const name = line.slice(0, at).trim();
    const value = line
      .slice(at + 1)
      .replace(/\s[#;].*$/, '')
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2');
    if (/^[\w.@ -]+$/.test(name)) found.push({ name: section === '' ? name : `${section}.${name}`, value, line: index + 1 });
  });
  return found;
}
