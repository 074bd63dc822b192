const STRING_START = /^[rbuf]{0,2}("""|'''|"|')/i;

/** End of a string literal that opens at `at` with `quote`. */
function stringEnd(text: string, at: number, quote: string): number {
  let position = at;
  while (position < text.length) {
    const char = text[position];
    if (char === '\\') position += 2;
    else if (quote.length === 1 && char === '\n') return position;
    else if (text.startsWith(quote, position)) return position + quote.length;
    else position += 1;
  }
  return text.length;
}

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');

/** Fields of an f-string are code: only what stands around them is blanked. `{{` is a brace. */
function blankText(text: string): string {
  let out = '';
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    const twice = text[at + 1] === char;
    if (depth === 0 && (char === '{' || char === '}') && twice) {
      out += '  ';
      at += 1;
    } else if (char === '{') {
      depth += 1;
      out += ' ';
    } else if (char === '}' && depth > 0) {
      depth -= 1;
      out += ' ';
    } else out += depth > 0 || char === '\n' ? char : ' ';
  }
  return out;
}

/**
 * Python source with comments and the content of strings blanked out; quotes, positions and lines
 * stay. A line that goes on behind a backslash is one.
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
      const prefix = /[A-Za-z]{0,2}$/.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? '';
      const end = stringEnd(text, start, quote);
      const close = text.startsWith(quote, end - quote.length) && end - quote.length >= start ? end - quote.length : end;
      parts.push(text.slice(kept, start), /f/i.test(prefix) ? blankText(text.slice(start, close)) : blank(text.slice(start, close)));
      kept = close;
      at = Math.max(end, start);
      continue;
    }
    if (char === '\\' && text[at + 1] === '\n') {
      parts.push(text.slice(kept, at), ' ');
      at = kept = at + 1;
      continue;
    }
    at += 1;
  }
  parts.push(text.slice(kept));
  return parts.join('');
}
