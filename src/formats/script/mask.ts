const STRING_START = /^[rbuf]{0,2}("""|'''|"|')/i;

/** End of a string literal that opens at `at` with `quote`. */
function stringEnd(text: string, at: number, quote: string, raw: boolean): number {
  let position = at;
  while (position < text.length) {
    const char = text[position];
    if (char === '\\' && !raw) position += 2;
    else if (char === '\\') position += 2;
    else if (quote.length === 1 && char === '\n') return position;
    else if (text.startsWith(quote, position)) return position + quote.length;
    else position += 1;
  }
  return text.length;
}

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');

/**
 * Python source with comments and the content of strings blanked out; quotes, positions and lines
 * stay. f-strings are blanked whole.
 */
export function maskPython(text: string): string {
  const parts: string[] = [];
  let kept = 0;
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === '#') {
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      parts.push(text.slice(kept, at), blank(text.slice(at, end)));
      at = kept = end;
      continue;
    }
    if (char === '"' || char === "'") {
      const quote = STRING_START.exec(text.slice(at, at + 3))?.[1] ?? char;
      const start = at + quote.length;
      const raw = /[rR]/.test(text.slice(Math.max(0, at - 2), at));
      const end = stringEnd(text, start, quote, raw);
      const close = text.startsWith(quote, end - quote.length) && end - quote.length >= start ? end - quote.length : end;
      parts.push(text.slice(kept, start), blank(text.slice(start, close)));
      kept = close;
      at = Math.max(end, start);
      continue;
    }
    at += 1;
  }
  parts.push(text.slice(kept));
  return parts.join('');
}
