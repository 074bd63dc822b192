import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Replaces what stands between the marks of a section; the text around it is written by hand. */
export function writeSection(file, name, text) {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const old = existsSync(file) ? readFileSync(file, 'utf8') : `${begin}\n${end}\n`;
  const from = old.indexOf(begin) + begin.length;
  writeFileSync(file, `${old.slice(0, from)}\n${text}\n${old.slice(old.indexOf(end))}`);
}
