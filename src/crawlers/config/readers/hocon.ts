import type { Assignment } from './lines.ts';
import { MAX_DEPTH, MAX_NODES, MAX_VALUE } from './node.ts';

/** `llm {`, `llm = {`, `"llm" : {` */
const OPENS = /^\s*"?([A-Za-z_][\w.-]*)"?\s*[:=]?\s*\{\s*$/;
const VALUE = /^\s*"?([A-Za-z_][\w.-]*)"?\s*[:=]\s*(.+?)\s*,?\s*$/;

/** Whether a `.conf` file nests as those of Typesafe Config do, not in sections. */
export const isHocon = (text: string): boolean => /^[ \t]*"?[A-Za-z_][\w.-]*"?[ \t]*[:=]?[ \t]*\{[ \t]*$/m.test(text);

/** `application.conf` of Scala and Java programs, by the path of each key. What other keys or the environment make up stays out. */
export function readHocon(text: string): Assignment[] {
  const found: Assignment[] = [];
  const path: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (found.length >= MAX_NODES) break;
    const row = raw.slice(0, MAX_VALUE).replace(/(?:^|\s)(?:#|\/\/).*$/, '');
    const opened = OPENS.exec(row)?.[1];
    if (opened !== undefined || /\{\s*$/.test(row)) {
      if (path.length >= MAX_DEPTH) break;
      path.push(opened ?? '?');
      continue;
    }
    if (/^\s*\},?\s*$/.test(row)) {
      path.pop();
      continue;
    }
    const [, key, written = ''] = VALUE.exec(row) ?? [];
    if (key === undefined || written.includes('${') || /^[[{]/.test(written) || path.includes('?')) continue;
    found.push({ name: [...path, key].join('.'), value: written.replace(/^(["'])(.*)\1$/, '$2'), line: index + 1 });
  }
  return found;
}
