import type { Argument, Expression } from './expression.ts';

/** A value that a template can compute without any input. */
export type Constant = string | number | readonly Constant[];

/** Different values one expression may have; more say nothing new. */
const MAX_POSSIBILITIES = 16;
/** Names of attributes are short; longer strings are cut. */
const MAX_STRING = 4096;
const MAX_PART = 256;
const MAX_ITEMS = 256;

export type Environment = ReadonlyMap<string, readonly Constant[]>;

const isText = (value: Constant | undefined): value is string => typeof value === 'string';
const isList = (value: Constant | undefined): value is readonly Constant[] => Array.isArray(value);

/** Text of a value, cut while it is put together: lists of lists of strings grow without end. */
function textOf(value: Constant): string {
  if (!isList(value)) return String(value).slice(0, MAX_STRING);
  let text = '';
  for (const item of value) {
    text += textOf(item);
    if (text.length >= MAX_STRING) return text.slice(0, MAX_STRING);
  }
  return text;
}

/** A value inside another string; attribute names are short. */
const partOf = (value: Constant): string => textOf(value).slice(0, MAX_PART);

/** Python's `%c`; numbers that are no character give one that is none either. */
const character = (value: number): string =>
  String.fromCodePoint(Number.isFinite(value) ? Math.min(Math.max(0, Math.trunc(value)), 0x10ffff) : 0xfffd);

function formatPercent(template: string, values: readonly Constant[]): string {
  let next = 0;
  return template.replaceAll(/%(?:([%])|[-+# 0]*\d*(?:\.\d+)?([a-zA-Z]))/g, (all, percent?: string, kind?: string) => {
    if (percent !== undefined) return '%';
    const value = values[next++];
    if (value === undefined) return all;
    return kind === 'c' && typeof value === 'number' ? character(value) : partOf(value);
  });
}

function formatBraces(template: string, values: readonly Constant[]): string {
  let next = 0;
  return template.replaceAll(/\{(\d*)(:c)?\}/g, (all, index: string, char?: string) => {
    const value = values[index === '' ? next++ : Number(index)];
    if (value === undefined) return all;
    return char !== undefined && typeof value === 'number' ? character(value) : partOf(value);
  });
}

const reversed = (value: Constant): Constant | undefined =>
  isText(value) ? [...value].reverse().join('') : isList(value) ? [...value].reverse() : undefined;

function slice(value: Constant, parts: readonly (number | undefined)[]): Constant | undefined {
  const items: readonly Constant[] | undefined = isText(value) ? [...value] : isList(value) ? value : undefined;
  if (!items) return undefined;
  const [start, stop, step = 1] = parts;
  if (step === 0) return undefined;
  const at = (index: number | undefined, fallback: number): number =>
    index === undefined ? fallback : index < 0 ? Math.max(items.length + index, -1) : Math.min(index, items.length);
  const picked: Constant[] = [];
  const [from, to] =
    step > 0 ? [at(start, 0), at(stop, items.length)] : [Math.min(at(start, items.length - 1), items.length - 1), at(stop, -1)];
  for (let i = from; step > 0 ? i < to : i > to; i += step) {
    const item = items[i];
    if (item !== undefined) picked.push(item);
  }
  return isText(value) ? picked.join('') : picked;
}

/** What a filter or a method of the same name makes of a constant. */
function transform(name: string, input: Constant, args: readonly Constant[]): Constant | undefined {
  const [first, second] = args;
  switch (name) {
    case 'lower':
    case 'casefold':
      return textOf(input).toLowerCase();
    case 'upper':
      return textOf(input).toUpperCase();
    case 'string':
    case 'safe':
    case 'e':
    case 'escape':
    case 'forceescape':
    case 'default':
    case 'd':
    case 'list':
      return input;
    case 'trim':
    case 'strip':
      return isText(first)
        ? textOf(input)
            .split(first)
            .filter((part) => part !== '')
            .join(first)
        : textOf(input).trim();
    case 'capitalize':
    case 'title': {
      const text = textOf(input);
      return text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();
    }
    case 'swapcase':
      return [...textOf(input)].map((char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join('');
    case 'replace':
      return isText(input) && first !== undefined && second !== undefined && textOf(first) !== ''
        ? input.replaceAll(textOf(first), () => partOf(second)).slice(0, MAX_STRING)
        : undefined;
    case 'reverse':
      return reversed(input);
    case 'first':
      return isText(input) ? input[0] : isList(input) ? input[0] : undefined;
    case 'last':
      return isText(input) ? input.at(-1) : isList(input) ? input.at(-1) : undefined;
    case 'format':
      return isText(input) ? formatBraces(formatPercent(input, args), args).slice(0, MAX_STRING) : undefined;
    case 'removeprefix':
      return isText(input) && isText(first) && input.startsWith(first) ? input.slice(first.length) : input;
    case 'removesuffix':
      return isText(input) && isText(first) && input.endsWith(first) ? input.slice(0, -first.length) : input;
    case 'split':
      return isText(input) ? input.split(isText(first) && first !== '' ? first : /\s+/).slice(0, MAX_ITEMS) : undefined;
    case 'center':
    case 'ljust':
    case 'rjust':
    case 'zfill':
      return padded(name, textOf(input), first, isText(second) ? second.slice(0, 1) : name === 'zfill' ? '0' : ' ');
    case 'striptags':
      return textOf(input)
        .replaceAll(/<[^<>]*>/g, '')
        .replaceAll(/&#(\d{1,3});/g, (_, code: string) => String.fromCodePoint(Number(code)));
    case 'keys':
      return isList(input) ? input : undefined;
    case 'items':
      return isList(input) ? input.map((key) => [key]) : undefined;
    default:
      return undefined;
  }
}

function padded(how: string, text: string, width: Constant | undefined, fill: string): string | undefined {
  if (typeof width !== 'number' || !(width <= MAX_STRING)) return undefined;
  const missing = Math.max(0, Math.trunc(width) - text.length);
  const left = how === 'ljust' ? 0 : how === 'center' ? Math.floor(missing / 2) : missing;
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

/** Evaluates what is constant in templates, so that no way to spell a name hides it. */
export class Folder {
  readonly #memo = new WeakMap<Expression, readonly Constant[]>();
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Possible constant values; empty where there is none or it is unknown. */
  fold(expression: Expression): readonly Constant[] {
    const known = this.#memo.get(expression);
    if (known) return known;
    const values = this.#fold(expression).slice(0, MAX_POSSIBILITIES);
    // A node belongs to one tag, and tags are judged in order: later assignments do not matter to it.
    this.#memo.set(expression, values);
    return values;
  }

  one(expression: Expression | undefined): Constant | undefined {
    return expression && this.fold(expression)[0];
  }

  #each(left: readonly Constant[], right: readonly Constant[], combine: (a: Constant, b: Constant) => Constant | undefined): Constant[] {
    const results: Constant[] = [];
    for (const a of left) {
      for (const b of right) {
        const value = combine(a, b);
        if (value !== undefined && results.length < MAX_POSSIBILITIES) results.push(value);
      }
    }
    return results;
  }

  #args(args: readonly Argument[]): readonly Constant[] | undefined {
    const values: Constant[] = [];
    for (const { value } of args) {
      const constant = this.one(value);
      if (constant === undefined) return undefined;
      values.push(constant);
    }
    return values;
  }

  #fold(expression: Expression): readonly Constant[] {
    switch (expression.type) {
      case 'string':
        return [expression.value.slice(0, MAX_STRING)];
      case 'number':
        return [expression.value];
      case 'name':
        return this.#environment.get(expression.name) ?? [];
      case 'list': {
        if (expression.items.length > MAX_ITEMS) return [];
        const items = expression.items.map((item) => this.one(item));
        return items.includes(undefined) ? [] : [items as readonly Constant[]];
      }
      case 'condition':
        return [...this.fold(expression.yes), ...(expression.no ? this.fold(expression.no) : [])];
      case 'binary':
        return this.#binary(expression.operator, expression.left, expression.right);
      case 'unary':
        return expression.operator === '-'
          ? this.fold(expression.operand).flatMap((value) => (typeof value === 'number' ? [-value] : []))
          : [];
      case 'attribute':
        return expression.object.type === 'name' ? (this.#environment.get(`${expression.object.name}.${expression.name}`) ?? []) : [];
      case 'subscript':
        return this.#subscript(expression.object, expression.index);
      case 'filter':
        if (!expression.input) return [];
        if (expression.name === 'join') return this.#join(expression.input, this.one(expression.args[0]?.value) ?? '');
        return this.#transform(expression.name, this.fold(expression.input), expression.args);
      case 'call':
        if (expression.callee.type === 'attribute') {
          if (expression.callee.name === 'join') {
            const separator = this.one(expression.callee.object);
            const list = expression.args[0]?.value;
            return separator === undefined || !list ? [] : this.#join(list, separator);
          }
          if (expression.callee.name === 'values' && expression.callee.object.type === 'dict')
            return [expression.callee.object.entries.flatMap(([, value]) => this.fold(value)).slice(0, MAX_ITEMS)];
          return this.#transform(expression.callee.name, this.fold(expression.callee.object), expression.args);
        }
        if (expression.callee.type === 'name' && expression.callee.name === 'dict') return this.#keywordNames(expression.args);
        return [];
      case 'dict': {
        const keys = expression.entries.map(([key]) => this.one(key));
        return keys.includes(undefined) || keys.length > MAX_ITEMS ? [] : [keys as readonly Constant[]];
      }
      default:
        return [];
    }
  }

  /** `dict(__class__=1)|join`: keywords are strings without quotes. */
  #keywordNames(args: readonly Argument[]): readonly Constant[] {
    const names = args.flatMap(({ name }) => (name === undefined || name.startsWith('*') ? [] : [name]));
    return names.length === 0 ? [] : [names];
  }

  #transform(name: string, inputs: readonly Constant[], args: readonly Argument[]): readonly Constant[] {
    if (inputs.length === 0) return [];
    const values = this.#args(args);
    if (!values) return [];
    return inputs.flatMap((input) => transform(name, input, values) ?? []) as readonly Constant[];
  }

  #join(list: Expression, separator: Constant): readonly Constant[] {
    return this.fold(list).flatMap((value) =>
      isList(value)
        ? [value.map(partOf).join(partOf(separator)).slice(0, MAX_STRING)]
        : isText(value)
          ? [[...value].join(partOf(separator)).slice(0, MAX_STRING)]
          : [],
    );
  }

  #binary(operator: string, left: Expression, right: Expression): readonly Constant[] {
    const a = this.fold(left);
    const b = this.fold(right);
    switch (operator) {
      case '~':
        return this.#each(a, b, (x, y) => (textOf(x) + textOf(y)).slice(0, MAX_STRING));
      case '+':
        return this.#each(a, b, (x, y) => {
          if (typeof x === 'number' && typeof y === 'number') return x + y;
          if (isList(x) && isList(y)) return [...x, ...y].slice(0, MAX_ITEMS);
          return isText(x) && isText(y) ? (x + y).slice(0, MAX_STRING) : undefined;
        });
      case '*':
        return this.#each(a, b, (x, y) => {
          if (typeof x === 'number' && typeof y === 'number') return x * y;
          const [text, count] = isText(x) ? [x, y] : [y, x];
          return isText(text) && typeof count === 'number' && count >= 0 && text.length * count <= MAX_STRING
            ? text.repeat(Math.floor(count))
            : undefined;
        });
      case '-':
        return this.#each(a, b, (x, y) => (typeof x === 'number' && typeof y === 'number' ? x - y : undefined));
      case '**':
        return this.#each(a, b, (x, y) => (typeof x === 'number' && typeof y === 'number' ? x ** y : undefined));
      case '%':
        return this.#each(a, b, (x, y) => (isText(x) ? formatPercent(x, isList(y) ? y : [y]).slice(0, MAX_STRING) : undefined));
      case 'or':
      case 'and':
        return [...a, ...b];
      default:
        return [];
    }
  }

  #subscript(object: Expression, index: Expression): readonly Constant[] {
    if (object.type === 'dict') {
      const wanted = this.one(index);
      return object.entries.flatMap(([key, value]) => (wanted === undefined || this.one(key) === wanted ? this.fold(value) : []));
    }
    const objects = this.fold(object);
    if (index.type === 'slice') {
      const parts = index.parts.map((part) => {
        const value = this.one(part);
        return typeof value === 'number' ? value : undefined;
      });
      return objects.flatMap((value) => slice(value, parts) ?? []) as readonly Constant[];
    }
    const at = this.one(index);
    if (typeof at !== 'number') return [];
    return objects.flatMap((value) => {
      const item = isText(value) ? [...value].at(at) : isList(value) ? value.at(at) : undefined;
      return item === undefined ? [] : [item];
    });
  }
}
