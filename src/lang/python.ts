import type { Node } from 'web-tree-sitter';
import { assignments, ENV_MAPS } from './python-bindings.ts';
import { imports } from './python-imports.ts';
import type { Arg, DictEntry, Expr, ParamFact } from './facts.ts';
import {
  concat,
  dotted,
  either,
  envRead,
  namedArg,
  positionalArg,
  UNKNOWN,
  type Definition,
  type Frontend,
  type Lowering,
} from './frontend.ts';
import { plainLiteral } from './plain-literals.ts';
import { withoutLongComments } from './python-comments.ts';

const QUERY = `
(import_statement) @import
(import_from_statement) @import
(function_definition name: (_) @name) @function
(assignment left: (identifier) @name right: (lambda)) @function
(class_definition name: (_) @name) @class
(decorator) @decorator
(call function: [(identifier) @call (attribute attribute: (identifier) @call)
  (subscript value: [(identifier) @call (attribute attribute: (identifier) @call)])])
(assignment) @assign
(named_expression) @assign
(with_item value: (as_pattern)) @assign
(for_statement) @assign
(for_in_clause) @assign
(return_statement) @return
(global_statement) @global
(expression_statement (call function: (attribute attribute: (identifier) @name) (#match? @name "^(setdefault|update)$"))) @assign
`;

/** Calls that read an environment variable: name, then default. */
const ENV_CALLS = new Set([
  'os.getenv',
  'getenv',
  'os.environ.get',
  'environ.get',
  'os.environ.setdefault',
  'environ.setdefault',
  'os.environ.pop',
]);
/** python-decouple, environs, starlette: `config("X", default=…)`, `env.str("X", …)`. */
const ENV_HELPERS = new Set(['config', 'env', 'env.str', 'env.get', 'getenv_or_default', 'get_env', 'env_get']);
const ENV_NAME = /^[A-Z][A-Z0-9_]*$/;

/** Escapes that occur in names and paths; others keep their backslash. */
const unescape = (text: string): string =>
  text.includes('\\')
    ? text.replaceAll(/\\([\\'"nt\n])/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c === '\n' ? '' : c))
    : text;

function string(node: Node, lo: Lowering): Expr {
  const parts: Expr[] = [];
  const at = lo.at(node);
  let raw = false;
  for (const child of node.namedChildren) {
    if (child.type === 'string_start') raw = /r/i.test(lo.text(child));
    else if (child.type === 'interpolation') parts.push(lo.expr(child.childForFieldName('expression')));
    else if (child.type === 'string_content') {
      const text = lo.text(child);
      parts.push({ kind: 'string', value: raw ? text : unescape(text), ...at });
    }
  }
  return parts.length === 0 ? { kind: 'string', value: '', ...at } : concat(parts);
}

function args(node: Node | null, lo: Lowering): Arg[] {
  const list: Arg[] = [];
  for (const child of node?.namedChildren ?? []) {
    if (child.type === 'keyword_argument') {
      const name = child.childForFieldName('name');
      const value = lo.expr(child.childForFieldName('value'));
      list.push({ name: name ? lo.text(name) : '', value, ...(value.kind === 'boolean' ? { line: lo.at(child).line } : {}) });
    } else if (child.type === 'list_splat') list.push({ value: lo.expr(child.namedChild(0)), spread: 'list' });
    else if (child.type === 'dictionary_splat') list.push({ value: lo.expr(child.namedChild(0)), spread: 'dict' });
    else if (child.type !== 'comment') list.push({ value: lo.expr(child) });
  }
  return list;
}

function call(node: Node, lo: Lowering): Expr {
  const written = node.childForFieldName('function');
  // `Agent[Context](…)` is `Agent(…)`: what stands in brackets is a type.
  const generic = written?.type === 'subscript' ? written.childForFieldName('value') : null;
  const callee = lo.expr(generic && /(?:^|\.)[A-Z]\w*$/.test(lo.text(generic)) ? generic : written);
  const name = callee.kind === 'member' || callee.kind === 'name' ? callee.name : '';
  const path = dotted(callee);
  const env = path !== undefined && (ENV_CALLS.has(path) || ENV_HELPERS.has(path));
  if (path !== undefined && PARTIAL.has(path)) return applied(node, lo);
  const list =
    env || (path !== undefined && EVALUATED.has(path)) || lo.wantsArgs(name) ? args(node.childForFieldName('arguments'), lo) : [];
  if (env) {
    const variable = positionalArg(list, 0);
    if (variable?.kind === 'string' && ENV_NAME.test(variable.value)) {
      const fallback = positionalArg(list, 1) ?? namedArg(list, 'default');
      return { kind: 'env', name: variable.value, ...lo.at(node), ...(fallback ? { fallback } : {}) };
    }
  }
  const helper = envRead(name, list.length > 0 || !/env/i.test(name) ? list : args(node.childForFieldName('arguments'), lo), lo.at(node));
  if (helper) return helper;
  // `", ".join`, `.strip()`, `.lower()` leave a name what it is; `Path("a")` is its path.
  if (callee.kind === 'member' && PASS_THROUGH.has(callee.name) && (list.length === 0 || callee.name.endsWith('strip')))
    return callee.object;
  if (path !== undefined && (path === 'os.path.join' || path === 'Path' || path === 'pathlib.Path') && list.length > 0)
    return joinPath(list);
  const parts = joinedParts(callee, path, list);
  if (parts !== undefined) return joinPath(parts);
  if ((path === 'str' || path === 'cast' || path === 'os.path.abspath' || path === 'os.path.expanduser') && list.length > 0) {
    const last = list.at(-1);
    if (last) return last.value;
  }
  if (MAPPINGS.has(name) || path === 'OmegaConf.create') return mapping(args(node.childForFieldName('arguments'), lo));
  return { kind: 'call', callee, args: list, ...lo.at(node) };
}

/** `base.joinpath("a", "b")`, `os.path.sep.join([a, "b"])`, `"/".join([a, "b"])`: the parts of the path. */
function joinedParts(callee: Expr, path: string | undefined, list: readonly Arg[]): readonly Arg[] | undefined {
  if (callee.kind !== 'member' || list.length === 0) return undefined;
  if (callee.name === 'joinpath') return [{ value: callee.object }, ...list];
  const separated =
    callee.name === 'join' && (SEPARATED.has(path ?? '') || (callee.object.kind === 'string' && callee.object.value === '/'));
  const [first] = list;
  return separated && first?.value.kind === 'list' && first.value.items.length > 0
    ? first.value.items.map((value) => ({ value }))
    : undefined;
}

const SEPARATED = new Set(['os.path.sep.join', 'os.sep.join']);

const PARTIAL = new Set(['partial', 'functools.partial', 'partialmethod', 'functools.partialmethod']);
const APPLIES: ReadonlySet<string> = new Set(['partial', 'partialmethod']);

/** `partial(load, "owner/name")`: the call that it prepares. */
function applied(node: Node, lo: Lowering): Expr {
  const [first, ...rest] = args(node.childForFieldName('arguments'), lo);
  return first && first.name === undefined ? { kind: 'call', callee: first.value, args: rest, ...lo.at(node) } : UNKNOWN;
}

/** Calls that make a mapping of their keywords and of mappings, read by key or by attribute. */
const MAPPINGS = new Set([
  'dict',
  'OrderedDict',
  'SimpleNamespace',
  'Namespace',
  'EasyDict',
  'edict',
  'AttrDict',
  'DotDict',
  'DotMap',
  'Munch',
  'Box',
  'ConfigDict',
  'FrozenConfigDict',
  'MappingProxyType',
  'RunnableConfig',
  'SettingsConfigDict',
]);

function mapping(list: readonly Arg[]): Expr {
  const entries: DictEntry[] = [];
  const spreads: Expr[] = [];
  for (const { name, value } of list) {
    if (name !== undefined) entries.push({ key: { kind: 'string', value: name, line: 1, column: 1 }, value });
    else if (value.kind === 'dict') {
      entries.push(...value.entries);
      spreads.push(...value.spreads);
    } else spreads.push(value);
  }
  return { kind: 'dict', entries, spreads };
}

/** Calls whose value follows from their arguments. */
const EVALUATED = new Set([
  'os.path.join',
  'Path',
  'pathlib.Path',
  'str',
  'cast',
  'os.path.abspath',
  'os.path.expanduser',
  'os.path.dirname',
]);
const PASS_THROUGH = new Set(['strip', 'rstrip', 'lstrip', 'resolve', 'absolute', 'expanduser', 'as_posix', 'copy', 'get_secret_value']);

function joinPath(list: readonly Arg[]): Expr {
  const parts: Expr[] = [];
  for (const [index, arg] of list.entries()) {
    const first = arg.value;
    if (index > 0) parts.push(slash(first));
    parts.push(first);
  }
  return concat(parts);
}

const slash = (near: Expr): Expr => ({
  kind: 'string',
  value: '/',
  line: near.kind === 'string' ? near.line : 1,
  column: near.kind === 'string' ? near.column : 1,
});

/** Left-deep chains (`a + b + …`, thousands long in generated code) are walked without recursion. */
const MAX_CHAIN = 64;

function binary(node: Node, lo: Lowering): Expr {
  const operator = node.childForFieldName('operator')?.type;
  if (operator === '%') {
    const left = lo.expr(node.childForFieldName('left'));
    return left.kind === 'string' ? percent(left, lo.expr(node.childForFieldName('right'))) : UNKNOWN;
  }
  // `prompt | llm | parser` is asked as each of its parts is; `Client | None` is a type.
  if (operator === '|') return either([lo.expr(node.childForFieldName('left')), lo.expr(node.childForFieldName('right'))]);
  if (operator !== '+' && operator !== '/') return UNKNOWN;
  const parts: Expr[] = [];
  let current: Node | null = node;
  for (let depth = 0; current?.type === 'binary_operator' && current.childForFieldName('operator')?.type === operator; depth++) {
    if (depth > MAX_CHAIN) return UNKNOWN;
    const right: Expr = lo.expr(current.childForFieldName('right'));
    parts.push(right);
    if (operator === '/') parts.push(slash(right));
    current = current.childForFieldName('left');
  }
  parts.push(lo.expr(current));
  return concat(parts.reverse());
}

/** `"%s/x" % y` as a concatenation. */
function percent(format: Extract<Expr, { kind: 'string' }>, values: Expr): Expr {
  const list = values.kind === 'list' ? values.items : [values];
  const pieces = format.value.split(/%[sdr]/);
  if (pieces.length !== list.length + 1) return UNKNOWN;
  return concat(pieces.flatMap((value, index) => [{ ...format, value }, ...(list[index] ? [list[index]] : [])]));
}

function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'string':
      return string(node, lo);
    case 'concatenated_string':
      return concat(node.namedChildren.filter((child) => child.type === 'string').map((child) => lo.expr(child)));
    case 'identifier':
      return { kind: 'name', name: lo.text(node) };
    case 'attribute': {
      const name = node.childForFieldName('attribute');
      return { kind: 'member', object: lo.expr(node.childForFieldName('object')), name: name ? lo.text(name) : '' };
    }
    case 'call':
      return call(node, lo);
    case 'subscript': {
      const object = lo.expr(node.childForFieldName('value'));
      const key = lo.expr(node.childForFieldName('subscript'));
      const path = dotted(object);
      if (path !== undefined && ENV_MAPS.has(path) && key.kind === 'string')
        return { kind: 'env', name: key.value, line: key.line, column: key.column };
      return { kind: 'index', object, key };
    }
    case 'list':
    case 'tuple':
    case 'set':
    case 'expression_list':
      return { kind: 'list', items: node.namedChildren.filter((child) => child.type !== 'comment').map((child) => lo.expr(child)) };
    case 'list_comprehension':
    case 'set_comprehension':
    case 'generator_expression':
      return { kind: 'list', items: [lo.expr(node.childForFieldName('body'))] };
    case 'dictionary_comprehension': {
      const pair = node.childForFieldName('body');
      const key = lo.expr(pair?.childForFieldName('key') ?? null);
      return { kind: 'dict', entries: [{ key, value: lo.expr(pair?.childForFieldName('value') ?? null) }], spreads: [] };
    }
    case 'dictionary': {
      const entries: DictEntry[] = [];
      const spreads: Expr[] = [];
      for (const child of node.namedChildren) {
        if (child.type === 'pair')
          entries.push({ key: lo.expr(child.childForFieldName('key')), value: lo.expr(child.childForFieldName('value')) });
        else if (child.type === 'dictionary_splat') spreads.push(lo.expr(child.namedChild(0)));
      }
      return { kind: 'dict', entries, spreads };
    }
    case 'boolean_operator':
      return node.childForFieldName('operator')?.type === 'or'
        ? either([lo.expr(node.childForFieldName('left')), lo.expr(node.childForFieldName('right'))])
        : lo.expr(node.childForFieldName('right'));
    case 'conditional_expression':
      return either([lo.expr(node.namedChild(0)), lo.expr(node.namedChild(2))]);
    case 'binary_operator':
      return binary(node, lo);
    case 'parenthesized_expression':
    case 'await':
    case 'type':
    case 'as_pattern':
      return lo.expr(node.namedChild(0));
    case 'named_expression':
      return lo.expr(node.childForFieldName('value'));
    case 'lambda':
      return lo.expr(node.childForFieldName('body'));
    case 'generic_type':
      return { kind: 'index', object: lo.expr(node.namedChild(0)), key: lo.expr(node.namedChild(1)?.namedChild(0) ?? null) };
    case 'type_parameter':
      return lo.expr(node.namedChild(0));
    default:
      return plainLiteral(node, lo);
  }
}

/** `*args`: what follows it takes no position. */
const STAR = new Set(['list_splat_pattern', 'list_splat']);

function define(node: Node, lo: Lowering): Definition {
  // `load = lambda name="x": …` defines a function.
  const lambda = node.type === 'assignment' ? node.childForFieldName('right') : null;
  const name = node.childForFieldName(lambda ? 'left' : 'name');
  const result = lambda?.childForFieldName('body');
  const returnType = node.childForFieldName('return_type');
  if (node.type === 'class_definition') {
    const bases = (node.childForFieldName('superclasses')?.namedChildren ?? [])
      .filter((child) => child.type !== 'keyword_argument' && child.type !== 'comment')
      .map((child) => lo.expr(child));
    return { name: name ? lo.text(name) : '', bases };
  }
  const params: ParamFact[] = [];
  let behindStar = false;
  for (const child of (lambda ?? node).childForFieldName('parameters')?.namedChildren ?? []) {
    behindStar ||= child.type === 'keyword_separator' || STAR.has(child.type) || STAR.has(child.namedChild(0)?.type ?? '');
    const id = child.type === 'identifier' ? child : (child.childForFieldName('name') ?? child.namedChild(0));
    const splat = [child, id].find((item) => item?.type.endsWith('_splat_pattern'));
    const rest = splat?.namedChild(0);
    if (splat && rest) params.push({ name: lo.text(rest), spread: splat.type.startsWith('dict') ? 'dict' : 'list' });
    if (!id || id.type !== 'identifier' || splat) continue;
    const value = child.childForFieldName('value');
    const type = child.childForFieldName('type');
    const param = lo.text(id);
    const keyword = behindStar ? ({ keyword: true } as const) : {};
    if (!lo.wantsParam(param, value)) params.push({ name: param, ...keyword });
    else params.push({ name: param, ...keyword, ...(value ? { fallback: lo.expr(value) } : {}), ...(type ? { type: lo.expr(type) } : {}) });
  }
  return {
    name: name ? lo.text(name) : '',
    params,
    ...(returnType ? { returnType: lo.expr(returnType) } : {}),
    ...(result ? { result } : {}),
  };
}

export const python: Frontend = {
  language: 'python',
  grammar: 'python',
  prepare: withoutLongComments,
  query: QUERY,
  lower,
  imports,
  define,
  assignments,
  callTypes: new Set(['call']),
  applies: APPLIES,
  strings: new Set(['string', 'string_content', 'string_start', 'string_end']),
};
