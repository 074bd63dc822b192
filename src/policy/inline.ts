/** `assay: ignore[rule-id] reason` in a comment: for its own line, or for the next one where it stands alone. */
export interface InlineIgnore {
  readonly path: string;
  /** Line that it is about, 1-based. */
  readonly line: number;
  readonly rules: readonly string[];
  readonly reason: string;
  /** Line on which it stands. */
  readonly at: number;
}

/** After a comment mark of any language that crawlers read. The parts are bounded, so matching is linear. */
const COMMENT = /(?:#|\/\/|\/\*|<!--|--|;|%|"""|\*)\s{0,8}assay:\s{0,8}ignore\[([a-z0-9, -]{1,400})\]([^\n]{0,1000})$/;
/** Ends of block comments are no part of the reason. */
const CLOSING = /\s*(?:\*\/|-->|"""|"\s*,?\s*\\?n?)?\s*$/;
const MARK = 'assay:';

/** Comments of one text, in order. Texts without the mark cost one search. */
export function inlineIgnores(text: string, path: string): InlineIgnore[] {
  if (!text.includes(MARK)) return [];
  const ignores: InlineIgnore[] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (!line.includes(MARK)) continue;
    const match = COMMENT.exec(line.replace(/\r$/, ''));
    if (!match) continue;
    const alone = line.slice(0, match.index).trim() === '';
    ignores.push({
      path,
      line: alone ? nextLine(lines, index) : index + 1,
      at: index + 1,
      rules: (match[1] ?? '')
        .split(',')
        .map((id) => id.trim())
        .filter((id) => id !== ''),
      reason: (match[2] ?? '').replace(CLOSING, '').trim(),
    });
  }
  return ignores;
}

/** A comment that stands alone speaks for the next line that is neither empty nor such a comment. */
function nextLine(lines: readonly string[], from: number): number {
  for (let index = from + 1; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.trim() !== '' && !COMMENT.test(line)) return index + 1;
  }
  return from + 1;
}
