/** East Asian Wide and Fullwidth blocks and emoji, as terminals draw them: two columns. */
const WIDE =
  /[\u1100-\u115F\u231A\u231B\u2329\u232A\u23E9-\u23EC\u2614\u2615\u26A1\u2705\u270A\u270B\u2728\u274C\u274E\u2753-\u2755\u2757\u2795-\u2797\u27B0\u2B1B\u2B1C\u2B50\u2B55\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1AFF0}-\u{1B2FF}\u{1F004}\u{1F0CF}\u{1F18E}\u{1F191}-\u{1F19A}\u{1F200}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F7E0}-\u{1F7EB}\u{1F90C}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;
const MARK = /\p{Mark}/u;

const charWidth = (char: string): number => {
  if (char < '\u0300') return 1;
  return MARK.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
};

/** Columns of a terminal that `text` takes. The text must be free of escapes (`visible`). */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - displayWidth(text)));

/** The first columns of `text`, with `…` where something was cut. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  let used = 0;
  let out = '';
  for (const char of text) {
    const next = charWidth(char);
    if (used + next > width - 1) break;
    used += next;
    out += char;
  }
  return `${out}…`;
}

/** As `fit`, but the end stays: of a path, the file name says most. */
export function fitEnd(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  const chars = [...text];
  let used = 0;
  let start = chars.length;
  while (start > 0) {
    const next = charWidth(chars[start - 1] ?? '');
    if (used + next > width - 1) break;
    used += next;
    start -= 1;
  }
  return `…${chars.slice(start).join('')}`;
}

/** Breaks at spaces; a word that is longer than the width is cut. At most `maxLines` lines. */
export function wrap(text: string, width: number, maxLines: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const candidate = line === '' ? word : `${line} ${word}`;
    if (displayWidth(candidate) <= width) line = candidate;
    else {
      if (line !== '') lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  const shown = lines.slice(0, maxLines).map((each) => fit(each, width));
  if (lines.length > maxLines) shown[maxLines - 1] = fit(`${lines[maxLines - 1] ?? ''} …`, width);
  return shown;
}
