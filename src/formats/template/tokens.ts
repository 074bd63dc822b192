import { LimitError, ParseError } from '../../core/errors.ts';

export interface Token {
  readonly type: 'name' | 'string' | 'number' | 'operator' | 'end';
  /** Names and operators as written, strings decoded. */
  readonly value: string;
  /** A string that spells letters or underscores by escapes: `"\x5f\x5fclass"`. */
  readonly escaped?: boolean;
}

/** One `{{ … }}` or `{% … %}`. Text between them executes nothing and is dropped. */
export interface Tag {
  readonly kind: 'output' | 'statement';
  readonly tokens: readonly Token[];
  /** 1-based. */
  readonly line: number;
  /** Only the beginning could be read. */
  readonly broken?: true;
}

/** The longest chat template in use has some 15,000 tokens. */
const MAX_TOKENS = 200_000;
/** One tag becomes one expression tree, and trees are walked recursively. Real tags stay below 500. */
const MAX_TAG_TOKENS = 4000;

const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const NUMBER = /(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)/y;
const OPERATORS = [
  '**',
  '//',
  '==',
  '!=',
  '>=',
  '<=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '~',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '.',
  '|',
  '=',
  '<',
  '>',
  ';',
];
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};
const WORD = /[A-Za-z0-9_]/;

/** Python's escapes: Jinja decodes literals with `unicode-escape`. */
function decodeString(body: string): { readonly value: string; readonly escaped: boolean } {
  if (!body.includes('\\')) return { value: body, escaped: false };
  let escaped = false;
  const value = body.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|N\{([^}]*)\}|([\s\S]))/g,
    (all, x?: string, u?: string, long?: string, octal?: string, name?: string, simple?: string) => {
      const hex = x ?? u ?? long;
      if (hex !== undefined || octal !== undefined) {
        const code = hex === undefined ? Number.parseInt(octal ?? '0', 8) : Number.parseInt(hex, 16);
        const char = code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
        if (WORD.test(char)) escaped = true;
        return char;
      }
      if (name !== undefined) {
        escaped = true;
        return /low line/i.test(name) ? '_' : '\ufffd';
      }
      return (simple !== undefined && Object.hasOwn(SIMPLE_ESCAPES, simple) ? SIMPLE_ESCAPES[simple] : undefined) ?? all;
    },
  );
  return { value, escaped };
}

/** Appends to `tokens` and returns the offset behind the tag. */
function lexTag(text: string, start: number, closing: string, tokens: Token[]): number {
  let at = start;
  let depth = 0;
  for (;;) {
    if (tokens.length > MAX_TAG_TOKENS) throw new LimitError('template-tokens', 'template tag with too many tokens');
    while (at < text.length && /\s/.test(text[at] ?? '')) at += 1;
    if (at >= text.length) throw new ParseError('template tag is not closed', start);
    // `}}` inside a dictionary literal closes braces, not the tag.
    if (depth === 0) {
      if (text.startsWith(closing, at)) return at + closing.length;
      if ((text[at] === '-' || text[at] === '+') && text.startsWith(closing, at + 1)) return at + 1 + closing.length;
    }
    const char = text[at] ?? '';
    if (char === '"' || char === "'") {
      let end = at + 1;
      while (end < text.length && text[end] !== char) end += text[end] === '\\' ? 2 : 1;
      if (end >= text.length) throw new ParseError('template string is not closed', at);
      tokens.push({ type: 'string', ...decodeString(text.slice(at + 1, end)) });
      at = end + 1;
      continue;
    }
    NAME.lastIndex = at;
    const name = NAME.exec(text);
    if (name) {
      // Python normalises identifiers: a full-width letter is the plain one.
      tokens.push({ type: 'name', value: name[0].normalize('NFKC') });
      at = NAME.lastIndex;
      continue;
    }
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(text);
    if (number) {
      tokens.push({ type: 'number', value: number[0] });
      at = NUMBER.lastIndex;
      continue;
    }
    const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at));
    if (operator === undefined) throw new ParseError('unexpected character in template tag', at);
    if (operator === '{' || operator === '[' || operator === '(') depth += 1;
    if ((operator === '}' || operator === ']' || operator === ')') && depth > 0) depth -= 1;
    tokens.push({ type: 'operator', value: operator });
    at += operator.length;
  }
}

const RAW_START = /\{%[-+]?\s*raw\s*[-+]?%\}/y;
const RAW_END = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;

export interface Lexed {
  readonly tags: readonly Tag[];
  /** The part behind it could not be read. */
  readonly error?: ParseError | LimitError;
}

/** Splits a template into its tags. A broken tag keeps the tokens before the damage; reading goes on behind it. */
export function lexTemplate(text: string): Lexed {
  const tags: Tag[] = [];
  let error: ParseError | LimitError | undefined;
  let at = 0;
  let line = 1;
  let counted = 0;
  const lineAt = (offset: number): number => {
    for (; counted < offset; counted += 1) if (text.charCodeAt(counted) === 10) line += 1;
    return line;
  };
  const done = (): Lexed => ({ tags, ...(error && { error }) });
  let total = 0;
  for (;;) {
    const open = text.indexOf('{', at);
    if (open < 0) return done();
    const next = text[open + 1];
    if (next === '#') {
      const end = text.indexOf('#}', open + 2);
      if (end < 0) {
        error ??= new ParseError('template comment is not closed', open);
        return done();
      }
      at = end + 2;
      continue;
    }
    if (next !== '{' && next !== '%') {
      at = open + 1;
      continue;
    }
    RAW_START.lastIndex = open;
    if (RAW_START.test(text)) {
      RAW_END.lastIndex = open;
      if (!RAW_END.test(text)) {
        error ??= new ParseError('raw block is not closed', open);
        return done();
      }
      at = RAW_END.lastIndex;
      continue;
    }
    const kind = next === '{' ? 'output' : 'statement';
    const closing = next === '{' ? '}}' : '%}';
    const begin = text[open + 2] === '-' || text[open + 2] === '+' ? open + 3 : open + 2;
    const tokens: Token[] = [];
    try {
      at = lexTag(text, begin, closing, tokens);
      tags.push({ kind, tokens, line: lineAt(open) });
    } catch (failure) {
      if (!(failure instanceof ParseError || failure instanceof LimitError)) throw failure;
      error ??= failure;
      tags.push({ kind, tokens, line: lineAt(open), broken: true });
      const end = text.indexOf(closing, begin);
      if (end < 0) return done();
      at = end + closing.length;
    }
    total += tokens.length;
    if (total > MAX_TOKENS) {
      error ??= new LimitError('template-tokens', `template with more than ${MAX_TOKENS} tokens`);
      return done();
    }
  }
}
