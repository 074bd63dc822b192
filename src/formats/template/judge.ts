import type { Vocabulary } from '../../knowledge/vocabulary.ts';
import type { Argument, Expression } from './expression.ts';
import { Folder, type Constant } from './fold.ts';

export interface TemplateProblem {
  readonly severity: 'injection' | 'unusual';
  readonly construct: string;
  readonly name: string;
  readonly line: number;
}

/** Dunder names that are data in some templates (`__image__`) are judged only where they are attributes. */
const REACHING_DUNDERS = new Set(
  (
    'class base bases mro subclasses init new globals builtins import dict getattribute getattr setattr code self func reduce reduce_ex loader spec closure ' +
    'wrapped enter exit call module file traceback context get set_name format doc qualname defaults'
  )
    .split(' ')
    .map((name) => `__${name}__`),
);
const DUNDER = /^__\w+__$/;
/** Names in `str.format` fields reach attributes: `'{0.__class__}'.format(x)`. */
const FORMAT_FIELD = /\{[^{}]{0,100}(?:\._|\[_|__)[^{}]{0,100}\}/;
/** Of the attributes that lead to the interpreter, those that no data of any program has. */
const FRAMES =
  /^(?:func_(?:globals|code|closure)|im_(?:func|class|self)|(?:gi|cr|ag)_(?:frame|code)|tb_(?:frame|next)|f_(?:globals|locals|builtins|back))$/;
/** Rounds of loops in loops, and characters of one text, that no conversation needs. */
const RANGE_LIMIT = 1_000_000;
const MAX_VALUES = 16;

/** Filters whose `attribute` argument, or first argument, is a dotted attribute path. */
const ATTRIBUTE_FILTERS = new Map<string, number | undefined>([
  ['map', undefined],
  ['sort', undefined],
  ['sum', 0],
  ['unique', undefined],
  ['min', undefined],
  ['max', undefined],
  ['groupby', 0],
  ['selectattr', 0],
  ['rejectattr', 0],
  ['join', 1],
  ['dictsort', undefined],
]);
/** Template mode, not chat: only these method names are judged. */
const PROCESS_CALLS = new Set(['popen', 'Popen', 'system', 'check_output', 'getoutput', 'fork_exec', '__import__', 'import_module']);
const STRING_BUILDERS = new Set(
  'join format replace reverse decode lower upper trim center ljust rjust zfill striptags translate wordwrap indent'.split(' '),
);
/** Filters and methods that pad to a width. */
const PADDING = new Set(['center', 'ljust', 'rjust', 'zfill', 'indent']);

function children(expression: Expression): readonly Expression[] {
  const ofArgs = (args: readonly Argument[]): readonly Expression[] => args.map(({ value }) => value);
  switch (expression.type) {
    case 'list':
      return expression.items;
    case 'dict':
      return expression.entries.flat();
    case 'binary':
      return [expression.left, expression.right];
    case 'unary':
      return [expression.operand];
    case 'condition':
      return [expression.test, expression.yes, ...(expression.no ? [expression.no] : [])];
    case 'attribute':
      return [expression.object];
    case 'subscript':
      return [expression.object, expression.index];
    case 'slice':
      return expression.parts.filter((part) => part !== undefined);
    case 'call':
      return [expression.callee, ...ofArgs(expression.args)];
    case 'filter':
      return [...(expression.input ? [expression.input] : []), ...ofArgs(expression.args)];
    case 'test':
      return [expression.input, ...ofArgs(expression.args)];
    default:
      return [];
  }
}

/** Judges expressions one by one and remembers what variables hold. */
export class TemplateJudge {
  readonly problems: TemplateProblem[] = [];
  line = 1;
  readonly #values = new Map<string, Constant[]>();
  readonly #assigned: ReadonlySet<string>;
  readonly #folder = new Folder(this.#values);
  readonly #chat: boolean;
  readonly #words: (list: string) => ReadonlySet<string>;
  readonly #seen = new Set<string>();
  readonly #loops: number[] = [];

  /** `assigned`: every name that the template itself gives a value or defines as a macro. */
  constructor(vocabulary: Vocabulary, assigned: ReadonlySet<string>, chat: boolean) {
    this.#words = (list) => vocabulary.names('jinja', list);
    this.#assigned = assigned;
    this.#chat = chat;
  }

  report(severity: TemplateProblem['severity'], construct: string, name: string): void {
    if (severity === 'unusual' && !this.#chat) return;
    const id = `${severity}\0${construct}\0${name}`;
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.problems.push({ severity, construct, name, line: this.line });
  }

  assign(name: string, value: Expression | undefined): void {
    if (!value) return;
    this.#remember(name, this.#folder.fold(value));
    if (value.type === 'call')
      for (const { name: key, value: item } of value.args) if (key !== undefined) this.#remember(`${name}.${key}`, this.#folder.fold(item));
  }

  /** `set a, b = …`: each name has its own value. */
  assignEach(names: readonly string[], value: Expression): void {
    if (value.type === 'list' && value.items.length === names.length)
      for (const [i, name] of names.entries()) this.assign(name, value.items[i]);
    else for (const name of names) this.assignItems(name, value);
  }

  /** `set name` … `endset`: the text between. */
  assignText(name: string, text: string): void {
    this.#remember(name, [text]);
  }

  /** A loop over a constant range inside others; `undefined` for any other loop. */
  enterLoop(list: Expression): void {
    const bound = list.type === 'call' && list.callee.type === 'name' && list.callee.name === 'range' ? this.#bound(list.args) : 1;
    const rounds = (this.#loops.at(-1) ?? 1) * Math.max(1, bound);
    this.#loops.push(rounds);
    if (rounds > RANGE_LIMIT && bound > 1) this.report('unusual', 'range', String(rounds));
  }

  leaveLoop(): void {
    this.#loops.pop();
  }

  #bound(args: readonly Argument[]): number {
    const numbers = args.map(({ value }) => this.#folder.one(value)).filter((value) => typeof value === 'number');
    return Math.max(1, ...numbers.map((value) => Math.abs(value)));
  }

  /** `for name in list`: the name may be any item. */
  assignItems(name: string, list: Expression): void {
    for (const value of this.#folder.fold(list)) {
      if (typeof value === 'string') this.#remember(name, [...new Set(value)].slice(0, MAX_VALUES));
      else if (typeof value !== 'number') this.#remember(name, value);
    }
  }

  #remember(name: string, values: readonly Constant[]): void {
    const known = this.#values.get(name) ?? [];
    for (const value of values) if (known.length < MAX_VALUES && !known.includes(value)) known.push(value);
    if (known.length > 0) this.#values.set(name, known);
  }

  #strings(expression: Expression): readonly string[] {
    return this.#folder.fold(expression).filter((value) => typeof value === 'string');
  }

  /** Judges the name of an attribute, however it was spelled. */
  #attributeName(name: string, construct: string): void {
    for (const part of name.split('.')) {
      if (part.startsWith('_')) this.report(part.startsWith('__') ? 'injection' : 'unusual', construct, part);
      else if (this.#words('reachingAttributes').has(part))
        this.report(this.#chat || FRAMES.test(part) ? 'injection' : 'unusual', construct, part);
    }
  }

  /** Whether text is put together in a way that could make an attribute name. */
  #builds(expression: Expression): { readonly builds: boolean; readonly underscores: boolean } {
    let builds = false;
    let underscores = false;
    const visit = (node: Expression): void => {
      if (
        node.type === 'binary' &&
        ['~', '+', '%', '*'].includes(node.operator) &&
        (node.left.type === 'string' || node.right.type === 'string')
      )
        builds = true;
      if (node.type === 'filter' && STRING_BUILDERS.has(node.name)) builds = true;
      if (node.type === 'call' && node.callee.type === 'attribute' && STRING_BUILDERS.has(node.callee.name)) builds = true;
      if (node.type === 'string' && node.value.includes('__')) underscores = true;
      for (const child of children(node)) visit(child);
    };
    visit(expression);
    return { builds, underscores };
  }

  #computedName(expression: Expression, construct: string): void {
    const names = this.#strings(expression);
    for (const name of names) this.#attributeName(name, construct);
    if (names.length > 0 || this.#folder.fold(expression).length > 0) return;
    const { builds, underscores } = this.#builds(expression);
    if (underscores) this.report('injection', construct, 'computed name with __');
    else if (builds) this.report('unusual', construct, 'computed name');
  }

  /** Judges an expression with all its parts. */
  visit(expression: Expression): void {
    this.#node(expression);
    for (const child of children(expression)) this.visit(child);
  }

  #node(expression: Expression): void {
    switch (expression.type) {
      case 'string':
        if (DUNDER.test(expression.value) && REACHING_DUNDERS.has(expression.value)) this.report('injection', 'string', expression.value);
        else if (expression.escaped)
          this.report(expression.value.includes('__') ? 'injection' : 'unusual', 'escaped-string', expression.value.slice(0, 60));
        return;
      case 'name':
        if (DUNDER.test(expression.name)) this.report('injection', 'name', expression.name);
        else if (['self', 'request', 'lipsum', 'get_flashed_messages'].includes(expression.name))
          this.#contextObject(expression, 'name', 'unusual');
        return;
      case 'attribute':
        this.#attributeName(expression.name, 'attribute');
        this.#contextObject(expression.object, 'attribute', 'injection', expression.name);
        return;
      case 'subscript':
        this.#computedName(expression.index, 'subscript');
        this.#contextObject(expression.object, 'subscript', 'injection');
        return;
      case 'binary':
        this.#size(expression);
        this.#built(expression);
        return;
      case 'condition':
        this.#built(expression);
        return;
      case 'call':
        this.#built(expression);
        if (expression.callee.type === 'attribute') this.#width(expression.callee.name, expression.args, expression.callee.object);
        this.#call(expression.callee, expression.args);
        return;
      case 'filter':
        this.#built(expression);
        this.#width(expression.name, expression.args, expression.input);
        this.#filter(expression.name, expression.args, expression.input);
        return;
      default:
    }
  }

  /** A dunder name that no single literal spells is never honest. */
  #built(expression: Expression): void {
    for (const value of this.#strings(expression))
      if (DUNDER.test(value) && REACHING_DUNDERS.has(value)) this.report('injection', 'built-string', value);
  }

  /** `'a' * 10 ** 9` and powers of powers: they cost what the machine has. */
  #size({ operator, left, right }: Extract<Expression, { type: 'binary' }>): void {
    if (operator !== '*' && operator !== '**') return;
    const numbers = [this.#folder.one(left), this.#folder.one(right)].filter((value) => typeof value === 'number');
    const repeated = operator === '*' && numbers.length === 1 && this.#strings(left).length + this.#strings(right).length > 0;
    const power = operator === '**' && numbers.length === 2 && Math.abs(numbers[0] ?? 0) ** (numbers[1] ?? 0) > Number.MAX_SAFE_INTEGER;
    if (power || (repeated && (numbers[0] ?? 0) > RANGE_LIMIT)) this.report('unusual', 'size', numbers.map(String).join(operator));
  }

  /** `'x' | center(10 ** 9)`, `'%999999999d' | format`. */
  #width(name: string, args: readonly Argument[], input: Expression | undefined): void {
    if (PADDING.has(name) && this.#bound(args) > RANGE_LIMIT) this.report('unusual', 'size', name);
    if (name === 'format' && input && this.#strings(input).some((text) => /%[-+# 0]*\d{7}/.test(text)))
      this.report('unusual', 'size', name);
  }

  #contextObject(object: Expression, construct: string, severity: TemplateProblem['severity'], member?: string): void {
    if (!this.#chat || object.type !== 'name' || this.#assigned.has(object.name) || !this.#words('contextObjects').has(object.name)) return;
    const { name } = object;
    if (['caller', 'super', 'settings', 'handler'].includes(name)) return;
    if (['cycler', 'joiner', 'lipsum'].includes(name) && severity === 'injection' && construct === 'call') return;
    this.report(severity, construct, member === undefined ? name : `${name}.${member}`);
  }

  #call(callee: Expression, args: readonly Argument[]): void {
    if (callee.type === 'name') {
      const { name } = callee;
      if (this.#assigned.has(name)) return;
      if (this.#words('dangerousCalls').has(name))
        this.report(this.#chat || PROCESS_CALLS.has(name) ? 'injection' : 'unusual', 'call', name);
      else if (!this.#words('globals').has(name) && !DUNDER.test(name)) this.report('unusual', 'call', name);
      if (name === 'range') {
        for (const { value } of args) {
          const bound = this.#folder.one(value);
          if (typeof bound === 'number' && Math.abs(bound) > RANGE_LIMIT) this.report('unusual', 'range', String(bound));
        }
      }
      this.#contextObject(callee, 'call', 'injection');
      return;
    }
    if (callee.type === 'attribute') {
      const { name } = callee;
      if (this.#words('dangerousCalls').has(name))
        this.report(this.#chat || PROCESS_CALLS.has(name) ? 'injection' : 'unusual', 'method', name);
      else if (
        !name.startsWith('_') &&
        !this.#words('methods').has(name) &&
        !(callee.object.type === 'name' && this.#assigned.has(callee.object.name))
      ) {
        this.report('unusual', 'method', name);
      }
      if (name === 'format' || name === 'format_map') this.#formatString(callee.object);
      return;
    }
    // A list of the template's own macros may be called item by item.
    const own = callee.type === 'subscript' && callee.object.type === 'name' && this.#assigned.has(callee.object.name);
    if (callee.type === 'subscript' && !own) this.report('unusual', 'call', 'subscript');
  }

  #formatString(template: Expression): void {
    const texts = this.#strings(template);
    if (texts.some((text) => FORMAT_FIELD.test(text))) this.report('injection', 'format-string', texts[0]?.slice(0, 60) ?? '');
  }

  #filter(name: string, args: readonly Argument[], input: Expression | undefined): void {
    if (name === 'attr') {
      const [first] = args;
      const names = first ? this.#strings(first.value) : [];
      for (const attribute of names) this.#attributeName(attribute, 'attr-filter');
      this.report(names.length === 0 ? 'injection' : 'unusual', 'attr-filter', names[0] ?? 'computed name');
      return;
    }
    if (!this.#words('filters').has(name)) this.report('unusual', 'filter', name);
    if (name === 'format' && input) this.#formatString(input);
    if (!ATTRIBUTE_FILTERS.has(name)) return;
    const position = ATTRIBUTE_FILTERS.get(name);
    for (const [i, { name: keyword, value }] of args.entries()) {
      if (keyword === 'attribute' || (keyword === undefined && i === position)) this.#computedName(value, `${name}-attribute`);
    }
    const positional = args.filter((arg) => arg.name === undefined);
    if (name === 'map' && positional[0]) {
      const [inner] = this.#strings(positional[0].value);
      if (inner === undefined) this.report('unusual', 'map', 'computed filter');
      else this.#filter(inner, positional.slice(1), undefined);
    }
  }
}
