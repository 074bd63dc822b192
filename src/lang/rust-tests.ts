/** The module of unit tests that a Rust file holds: as rustfmt writes it, it ends with the first brace in its own column. */
const OPENS = /^([ \t]*)#\[cfg\((?:all\()?test\b[^\]]*\]\s*$/;
const MODULE = /^[ \t]*(?:pub(?:\([\w ]+\))?\s+)?mod\s+\w+\s*\{\s*$/;
/** Attributes between the condition and the module. */
const MAX_ATTRIBUTES = 5;

/** Source without its inline unit tests, line by line: what they name is no part of the product. */
export function withoutTests(text: string): string {
  if (!text.includes('#[cfg(')) return text;
  const rows = text.split('\n');
  for (let at = 0; at < rows.length; at += 1) {
    const indent = OPENS.exec(rows[at] ?? '')?.[1];
    if (indent === undefined) continue;
    let next = at + 1;
    while (next < at + MAX_ATTRIBUTES && /^\s*#\[/.test(rows[next] ?? '')) next += 1;
    if (!MODULE.test(rows[next] ?? '')) continue;
    const end = rows.findIndex((row, index) => index > next && row.trimEnd() === `${indent}}`);
    if (end < 0) continue;
    rows.fill('', at, end + 1);
    at = end;
  }
  return rows.join('\n');
}
