import type { CallExpr, Expr } from '../lang/facts.ts';
import { namedArg, positionalArg } from '../lang/frontend.ts';
import type { Answers } from './answers.ts';
import type { DeclaredKeys } from './declared-keys.ts';
import type { DeclaredOptions } from './options.ts';
import { cut, MAX_DEPTH, MAX_LEVEL, MAX_STEPS, newQuery, type Origin, type Query } from './bound.ts';
import { providerIn } from './beside.ts';
import { environmentField } from './env-fields.ts';
import { ARGUMENTS, keyPath, PARSED, rootName } from './key-path.ts';
import { parsersOf } from './parsers.ts';
import { declaredField, functionOf, isOptionOf } from './fields.ts';
import type { Program } from './program.ts';
import type { SettingsIndex } from './settings.ts';
import type { Unit } from './unit.ts';
import type { Value } from './value.ts';
import { declaredDefault, DEFAULTED } from './vocabulary.ts';

const MAX_VALUES = 12;
/** Combinations of the parts of a concatenation. */
const MAX_COMBINATIONS = 8;

/** Calls on a string that leave a name recognisable. */
const STRING_METHODS = new Set([
  'lower',
  'strip',
  'trim',
  'rstrip',
  'lstrip',
  'toString',
  'as_str',
  'to_string',
  'to_owned',
  'into',
  'String',
  'clone',
  'unwrap',
  'ToString',
  'Trim',
  'to_s',
  'freeze',
  'get_secret_value',
  'value',
  'name',
]);
/** Calls whose result is their first argument, as far as a name goes. */
const WRAPPERS = new Set([
  'str',
  'String',
  'cast',
  'Literal',
  'SecretStr',
  'Some',
  'Ok',
  'Arc.new',
  'String.from',
  'fmt.Sprint',
  'openai#F',
  'param.NewOpt',
  'aws.String',
  'genai.Ptr',
  'to.Ptr',
  'ptr',
  'pointer',
  'resolve',
  'URL',
  'Uri',
]);

export interface Resolver {
  readonly program: Program;
  readonly options: DeclaredOptions;
  readonly settings: SettingsIndex;
  readonly declared: DeclaredKeys;
  readonly answers: Answers<readonly Value[]>;
}

/** Strings that an expression may be, certain ones first, then nearest first, at most `MAX_VALUES`. */
export function valuesOf(resolver: Resolver, expr: Expr, unit: Unit, scope: number): readonly Value[] {
  const direct = expr.kind === 'string' || expr.kind === 'concat';
  const found = [...evaluate(resolver, expr, unit, scope, newQuery())].sort(
    (a, b) => Number(a.possible ?? false) - Number(b.possible ?? false),
  );
  const byText = new Map<string, Value>();
  for (const value of found) {
    const key = `${value.text}\0${value.exact}`;
    const known = byText.get(key);
    byText.set(key, known ? alsoFrom(known, value) : value);
  }
  return [...byText.values()].slice(0, MAX_VALUES).map((value) => (direct && !value.setting ? value : { ...value, indirect: true }));
}

/** The same text from a second place: whoever may serve the one may serve the other. */
function alsoFrom(known: Value, { provider }: Value): Value {
  if (!known.provider) return known;
  const { provider: first, ...rest } = known;
  return provider ? { ...rest, provider: [...new Set([...first, ...provider])] } : rest;
}

function evaluate(resolver: Resolver, expr: Expr, unit: Unit, scope: number, query: Query): readonly Value[] {
  if (expr.kind === 'string') return [literal(unit, expr)];
  if (++query.steps > MAX_STEPS || query.level > MAX_LEVEL) return cut(query, []);
  return resolver.answers.ask(expr, unit, scope, query, () => evaluated(resolver, expr, unit, scope, query), []);
}

function evaluated(resolver: Resolver, expr: Expr, unit: Unit, scope: number, query: Query): readonly Value[] {
  const values: Value[] = [];
  for (const bound of resolver.program.expand(expr, unit, scope, query)) {
    if (values.length >= MAX_VALUES) break;
    if (bound.kind === 'expr')
      values.push(...shared(resolver, bound, query, terminal(resolver, bound.expr, bound.unit, bound.scope, query)));
  }
  values.push(...environmentField(resolver.program, resolver.settings, expr, unit, scope, query));
  if (values.length === 0) values.push(...read(resolver, expr, unit, scope, query));
  // One call site gives a literal, another an option: what is known of the first says nothing of the second.
  if (values.length === 0 || (expr.kind === 'name' && functionOf(expr.name, unit, scope) !== undefined)) {
    const known = new Set(values.flatMap(({ text, possible }) => (possible ? [] : [text])));
    // Objects that take long to follow must not use up the steps for the names that configuration answers.
    const own = query.depth === 0 ? newQuery() : query;
    values.push(...traced(resolver, expr, unit, scope, own).filter(({ text }) => !known.has(text)));
    if (own !== query) query.cuts += own.cuts;
  }
  return values;
}

/** Values with what is known of how they got here. */
function shared(resolver: Resolver, { possible, provider }: Origin, query: Query, values: readonly Value[]): readonly Value[] {
  if (values.length === 0 || (!possible && !provider)) return values;
  let said: readonly string[] = [];
  if (provider && query.depth < MAX_DEPTH - 2) {
    query.depth++;
    said = evaluate(resolver, provider.expr, provider.unit, provider.scope, query).map(({ text }) => text);
    query.depth--;
  }
  return values.map((value) => ({
    ...value,
    ...(possible ? { possible } : {}),
    ...(said.length > 0 && !value.provider ? { provider: said } : {}),
  }));
}

/** `load(args.model)`, `self.name = config["name"]`: what was given for the name is an option or a key of configuration. */
function traced(resolver: Resolver, expr: Expr, unit: Unit, scope: number, query: Query): readonly Value[] {
  const option = expr.kind === 'name' && isOptionOf(expr.name, unit, scope) ? optionOf(resolver, expr.name, unit, query) : [];
  return option.length > 0 ? option : followed(resolver, resolver.program.origins(expr, unit, scope, query), expr, query);
}

function followed(resolver: Resolver, origins: readonly Origin[], from: Expr, query: Query): readonly Value[] {
  if (query.depth > MAX_DEPTH - 2 || ++query.steps > MAX_STEPS) return [];
  query.depth++;
  const values = origins
    .filter((origin) => origin.expr !== from)
    .flatMap((origin) => shared(resolver, origin, query, evaluate(resolver, origin.expr, origin.unit, origin.scope, query)));
  query.depth--;
  return values.map((value) => ({ ...value, indirect: true }));
}

/** `run(build_parser().parse_args())`: the option of the file that makes the parser, wherever its result is read. */
function parsedOption(resolver: Resolver, expr: Expr, name: string, unit: Unit, scope: number, query: Query): readonly Value[] {
  const object = expr.kind === 'member' || expr.kind === 'index' ? expr.object : undefined;
  if (!object || query.depth > MAX_DEPTH - 4) return [];
  for (const maker of parsersOf(resolver.program, object, unit, scope, query)) {
    const values = maker === unit ? [] : optionOf(resolver, name, maker, query, true);
    if (values.length > 0) return values;
  }
  return [];
}

/** Default of a declared command-line option. It may be read from where the option is kept: `StringVar(&c.model, "model", c.model)`. */
function optionOf(resolver: Resolver, name: string, unit: Unit, query: Query, own = false): readonly Value[] {
  const option = resolver.options.find(name, unit);
  if (!option || (own && option.unit !== unit) || query.depth > MAX_DEPTH - 2 || ++query.steps > MAX_STEPS) return [];
  query.depth++;
  const values = evaluate(resolver, option.fallback, option.unit, option.scope, query);
  query.depth--;
  return values.map((value) => ({ ...value, key: name, indirect: true, ...(option.far ? { possible: true } : {}) }));
}

const literal = (unit: Unit, expr: { readonly value: string; readonly line: number; readonly column: number }): Value => ({
  text: expr.value,
  location: unit.facts.notebook ? { path: unit.path, line: expr.line } : { path: unit.path, line: expr.line, column: expr.column },
  exact: true,
  indirect: false,
});

function terminal(resolver: Resolver, expr: Expr, unit: Unit, scope: number, query: Query): readonly Value[] {
  switch (expr.kind) {
    case 'string':
      return [literal(unit, expr)];
    case 'concat':
      return combine(
        expr.parts.map((part) => evaluate(resolver, part, unit, scope, query)),
        expr.parts.find((part) => part.kind === 'string'),
        unit,
      );
    case 'list':
      return expr.items.flatMap((item) => evaluate(resolver, item, unit, scope, query));
    case 'env': {
      const fallback = expr.fallback ? evaluate(resolver, expr.fallback, unit, scope, query) : [];
      const set = followed(resolver, resolver.program.environment(expr.name), expr, query);
      return [...fallback, ...set, ...resolver.settings.env(expr.name)].map((value) => ({ ...value, key: expr.name, indirect: true }));
    }
    case 'call':
      return called(resolver, expr, unit, scope, query);
    default:
      return [];
  }
}

/** The cartesian product, bounded. A part without a value leaves the result inexact. */
function combine(parts: readonly (readonly Value[])[], anchor: Expr | undefined, unit: Unit): Value[] {
  let results: Value[] = [];
  for (const [index, options] of parts.entries()) {
    if (options.length === 0) {
      results = results.length > 0 ? results.map((value) => ({ ...value, exact: false })) : [];
      if (results.length === 0) {
        const location = anchor?.kind === 'string' ? { path: unit.path, line: anchor.line, column: anchor.column } : { path: unit.path };
        results = [{ text: '', location, exact: false, indirect: false }];
      }
      continue;
    }
    if (index === 0) {
      results = options.slice(0, MAX_COMBINATIONS);
      continue;
    }
    results = results
      .flatMap((left) =>
        options.map((right): Value => {
          // The longest part is what a reader looks for; what ends like a prefix is one.
          const origin = right.text.length > left.text.length || /[/:]$/.test(left.text) ? right : left;
          return {
            ...origin,
            core: origin.core ?? origin.text,
            text: left.text + right.text,
            exact: left.exact && right.exact,
            indirect: left.indirect || right.indirect,
            ...(left.possible || right.possible ? { possible: true } : {}),
          };
        }),
      )
      .slice(0, MAX_COMBINATIONS);
  }
  return results.filter((value) => value.text !== '');
}

function called(resolver: Resolver, expr: CallExpr, unit: Unit, scope: number, query: Query): readonly Value[] {
  const { callee, args } = expr;
  const name = callee.kind === 'member' || callee.kind === 'name' ? callee.name : '';
  if (callee.kind === 'member') {
    if (STRING_METHODS.has(name) && !(args.length > 0 && WRAPPERS.has(name))) return evaluate(resolver, callee.object, unit, scope, query);
    if (
      name === 'get' ||
      name === 'getOrDefault' ||
      name === 'pop' ||
      name === 'setdefault' ||
      name === 'fetch' ||
      name === 'GetValueOrDefault' ||
      name === 'dig'
    )
      return looked(resolver, callee.object, expr, unit, scope, query);
    if (name === 'format' || name === 'Format') {
      const [format] = evaluate(resolver, callee.object, unit, scope, query);
      if (format)
        return combine(
          filled(
            resolver,
            format,
            args.map((arg) => arg.value),
            unit,
            scope,
            query,
          ),
          undefined,
          unit,
        );
    }
    if (name === 'values' || name === 'keys') {
      return resolver.program
        .expand(callee.object, unit, scope, query)
        .flatMap((bound) =>
          bound.kind === 'expr' && bound.expr.kind === 'dict'
            ? bound.expr.entries.flatMap((entry) =>
                shared(
                  resolver,
                  bound,
                  query,
                  evaluate(resolver, name === 'keys' ? entry.key : entry.value, bound.unit, bound.scope, query),
                ),
              )
            : [],
        );
    }
  }
  if (name === 'getattr') {
    const [object, attribute, fallback] = args;
    const key = attribute?.value.kind === 'string' ? attribute.value.value : undefined;
    const found = object && key ? evaluate(resolver, { kind: 'member', object: object.value, name: key }, unit, scope, query) : [];
    return found.length > 0 ? found : fallback ? evaluate(resolver, fallback.value, unit, scope, query) : [];
  }
  if (DEFAULTED.has(name)) {
    const fallback = declaredDefault(expr);
    const variable = namedArg(args, 'env') ?? namedArg(args, 'envvar') ?? namedArg(args, 'validation_alias') ?? namedArg(args, 'alias');
    return [
      ...(fallback ? evaluate(resolver, fallback, unit, scope, query) : []),
      ...(variable?.kind === 'string' ? resolver.settings.env(variable.value) : []),
    ];
  }
  if (callee.kind === 'member' && WIDGETS.has(name)) {
    const offered = namedArg(args, 'options') ?? namedArg(args, 'choices') ?? namedArg(args, 'value') ?? positionalArg(args, 1);
    return offered ? evaluate(resolver, offered, unit, scope, query) : [];
  }
  if (name === 'Sprintf' || name === 'sprintf' || name === 'format!' || name === 'printf') {
    const [format, ...rest] = args.map((arg) => arg.value);
    const [text] = format ? evaluate(resolver, format, unit, scope, query) : [];
    return text ? combine(filled(resolver, text, rest, unit, scope, query), undefined, unit) : [];
  }
  const [first] = args;
  if (first && WRAPPERS.has(name)) return evaluate(resolver, first.value, unit, scope, query);
  return read(resolver, expr, unit, scope, query);
}

/** What a user picks of a form (Streamlit): one of the options, or the text that stands there at first. */
export const WIDGETS: ReadonlySet<string> = new Set(['selectbox', 'radio', 'select_slider', 'segmented_control', 'pills', 'text_input']);

function filled(resolver: Resolver, format: Value, args: readonly Expr[], unit: Unit, scope: number, query: Query): (readonly Value[])[] {
  const pieces = format.text.split(/%[sdvq]|\{[\w:]*\}/);
  return pieces.flatMap((text, index) => {
    const arg = args[index];
    const part = index < pieces.length - 1 ? [arg ? evaluate(resolver, arg, unit, scope, query) : []] : [];
    return [...(text === '' && index > 0 ? [] : [[{ ...format, text }]]), ...part];
  });
}

/** `x.get("key", default)`: of a known dictionary, of configuration, or the default. */
function looked(resolver: Resolver, object: Expr, expr: CallExpr, unit: Unit, scope: number, query: Query): readonly Value[] {
  const key = positionalArg(expr.args, 0);
  const fallback = positionalArg(expr.args, 1) ?? namedArg(expr.args, 'default');
  const values: Value[] = [];
  if (key) {
    for (const bound of resolver.program.expand(object, unit, scope, query)) {
      if (bound.kind !== 'expr' || bound.expr.kind !== 'dict') continue;
      const names = evaluate(resolver, key, unit, scope, query).map((value) => value.text);
      const entries = bound.expr.entries.filter(
        (entry) => entry.key.kind === 'string' && (names.length === 0 || names.includes(entry.key.value)),
      );
      for (const entry of entries) {
        const provider = providerIn(bound.expr, bound.unit, bound.scope) ?? bound.provider ?? { ...bound, expr: entry.key };
        values.push(...shared(resolver, { ...bound, provider }, query, evaluate(resolver, entry.value, bound.unit, bound.scope, query)));
      }
    }
  }
  if (values.length === 0) values.push(...read(resolver, expr, unit, scope, query));
  if (fallback) values.push(...evaluate(resolver, fallback, unit, scope, query));
  return values;
}

/** What configuration or a command line says of a name that the code only reads. */
function read(resolver: Resolver, expr: Expr, unit: Unit, scope: number, query: Query): readonly Value[] {
  const path = keyPath(expr);
  if (!path) return [];
  const last = path.at(-1) ?? '';
  // `self.args.encoder`, `wandb.config.encoder`: what holds the options is a member itself.
  const held = path.length === 2 && ARGUMENTS.test(path[0] ?? '');
  // A file's own option is meant whatever its parsed command line is called.
  const option = held || path.length === 1 ? optionOf(resolver, last, unit, query, !held && !ARGUMENTS.test(rootName(expr))) : [];
  if (option.some(({ possible }) => !possible)) return option;
  const parsed = path.length <= 2 ? parsedOption(resolver, expr, last, unit, scope, query) : [];
  if (parsed.length > 0) return parsed;
  const declared = followed(resolver, resolver.declared.find(path), expr, query);
  if (declared.length > 0) return declared;
  const set = resolver.settings.key(path);
  // `args.options.encoder`: several classes in one command line.
  if (set.length > 0) return [...set];
  const fields = path.length <= 2 && PARSED.test(rootName(expr)) ? declaredField(resolver.program.units, last, unit, path.length > 1) : [];
  const declaredThere = followed(resolver, fields, expr, query);
  return declaredThere.length > 0 ? declaredThere : option;
}
