/** A lexical token of Python source; comments and blank space are gone. */
export interface PythonToken {
  readonly type: 'string' | 'name' | 'op';
  readonly text: string;
  readonly line: number;
}

const WORD = /[A-Za-z_0-9.\u0080-\uFFFF]+/y;
const PREFIX = /^(?:[rbuf]|rb|br|rf|fr)$/i;

/**
 * Tokens of a setup.py. Not a Python lexer: numbers are names, indentation and f-string fields are
 * ignored. Enough for lists of literals, and it never fails.
 */
export function pythonTokens(source: string, limit = 200_000): PythonToken[] {
  const tokens: PythonToken[] = [];
  let line = 1;
  let position = 0;
  while (position < source.length && tokens.length < limit) {
    const character = source[position] as string;
    if (character === '\n') {
      line += 1;
      position += 1;
    } else if (character === '#') {
      const end = source.indexOf('\n', position);
      position = end < 0 ? source.length : end;
    } else if (character === '"' || character === "'") {
      const at = line;
      const triple = source.startsWith(character.repeat(3), position);
      const quote = triple ? character.repeat(3) : character;
      let end = position + quote.length;
      while (end < source.length && !source.startsWith(quote, end)) {
        if (source[end] === '\\') end += 1;
        else if (source[end] === '\n') {
          if (!triple) break;
        }
        end += 1;
      }
      const content = source.slice(position + quote.length, end);
      line += content.split('\n').length - 1;
      tokens.push({ type: 'string', text: content, line: at });
      position = source[end] === '\n' && !triple ? end : end + quote.length;
    } else {
      WORD.lastIndex = position;
      const word = WORD.exec(source)?.[0];
      if (word) {
        position += word.length;
        const next = source[position];
        if (!(PREFIX.test(word) && (next === '"' || next === "'"))) tokens.push({ type: 'name', text: word, line });
      } else {
        if (character.trim() !== '') tokens.push({ type: 'op', text: character, line });
        position += 1;
      }
    }
  }
  return tokens;
}
