import { ITSELF, type Ast } from './expression.ts';
import { attributeOf, bind, type Bound, type EachBound, type Module, type Placed, type Value } from './modules.ts';

/** Steps of one question. Real chains (variable, caller's local, tfvars) need fewer than 50. */
const MAX_STEPS = 4_000;
const MAX_DEPTH = 24;
/** Values that one expression may have: a list of all that a provider deploys has some forty. */
const MAX_VALUES = 64;
/** Combinations of the parts of a template. */
const MAX_COMBINATIONS = 8;

export interface Query {
  steps: number;
  depth: number;
}

export const newQuery = (): Query => ({ steps: 0, depth: 0 });

/** Functions whose result is their argument, as far as names go. */
const SAME = new Set([
  ITSELF,
  'tostring',
  'lower',
  'trimspace',
  'nonsensitive',
  'sensitive',
  'jsonencode',
  'yamlencode',
  'jsondecode',
  'yamldecode',
  'base64encode',
  'toset',
  'tolist',
  'tomap',
  'distinct',
  'compact',
  'sort',
  'reverse',
  'one',
  'chomp',
  'upper',
]);
/** Functions whose result is one of their arguments. */
const ANY = new Set(['try', 'coalesce', 'coalescelist', 'concat', 'setunion', 'flatten']);

const text = (value: string, path: string, line: number): Value => ({ kind: 'text', text: value, path, line, exact: true });

/** What an expression may be, through variables, locals, calls of modules, outputs and functions. */
export function evaluate(bound: EachBound, query: Query = newQuery()): readonly Value[] {
  if (++query.steps > MAX_STEPS || query.depth >= MAX_DEPTH) return [];
  query.depth++;
  const values = expressionOf(withEach(bound, query), query);
  query.depth--;
  return values.slice(0, MAX_VALUES);
}

function withEach(bound: EachBound, query: Query): Bound {
  if (!bound.each || !mentions(bound.ast, 'each')) return bound;
  return { ...bound, names: new Map([...bound.names, ...eachNames(bound.each, 'each', query)]) };
}

/** `each` of a `for_each`: its keys and values as one object. */
export function eachNames(over: Bound, name: string, query: Query): ReadonlyMap<string, readonly Value[]> {
  const items = itemsOf(evaluate(over, query), query);
  const bag = (values: readonly Value[]): Bound => ({
    ...over,
    ast: { kind: 'reference', root: BAG, path: [] },
    names: new Map([[BAG, values]]),
  });
  const keys = items.map((item) => item.key);
  const values = items.flatMap((item) => item.values);
  const each: Value = {
    kind: 'object',
    entries: [
      { key: 'key', value: bag(keys) },
      { key: 'value', value: bag(values) },
    ],
  };
  return new Map([[name, [each]]]);
}
/** No HCL name. */
const BAG = '\0';

interface Item {
  readonly key: Value;
  readonly values: readonly Value[];
}

/** What a loop goes over. */
function itemsOf(values: readonly Value[], query: Query): Item[] {
  return values
    .flatMap((value): Item[] => {
      if (value.kind === 'object')
        return value.entries.map(({ key, value: inner }) => ({ key: text(key, inner.path, 1), values: evaluate(inner, query) }));
      if (value.kind === 'list')
        return value.items.flatMap((item) => evaluate(item, query).map((found) => ({ key: found, values: [found] })));
      return [];
    })
    .slice(0, MAX_VALUES);
}

const mentions = (ast: Ast, root: string): boolean => {
  switch (ast.kind) {
    case 'reference':
      return ast.root === root || ast.path.some((part) => part !== undefined && mentions(part, root));
    case 'template':
      return ast.parts.some((part) => mentions(part, root));
    case 'call':
      return ast.args.some((arg) => mentions(arg, root));
    case 'object':
      return ast.entries.some(({ key, value }) => mentions(key, root) || mentions(value, root));
    case 'list':
      return ast.items.some((item) => mentions(item, root));
    case 'either':
      return ast.options.some((option) => mentions(option, root));
    case 'for':
      return mentions(ast.over, root) || mentions(ast.value, root);
    default:
      return false;
  }
};

function expressionOf(bound: Bound, query: Query): readonly Value[] {
  const { ast, path } = bound;
  const inner = (part: Ast): Bound => ({ ...bound, ast: part });
  switch (ast.kind) {
    case 'text':
      return [text(ast.text, path, ast.line)];
    case 'template':
      return combine(ast.parts.map((part) => evaluate(inner(part), query)));
    case 'either':
      return ast.options.flatMap((option) => evaluate(inner(option), query));
    case 'list':
      return [{ kind: 'list', items: ast.items.map(inner) }];
    case 'object':
      return [
        {
          kind: 'object',
          entries: ast.entries.flatMap(({ key, value }) => {
            const [name] = key.kind === 'text' ? [text(key.text, path, key.line)] : evaluate(inner(key), query);
            return [{ key: name?.kind === 'text' ? name.text : '', value: inner(value) }];
          }),
        },
      ];
    case 'for':
      return [loop(bound, ast, query)];
    case 'call':
      return follow(called(bound, ast.name, ast.args, query), ast.path, bound, query);
    case 'reference':
      return referred(bound, ast.root, ast.path, query);
    case 'unknown':
      return [];
  }
}

function loop(bound: Bound, ast: Extract<Ast, { kind: 'for' }>, query: Query): Value {
  const entries = itemsOf(evaluate({ ...bound, ast: ast.over }, query), query).map((item) => {
    const [first = '', second] = ast.names;
    const names = new Map(bound.names);
    if (second === undefined) names.set(first, item.values);
    else names.set(first, [item.key]).set(second, item.values);
    return { item, names };
  });
  if (!ast.key) return { kind: 'list', items: entries.map(({ names }) => ({ ...bound, names, ast: ast.value })) };
  const { key } = ast;
  return {
    kind: 'object',
    entries: entries.map(({ names }) => {
      const [name] = evaluate({ ...bound, names, ast: key }, query);
      return { key: name?.kind === 'text' ? name.text : '', value: { ...bound, names, ast: ast.value } };
    }),
  };
}

function called(bound: Bound, name: string, args: readonly Ast[], query: Query): readonly Value[] {
  const value = (index: number): readonly Value[] => {
    const arg = args[index];
    return arg ? evaluate({ ...bound, ast: arg }, query) : [];
  };
  if (SAME.has(name)) return value(0);
  if (ANY.has(name)) return args.flatMap((_, index) => value(index));
  if (name === 'merge') {
    const objects = args.flatMap((_, index) => value(index)).filter((item) => item.kind === 'object');
    return [{ kind: 'object', entries: objects.flatMap((item) => (item.kind === 'object' ? item.entries : [])) }];
  }
  if (name === 'values')
    return value(0).flatMap((item) => (item.kind === 'object' ? item.entries.flatMap((entry) => evaluate(entry.value, query)) : []));
  if (name === 'lookup' || name === 'element') {
    const key = args[1];
    return [...follow(value(0), key ? [key] : [], bound, query), ...value(2)];
  }
  if (name === 'format') {
    const [pattern] = value(0);
    if (pattern?.kind !== 'text') return [];
    const pieces = pattern.text.split(/%[sdvq]/);
    return combine(
      pieces.flatMap((piece, index) => [[{ ...pattern, text: piece }], ...(index < pieces.length - 1 ? [value(index + 1)] : [])]),
    );
  }
  if (name === 'join') {
    const [separator] = value(0);
    const parts = value(1).flatMap((item) => (item.kind === 'list' ? item.items.map((part) => evaluate(part, query)) : []));
    if (separator?.kind !== 'text') return [];
    return combine(parts.flatMap((part, index) => (index === 0 ? [part] : [[separator], part])));
  }
  return [];
}

function referred(bound: Bound, root: string, path: readonly (Ast | undefined)[], query: Query): readonly Value[] {
  const local = bound.names.get(root);
  if (local) return follow(local, path, bound, query);
  const { module } = bound;
  const [first, second] = path.map((part) => (part?.kind === 'text' ? part.text : ''));
  if (root === 'var')
    return follow(
      (module.variables.get(first ?? '') ?? []).flatMap((given) => evaluate(given, query)),
      path.slice(1),
      bound,
      query,
    );
  if (root === 'local') {
    const found = module.locals.get(first ?? '');
    return found ? follow(evaluate(found, query), path.slice(1), bound, query) : [];
  }
  if (root === 'module') {
    const target = module.calls.get(first ?? '');
    const rest = path.slice(1).filter((part) => part?.kind === 'text');
    const output = rest.find((part) => part?.kind === 'text' && target?.outputs.has(part.text));
    const found = output?.kind === 'text' ? target?.outputs.get(output.text) : undefined;
    return found ? follow(evaluate(found, query), path.slice(path.indexOf(output) + 1), bound, query) : [];
  }
  const [resource, rest] =
    root === 'data'
      ? [module.resources.get(`data.${first ?? ''}.${second ?? ''}`), path.slice(2)]
      : [module.resources.get(`${root}.${first ?? ''}`), path.slice(1)];
  return resource ? attributeValues(resource, rest, module, query) : [];
}

/** An attribute that a resource is given; what the provider computes is not known. */
function attributeValues(placed: Placed, path: readonly (Ast | undefined)[], module: Module, query: Query): readonly Value[] {
  const names = path.flatMap((part) => (part?.kind === 'text' && !/^\d+$/.test(part.text) ? [part.text] : []));
  const attribute = placed.block.attributes.find((item) => item.path.join('.') === names.join('.'));
  return attribute ? evaluate(inResource(attribute, placed, module, query), query) : [];
}

/** Binds an attribute with the `each` and the iterators of the blocks around it. */
export function inResource(attribute: Placed['block']['attributes'][number], placed: Placed, module: Module, query: Query): EachBound {
  const { block, path } = placed;
  let bound = bind(attribute, module, path);
  const each = attributeOf(block, 'for_each');
  const names = new Map(bound.names);
  if (each) for (const [name, value] of eachNames(bind(each, module, path), 'each', query)) names.set(name, value);
  for (let at = attribute.path.indexOf('dynamic'); at >= 0; at = attribute.path.indexOf('dynamic', at + 1)) {
    const label = attribute.path[at + 1] ?? '';
    const prefix = [...attribute.path.slice(0, at + 2), 'for_each'].join('.');
    const over = block.attributes.find((item) => item.path.join('.') === prefix);
    if (over && attribute !== over)
      for (const [name, value] of eachNames(bind(over, module, path, names), label, query)) names.set(name, value);
  }
  bound = { ...bound, names };
  return bound;
}

function follow(values: readonly Value[], path: readonly (Ast | undefined)[], bound: Bound, query: Query): readonly Value[] {
  let current = values;
  for (const part of path) {
    const keys = part
      ? evaluate({ ...bound, ast: part }, query).flatMap((key) => (key.kind === 'text' && key.exact ? [key.text] : []))
      : [];
    current = current.flatMap((value) => taken(value, keys, query)).slice(0, MAX_VALUES);
  }
  return current;
}

/** A member, an item, or all of them where the key is not known. */
function taken(value: Value, keys: readonly string[], query: Query): readonly Value[] {
  if (value.kind === 'object') {
    const found = keys.length === 0 ? value.entries : value.entries.filter(({ key }) => keys.includes(key));
    return found.flatMap((entry) => evaluate(entry.value, query));
  }
  if (value.kind === 'list') {
    const [index] = keys;
    const items = index !== undefined && /^\d+$/.test(index) ? value.items.slice(Number(index), Number(index) + 1) : value.items;
    const inner = items.flatMap((item) => evaluate(item, query));
    return index === undefined || /^\d+$/.test(index) ? inner : inner.flatMap((item) => taken(item, keys, query));
  }
  // `model[0]` of a block that is read as one.
  return keys.every((key) => /^\d+$/.test(key)) ? [value] : [];
}

/** The cartesian product, bounded; where a part is not known the text is not exact. */
function combine(parts: readonly (readonly Value[])[]): readonly Value[] {
  let results: Extract<Value, { kind: 'text' }>[] = [];
  let exact = true;
  for (const part of parts) {
    const options = part.flatMap((value) => (value.kind === 'text' ? [value] : []));
    if (options.length === 0) {
      exact = false;
      continue;
    }
    results =
      results.length === 0
        ? options.slice(0, MAX_COMBINATIONS)
        : results
            .flatMap((left) =>
              options.map((right) => ({
                ...(right.text.length > left.text.length || /[/:]$/.test(left.text) ? right : left),
                text: left.text + right.text,
                exact: left.exact && right.exact,
              })),
            )
            .slice(0, MAX_COMBINATIONS);
  }
  return exact ? results : results.map((value) => ({ ...value, exact: false }));
}
