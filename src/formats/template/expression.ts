import { LimitError, ParseError } from '../../core/errors.ts';
import type { Token } from './tokens.ts';

export type Expression =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'string'; readonly value: string; readonly escaped: boolean }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'list'; readonly items: readonly Expression[] }
  | { readonly type: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly type: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly type: 'condition'; readonly test: Expression; readonly yes: Expression; readonly no?: Expression }
  | { readonly type: 'attribute'; readonly object: Expression; readonly name: string }
  | { readonly type: 'subscript'; readonly object: Expression; readonly index: Expression }
  | { readonly type: 'slice'; readonly parts: readonly (Expression | undefined)[] }
  | { readonly type: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
  | { readonly type: 'filter'; readonly input?: Expression; readonly name: string; readonly args: readonly Argument[] }
  | { readonly type: 'test'; readonly input: Expression; readonly name: string; readonly args: readonly Argument[] };

export interface Argument {
  /** Keyword, `*` or `**`. */
  readonly name?: string;
  readonly value: Expression;
}

/** Python's own parser stops near 100; deeper input only serves to exhaust a stack. */
const MAX_DEPTH = 100;
const COMPARISONS = new Set(['==', '!=', '<', '>', '<=', '>=']);

/** Recursive descent with the precedence of Jinja's `Parser`. Throws `ParseError` or `LimitError`. */
export class ExpressionParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], start = 0) {
    this.#tokens = tokens;
    this.#at = start;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(offset = 0): Token {
    return this.#tokens[this.#at + offset] ?? { type: 'end', value: '' };
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  isOperator(value: string, offset = 0): boolean {
    const token = this.peek(offset);
    return token.type === 'operator' && token.value === value;
  }

  isName(value: string, offset = 0): boolean {
    const token = this.peek(offset);
    return token.type === 'name' && token.value === value;
  }

  accept(value: string): boolean {
    if (!this.isOperator(value)) return false;
    this.#at += 1;
    return true;
  }

  acceptName(value: string): boolean {
    if (!this.isName(value)) return false;
    this.#at += 1;
    return true;
  }

  expect(value: string): void {
    if (!this.accept(value)) throw new ParseError(`expected ${value} in template expression`);
  }

  expectName(): string {
    const token = this.next();
    if (token.type !== 'name') throw new ParseError('expected a name in template expression');
    return token.value;
  }

  /** An expression, or a tuple without parentheses. */
  tuple(conditional = true): Expression {
    const first = this.expression(conditional);
    if (!this.isOperator(',')) return first;
    const items = [first];
    while (this.accept(',')) {
      if (this.done || this.isOperator('=') || this.isName('in') || this.isName('if')) break;
      items.push(this.expression(conditional));
    }
    return { type: 'list', items };
  }

  /** `conditional: false` leaves an `if` to the caller (a `for` with a filter). */
  expression(conditional = true): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new LimitError('template-depth', `template expression nested deeper than ${MAX_DEPTH}`);
    try {
      let value = this.#or();
      if (!conditional) return value;
      while (this.acceptName('if')) {
        const test = this.#or();
        const no = this.acceptName('else') ? this.expression() : undefined;
        value = { type: 'condition', test, yes: value, ...(no && { no }) };
      }
      return value;
    } finally {
      this.#depth -= 1;
    }
  }

  #binary(operators: readonly string[], words: boolean, operand: () => Expression): Expression {
    let left = operand();
    for (;;) {
      const token = this.peek();
      if (token.type !== (words ? 'name' : 'operator') || !operators.includes(token.value)) return left;
      this.#at += 1;
      left = { type: 'binary', operator: token.value, left, right: operand() };
    }
  }

  #or(): Expression {
    return this.#binary(['or'], true, () => this.#binary(['and'], true, () => this.#not()));
  }

  #not(): Expression {
    let count = 0;
    while (this.isName('not') && !this.isName('in', 1)) {
      this.#at += 1;
      count += 1;
    }
    const operand = this.#compare();
    return count === 0 ? operand : { type: 'unary', operator: 'not', operand };
  }

  #compare(): Expression {
    let left = this.#sum();
    for (;;) {
      const token = this.peek();
      let operator: string | undefined;
      if (token.type === 'operator' && COMPARISONS.has(token.value)) operator = token.value;
      else if (this.isName('in')) operator = 'in';
      else if (this.isName('not') && this.isName('in', 1)) {
        this.#at += 1;
        operator = 'not in';
      }
      if (operator === undefined) return left;
      this.#at += 1;
      left = { type: 'binary', operator, left, right: this.#sum() };
    }
  }

  #sum(): Expression {
    return this.#binary(['+', '-'], false, () =>
      this.#binary(['~'], false, () => this.#binary(['*', '/', '//', '%'], false, () => this.#unary())),
    );
  }

  #unary(): Expression {
    const signs: string[] = [];
    while (this.isOperator('-') || this.isOperator('+')) signs.push(this.next().value);
    let value = this.#postfix(this.#primary());
    if (this.accept('**')) value = { type: 'binary', operator: '**', left: value, right: this.#unaryDeep() };
    for (const operator of signs.reverse()) value = { type: 'unary', operator, operand: value };
    return this.#filters(value);
  }

  #unaryDeep(): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new LimitError('template-depth', `template expression nested deeper than ${MAX_DEPTH}`);
    const value = this.#unary();
    this.#depth -= 1;
    return value;
  }

  #primary(): Expression {
    const token = this.next();
    if (token.type === 'name') return { type: 'name', name: token.value };
    if (token.type === 'number') return { type: 'number', value: Number(token.value.replaceAll('_', '')) };
    if (token.type === 'string') {
      let value = token.value;
      let escaped = token.escaped ?? false;
      // Adjacent literals are one string, as in Python.
      while (this.peek().type === 'string') {
        const more = this.next();
        value += more.value;
        escaped ||= more.escaped ?? false;
      }
      return { type: 'string', value, escaped };
    }
    if (token.value === '(') {
      if (this.accept(')')) return { type: 'list', items: [] };
      const items = this.#items(')');
      return items.length === 1 && !items.tuple ? (items[0] as Expression) : { type: 'list', items: [...items] };
    }
    if (token.value === '[') return { type: 'list', items: this.accept(']') ? [] : [...this.#items(']')] };
    if (token.value === '{') return this.#dict();
    throw new ParseError(
      token.type === 'end' ? 'unexpected end of template expression' : `unexpected ${token.value} in template expression`,
    );
  }

  #items(closing: string): Expression[] & { tuple?: boolean } {
    const items: Expression[] & { tuple?: boolean } = [];
    for (;;) {
      items.push(this.expression());
      if (this.accept(closing)) return items;
      this.expect(',');
      items.tuple = true;
      if (this.accept(closing)) return items;
    }
  }

  #dict(): Expression {
    const entries: (readonly [Expression, Expression])[] = [];
    while (!this.accept('}')) {
      const key = this.expression();
      this.expect(':');
      entries.push([key, this.expression()]);
      if (!this.isOperator('}')) this.expect(',');
    }
    return { type: 'dict', entries };
  }

  #postfix(start: Expression): Expression {
    let value = start;
    for (;;) {
      if (this.accept('.')) {
        const token = this.next();
        if (token.type === 'name') value = { type: 'attribute', object: value, name: token.value };
        else if (token.type === 'number')
          value = { type: 'subscript', object: value, index: { type: 'number', value: Number(token.value) } };
        else throw new ParseError('expected a name after . in template expression');
      } else if (this.accept('[')) value = { type: 'subscript', object: value, index: this.#index() };
      else if (this.isOperator('(')) value = { type: 'call', callee: value, args: this.args() };
      else return value;
    }
  }

  #filters(start: Expression): Expression {
    let value = start;
    for (;;) {
      if (this.accept('|')) value = this.filter(value);
      else if (this.acceptName('is')) value = this.#test(value);
      else if (this.isOperator('(')) value = { type: 'call', callee: value, args: this.args() };
      else return value;
    }
  }

  /** What follows `|`, or a `{% filter %}` without input. */
  filter(input?: Expression): Expression {
    let name = this.expectName();
    while (this.accept('.')) name += `.${this.expectName()}`;
    const args = this.isOperator('(') ? this.args() : [];
    return { type: 'filter', ...(input && { input }), name, args };
  }

  #test(input: Expression): Expression {
    const negated = this.acceptName('not');
    let name = this.expectName();
    while (this.accept('.')) name += `.${this.expectName()}`;
    let args: readonly Argument[] = [];
    const token = this.peek();
    if (this.isOperator('(')) args = this.args();
    else if (
      ['name', 'string', 'number'].includes(token.type) &&
      !['else', 'or', 'and', 'if', 'is', 'not', 'in', 'recursive'].includes(token.value)
    ) {
      args = [{ value: this.#postfix(this.#primary()) }];
    } else if (this.isOperator('[') || this.isOperator('{')) args = [{ value: this.#postfix(this.#primary()) }];
    const test: Expression = { type: 'test', input, name, args };
    return negated ? { type: 'unary', operator: 'not', operand: test } : test;
  }

  #index(): Expression {
    const parts: (Expression | undefined)[] = [];
    let slice = false;
    for (;;) {
      if (this.isOperator(':') || this.isOperator(']')) parts.push(undefined);
      else parts.push(this.expression());
      if (this.accept(']')) break;
      if (this.accept(':')) {
        slice = true;
        continue;
      }
      this.expect(',');
    }
    const [only] = parts;
    return slice || parts.length !== 1 || only === undefined ? { type: 'slice', parts } : only;
  }

  args(): readonly Argument[] {
    this.expect('(');
    const args: Argument[] = [];
    while (!this.accept(')')) {
      if (this.accept('*')) args.push({ name: '*', value: this.expression() });
      else if (this.accept('**')) args.push({ name: '**', value: this.expression() });
      else if (this.peek().type === 'name' && this.isOperator('=', 1)) {
        const name = this.next().value;
        this.next();
        args.push({ name, value: this.expression() });
      } else args.push({ value: this.expression() });
      if (!this.isOperator(')')) this.expect(',');
    }
    return args;
  }
}
