/**
 * Expressions of HCL, as far as strings can be followed through them:
 * https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */
export type Ast =
  | { readonly kind: 'text'; readonly text: string; readonly line: number }
  | { readonly kind: 'template'; readonly parts: readonly Ast[] }
  /** `var.models["chat"].id`: a root name and what is taken of it; `undefined` for a splat. */
  | { readonly kind: 'reference'; readonly root: string; readonly path: readonly (Ast | undefined)[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Ast[]; readonly path: readonly (Ast | undefined)[] }
  | { readonly kind: 'object'; readonly entries: readonly { readonly key: Ast; readonly value: Ast }[] }
  | { readonly kind: 'list'; readonly items: readonly Ast[] }
  | { readonly kind: 'either'; readonly options: readonly Ast[] }
  /** `[for k, v in over : value]`, `{for k, v in over : key => value}`. */
  | { readonly kind: 'for'; readonly names: readonly string[]; readonly over: Ast; readonly key?: Ast; readonly value: Ast }
  | { readonly kind: 'unknown' };

/** Name of the call that a value is, where something is taken of it in place: `{…}["a"]`. */
export const ITSELF = '';

const UNKNOWN: Ast = { kind: 'unknown' };
/** Nesting of expressions people write stays below ten. */
const MAX_DEPTH = 40;
/** Parts of one expression: a map of 500 deployments has about 4,000. */
const MAX_PARTS = 20_000;

const NAME = /[A-Za-z_][\w-]*/y;
const NUMBER = /\d[\d.]*(?:[eE][+-]?\d+)?/y;
const OPERATOR = /&&|\|\||==|!=|<=|>=|[-+*/%<>]/y;

/** Reads one expression. Never throws; what is not understood is `unknown`. `line` is where the text begins. */
export function parseExpression(text: string, line: number): Ast {
  return new ExpressionReader(text, line).read();
}

class ExpressionReader {
  readonly #text: string;
  #at = 0;
  #line: number;
  #counted = 0;
  #parts = 0;

  constructor(text: string, line: number) {
    this.#text = text;
    this.#line = line;
  }

  read(): Ast {
    return this.#expression(0);
  }

  #spend(): boolean {
    this.#parts += 1;
    return this.#parts <= MAX_PARTS;
  }

  #here(): number {
    for (; this.#counted < this.#at; this.#counted++) if (this.#text[this.#counted] === '\n') this.#line++;
    return this.#line;
  }

  #space(): void {
    for (;;) {
      const c = this.#text[this.#at];
      if (c === ' ' || c === '\t' || c === '\n' || c === '\r') this.#at++;
      else if (c === '#' || (c === '/' && this.#text[this.#at + 1] === '/')) this.#to(this.#text.indexOf('\n', this.#at));
      else if (c === '/' && this.#text[this.#at + 1] === '*') this.#to(this.#text.indexOf('*/', this.#at + 2), 2);
      else return;
    }
  }

  #to(end: number, past = 0): void {
    this.#at = end < 0 ? this.#text.length : end + past;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #take(token: string): boolean {
    this.#space();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expression(depth: number): Ast {
    if (depth > MAX_DEPTH || !this.#spend()) {
      this.#at = this.#text.length;
      return UNKNOWN;
    }
    let value = this.#unary(depth);
    for (;;) {
      this.#space();
      if (this.#match(OPERATOR) === undefined) break;
      this.#unary(depth);
      value = UNKNOWN;
    }
    if (!this.#take('?')) return value;
    const yes = this.#expression(depth + 1);
    this.#take(':');
    return { kind: 'either', options: [yes, this.#expression(depth + 1)] };
  }

  #unary(depth: number): Ast {
    this.#space();
    while (this.#text[this.#at] === '!' || this.#text[this.#at] === '-') this.#at++;
    const value = this.#primary(depth);
    if (value.kind === 'reference' || value.kind === 'call' || !/[.[]/.test(this.#text[this.#at] ?? '')) return value;
    const path = this.#traversal(depth);
    return path.length === 0 ? value : { kind: 'call', name: ITSELF, args: [value], path };
  }

  #primary(depth: number): Ast {
    this.#space();
    const c = this.#text[this.#at];
    if (c === '"') return this.#string(depth);
    if (c === '<' && this.#text[this.#at + 1] === '<') return this.#heredoc(depth);
    if (c === '(') {
      this.#at++;
      const inner = this.#expression(depth + 1);
      this.#take(')');
      return inner;
    }
    if (c === '[') return this.#list(depth);
    if (c === '{') return this.#object(depth);
    const number = this.#match(NUMBER);
    if (number !== undefined) return { kind: 'text', text: number, line: this.#here() };
    const name = this.#match(NAME);
    if (name === undefined) {
      this.#at++;
      return UNKNOWN;
    }
    if (this.#text[this.#at] === '(') {
      this.#at++;
      const args = this.#items(')', depth);
      return { kind: 'call', name, args, path: this.#traversal(depth) };
    }
    return { kind: 'reference', root: name, path: this.#traversal(depth) };
  }

  /** `.name`, `[key]`, `.*`, `[*]` after a root. */
  #traversal(depth: number): (Ast | undefined)[] {
    const path: (Ast | undefined)[] = [];
    while (this.#spend()) {
      if (this.#text[this.#at] === '.' && !this.#text.startsWith('...', this.#at)) {
        this.#at++;
        if (this.#take('*')) path.push(undefined);
        else {
          const text = this.#match(NAME) ?? this.#match(NUMBER);
          if (text === undefined) break;
          path.push({ kind: 'text', text, line: this.#here() });
        }
      } else if (this.#text[this.#at] === '[') {
        this.#at++;
        path.push(this.#take('*') ? undefined : this.#expression(depth + 1));
        this.#take(']');
      } else break;
    }
    return path;
  }

  #items(close: string, depth: number): Ast[] {
    const items: Ast[] = [];
    while (this.#at < this.#text.length && !this.#take(close)) {
      const before = this.#at;
      items.push(this.#expression(depth + 1));
      this.#take('...');
      this.#take(',');
      if (this.#at === before) this.#at++;
    }
    return items;
  }

  #list(depth: number): Ast {
    this.#at++;
    const made = this.#for(']', depth);
    return made ?? { kind: 'list', items: this.#items(']', depth) };
  }

  #for(close: string, depth: number): Ast | undefined {
    this.#space();
    if (!/^for\s/.test(this.#text.slice(this.#at, this.#at + 4))) return undefined;
    this.#at += 3;
    const names: string[] = [];
    do {
      this.#space();
      names.push(this.#match(NAME) ?? '');
    } while (this.#take(','));
    this.#space();
    if (this.#match(NAME) !== 'in') return UNKNOWN;
    const over = this.#expression(depth + 1);
    this.#take(':');
    const first = this.#expression(depth + 1);
    const value = this.#take('=>') ? this.#expression(depth + 1) : undefined;
    this.#take('...');
    this.#space();
    if (/^if\s/.test(this.#text.slice(this.#at, this.#at + 3))) {
      this.#at += 2;
      this.#expression(depth + 1);
    }
    this.#take(close);
    return value ? { kind: 'for', names, over, key: first, value } : { kind: 'for', names, over, value: first };
  }

  #object(depth: number): Ast {
    this.#at++;
    const made = this.#for('}', depth);
    if (made) return made;
    const entries: { key: Ast; value: Ast }[] = [];
    while (this.#at < this.#text.length && !this.#take('}') && this.#spend()) {
      const before = this.#at;
      const line = this.#here();
      const name = this.#match(NAME);
      const key: Ast = name === undefined ? this.#expression(depth + 1) : { kind: 'text', text: name, line };
      if (this.#take('=') || this.#take(':')) entries.push({ key, value: this.#expression(depth + 1) });
      this.#take(',');
      if (this.#at === before) this.#at++;
    }
    return { kind: 'object', entries };
  }

  #string(depth: number): Ast {
    this.#at++;
    const parts = this.#template('"', depth);
    return one(parts, this.#here());
  }

  /** Text with `${…}` up to an unescaped quote, or to the end of the text where there is none. */
  #template(quote: string | undefined, depth: number): Ast[] {
    const parts: Ast[] = [];
    let text = '';
    const line = this.#here();
    while (this.#at < this.#text.length) {
      const c = this.#text[this.#at] ?? '';
      if (quote !== undefined && (c === quote || c === '\n')) {
        this.#at++;
        break;
      }
      if (c === '\\' && quote !== undefined) {
        text += this.#text[this.#at + 1] ?? '';
        this.#at += 2;
      } else if (c === '$' && this.#text.startsWith('$${', this.#at)) {
        text += '${';
        this.#at += 3;
      } else if (c === '$' && this.#text[this.#at + 1] === '{') {
        if (text !== '') parts.push({ kind: 'text', text, line });
        text = '';
        this.#at += 2;
        this.#take('~');
        parts.push(this.#expression(depth + 1));
        this.#take('~');
        this.#take('}');
      } else {
        text += c;
        this.#at++;
      }
    }
    if (text !== '') parts.push({ kind: 'text', text, line });
    return parts;
  }

  #heredoc(depth: number): Ast {
    const head = /^<<[-~]?\s*"?(\w+)"?[^\n]*\n?/.exec(this.#text.slice(this.#at, this.#at + 200));
    if (!head?.[1]) {
      this.#at += 2;
      return UNKNOWN;
    }
    this.#at += head[0].length;
    const line = this.#here();
    const rest = this.#text.slice(this.#at);
    const end = new RegExp(`^[ \\t]*${head[1]}[ \\t]*$`, 'm').exec(rest);
    const body = end ? rest.slice(0, end.index) : rest;
    this.#at += end ? end.index + end[0].length : rest.length;
    return one(new ExpressionReader(body, line).#template(undefined, depth + 1), line);
  }
}

function one(parts: readonly Ast[], line: number): Ast {
  const [first] = parts;
  if (parts.length === 0) return { kind: 'text', text: '', line };
  return parts.length === 1 && first ? first : { kind: 'template', parts };
}
