import type { Node } from 'web-tree-sitter';
import type { Arg, Expr } from './facts.ts';
import { concat, dotted, either, envRead, IMPLICIT, joinedPath, MAX_PARTS, UNKNOWN, type Lowering } from './frontend.ts';
import { plainLiteral } from './plain-literals.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };
/** Properties that hold the same name as their object. */
const SAME = new Set(['rawValue', 'absoluteString', 'self', 'projectedValue', 'wrappedValue']);
/** Methods that leave a name recognisable. */
const PASS_THROUGH = new Set(['lowercased', 'trimmingCharacters', 'asString', 'eraseToAnyPublisher']);
/** Cases of SDKs that hold a name as it is: `.custom("gpt-4o")`. */
const HOLDS = new Set(['init', 'custom', 'other', 'named', 'id', 'model']);
const PATH_STEPS = new Set(['appendingPathComponent', 'appending', 'appendingPathExtension']);
const ENVIRONMENT = /(?:^|\.)ProcessInfo(?:\.|\(\)\.)processInfo\.environment$|^(?:\w*[eE]nv|\w*[eE]nvironment|Dotenv)$/;
const ENV_NAME = /^[A-Z][A-Z0-9_]*$/;
/** Values of a property list that the program carries; a build setting is named as its key. */
const PROPERTY_LIST = /(?:^|\.)infoDictionary$/;
/** Branches of one statement. */
const MAX_BRANCHES = 24;

export const child = (node: Node | null | undefined, type: string): Node | undefined =>
  node?.namedChildren.find((item) => item.type === type);
export const last = (node: Node | null | undefined): Node | null => node?.namedChild(node.namedChildCount - 1) ?? null;
export const unticked = (name: string): string => (name.startsWith('`') ? name.slice(1, -1) : name);

function valueArgument(node: Node, lo: Lowering): Arg {
  const label = node.childForFieldName('name');
  const value = lo.expr(node.childForFieldName('value'));
  return label ? { name: lo.text(label), value, line: lo.at(node).line } : { value };
}

export const args = (list: Node | null | undefined, lo: Lowering): Arg[] =>
  (list?.namedChildren ?? []).flatMap((item) => (item.type === 'value_argument' ? [valueArgument(item, lo)] : []));

function string(node: Node, lo: Lowering): Expr {
  if (node.namedChildCount > MAX_PARTS) return UNKNOWN;
  const at = lo.at(node);
  const parts = node.namedChildren.map((part): Expr => {
    if (part.type === 'interpolated_expression') return lo.expr(part.childForFieldName('value'));
    const written = lo.text(part);
    return { kind: 'string', value: part.type === 'str_escaped_char' ? (ESCAPES[written[1] ?? ''] ?? written.slice(1)) : written, ...at };
  });
  return parts.length === 0 ? { kind: 'string', value: '', ...at } : concat(parts);
}

/** `x["key"]` is a call of `x` to the grammar. */
function indexed(node: Node, target: Node, list: Node, lo: Lowering): Expr {
  const [given] = args(list, lo);
  const key = given?.value ?? UNKNOWN;
  const object = lo.expr(target);
  const path = dotted(object) ?? '';
  if (key.kind === 'string' && (PROPERTY_LIST.test(path) || (ENVIRONMENT.test(path) && ENV_NAME.test(key.value)))) {
    const fallback = list.namedChildren.find((item) => item.childForFieldName('name') !== null);
    return {
      kind: 'env',
      name: key.value,
      ...lo.at(node),
      ...(fallback ? { fallback: lo.expr(fallback.childForFieldName('value')) } : {}),
    };
  }
  return { kind: 'index', object, key };
}

export const TYPES = new Set(['user_type', 'optional_type', 'array_type', 'opaque_type', 'existential_type']);
export const typeOf = (node: Node | null | undefined): Node | undefined => node?.namedChildren.find((item) => TYPES.has(item.type));
/** What a value stands in, up to the declaration that says its type. */
const BETWEEN =
  /^(?:control_transfer_statement|statements|function_body|computed_property|computed_getter|try_expression|await_expression)$/;
/** `{ return try .init(…) }` of a property: five. */
const MAX_BETWEEN = 6;

/** The type of `.init(…)`, where it is the value of a property or what a function returns. */
export function impliedType(node: Node, lo: Lowering): Node | undefined {
  let around = lo.parent(node);
  for (let climbed = 0; around && climbed < MAX_BETWEEN && BETWEEN.test(around.type); climbed++) around = lo.parent(around);
  if (around?.type === 'property_declaration') return typeOf(child(around, 'type_annotation'));
  return around?.type === 'function_declaration' ? around.childrenForFieldName('name').find((item) => TYPES.has(item.type)) : undefined;
}

/** What a call of a library of every platform says of a name: variables, files of the bundle, parts of a path. */
function known(receiver: Expr | undefined, name: string, given: readonly Arg[], node: Node, lo: Lowering): Expr | undefined {
  const at = lo.at(node);
  const [first] = given;
  const named = (label: string): Expr | undefined => given.find((arg) => arg.name === label)?.value;
  const resource = named('forResource');
  if (resource) {
    const end = named('withExtension') ?? named('ofType');
    return end && end.kind !== 'null' ? concat([resource, { kind: 'string', value: '.', ...at }, end]) : resource;
  }
  const property = named('forInfoDictionaryKey');
  if (property?.kind === 'string') return { kind: 'env', name: property.value, ...at };
  if (receiver?.kind === 'name' && receiver.name === 'Environment' && name === 'get' && first?.value.kind === 'string')
    return { kind: 'env', name: first.value.value, ...at };
  if (receiver && PATH_STEPS.has(name) && first && /^(?:path|component)?$/.test(first.name ?? ''))
    return joinedPath([receiver, first.value], at);
  return envRead(name, given, at);
}

/** The closure that is called at once, or holds a property's observers. */
function ofClosure(target: Node, suffix: Node | null, lo: Lowering): Expr | undefined {
  if (target.type === 'lambda_literal') return blockValue(child(target, 'statements'), lo);
  const closure = suffix?.namedChild(0);
  return closure?.type === 'lambda_literal' && /^\{\s*(?:willSet|didSet)\b/.test(lo.text(closure)) ? lo.expr(target) : undefined;
}

function call(node: Node, lo: Lowering): Expr {
  const target = node.namedChild(0);
  const suffix = child(node, 'call_suffix') ?? null;
  const list = child(suffix, 'value_arguments');
  if (!target) return UNKNOWN;
  if (list?.child(0)?.type === '[') return indexed(node, target, list, lo);
  const closure = ofClosure(target, suffix, lo);
  if (closure) return closure;
  const callee = lo.expr(target);
  const at = lo.at(node);
  if (callee.kind !== 'name' && callee.kind !== 'member') return { kind: 'call', callee, args: [], ...at };
  const { name } = callee;
  const receiver = callee.kind === 'member' ? callee.object : undefined;
  if (receiver && PASS_THROUGH.has(name)) return receiver;
  const implicit = receiver?.kind === 'name' && receiver.name === IMPLICIT;
  const holds = receiver !== undefined && HOLDS.has(name);
  const wanted =
    holds ||
    implicit ||
    name === 'init' ||
    KNOWN.test(name) ||
    PATH_STEPS.has(name) ||
    lo.wantsArgs(receiver && name === 'init' ? lastOf(receiver) : name);
  const given = wanted ? args(list, lo) : [];
  const [first] = given;
  if ((holds || implicit) && first && given.length === 1 && (first.name === undefined || first.name === 'rawValue')) {
    if (implicit && (holds || first.value.kind === 'string')) return first.value;
    if (holds && name !== 'init') return first.value;
  }
  const implied = implicit && name === 'init' ? impliedType(node, lo) : undefined;
  if (implied) return { kind: 'call', callee: lo.expr(implied), args: given, ...at };
  // `Client.init(…)` is `Client(…)`.
  if (receiver && name === 'init' && !implicit)
    return { kind: 'call', callee: receiver.kind === 'name' && receiver.name === 'self' ? callee : receiver, args: given, ...at };
  return known(receiver, name, given, node, lo) ?? { kind: 'call', callee, args: given, ...at };
}
/** Calls that `known` reads. */
const KNOWN = /env|^(?:get|url|path|object|bundleURL)$/i;
const lastOf = (expr: Expr): string => (expr.kind === 'name' || expr.kind === 'member' ? expr.name : '');

/** Value of a block: what it returns, or its last statement; of a branch each alternative. */
export function blockValue(statements: Node | null | undefined, lo: Lowering): Expr {
  const final = last(statements);
  if (!final) return UNKNOWN;
  if (final.type === 'control_transfer_statement') return lo.expr(final.childForFieldName('result') ?? final.namedChild(0));
  return lo.expr(final);
}

export function branches(node: Node, lo: Lowering): Expr {
  const blocks = node.namedChildren.flatMap((item): Node[] => {
    if (item.type === 'statements') return [item];
    if (item.type === 'switch_entry') return [child(item, 'statements') ?? item];
    return item.type === 'if_statement' ? [item] : [];
  });
  return either(blocks.slice(0, MAX_BRANCHES).map((block) => (block.type === 'if_statement' ? lo.expr(block) : blockValue(block, lo))));
}

function typeExpr(node: Node, lo: Lowering): Expr {
  let path: Expr | undefined;
  for (const item of node.namedChildren) {
    if (item.type === 'type_identifier')
      path = path ? { kind: 'member', object: path, name: lo.text(item) } : { kind: 'name', name: lo.text(item) };
    else if (item.type === 'type_arguments' && path) return { kind: 'index', object: path, key: lo.expr(item.namedChild(0)) };
  }
  return path ?? UNKNOWN;
}

function navigation(node: Node, lo: Lowering): Expr {
  const suffix = node.childForFieldName('suffix')?.childForFieldName('suffix');
  const object = lo.expr(node.childForFieldName('target'));
  const name = suffix ? unticked(lo.text(suffix)) : '';
  return SAME.has(name) ? object : { kind: 'member', object, name };
}

function dictionary(node: Node, lo: Lowering): Expr {
  const keys = node.childrenForFieldName('key').filter((item) => item.isNamed);
  const values = node.childrenForFieldName('value').filter((item) => item.isNamed);
  return {
    kind: 'dict',
    entries: keys.flatMap((key, index) => {
      const value = values[index];
      return value ? [{ key: lo.expr(key), value: lo.expr(value) }] : [];
    }),
    spreads: [],
  };
}

export function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'line_string_literal':
    case 'multi_line_string_literal':
      return string(node, lo);
    case 'raw_string_literal':
      return { kind: 'string', value: lo.text(node).replaceAll(/^#*"+|"+#*$/g, ''), ...lo.at(node) };
    case 'simple_identifier':
    case 'type_identifier':
      return { kind: 'name', name: unticked(lo.text(node)) };
    case 'self_expression':
      return { kind: 'name', name: 'self' };
    case 'super_expression':
      return { kind: 'name', name: 'super' };
    case 'navigation_expression':
      return navigation(node, lo);
    case 'prefix_expression': {
      const target = node.childForFieldName('target');
      const operation = node.childForFieldName('operation');
      if (operation?.type === '.' && target)
        return { kind: 'member', object: { kind: 'name', name: IMPLICIT }, name: unticked(lo.text(target)) };
      return operation?.type === '-' ? negative(lo.expr(target)) : UNKNOWN;
    }
    case 'call_expression':
      return call(node, lo);
    case 'constructor_expression':
      return {
        kind: 'call',
        callee: lo.expr(node.childForFieldName('constructed_type')),
        args: args(child(child(node, 'constructor_suffix'), 'value_arguments'), lo),
        ...lo.at(node),
      };
    case 'additive_expression':
      return node.childForFieldName('op')?.type === '+'
        ? concat([lo.expr(node.childForFieldName('lhs')), lo.expr(node.childForFieldName('rhs'))])
        : UNKNOWN;
    case 'nil_coalescing_expression':
      return either([lo.expr(node.childForFieldName('value')), lo.expr(node.childForFieldName('if_nil'))]);
    case 'ternary_expression':
      return either([lo.expr(node.childForFieldName('if_true')), lo.expr(node.childForFieldName('if_false'))]);
    case 'try_expression':
    case 'await_expression':
    case 'as_expression':
      return lo.expr(node.childForFieldName('expr'));
    case 'postfix_expression':
      return lo.expr(node.childForFieldName('target'));
    case 'tuple_expression':
      return node.namedChildCount === 1
        ? lo.expr(node.namedChild(0))
        : { kind: 'list', items: node.childrenForFieldName('value').map((item) => lo.expr(item)) };
    case 'array_literal':
      return { kind: 'list', items: node.namedChildren.filter((item) => item.type !== 'comment').map((item) => lo.expr(item)) };
    case 'dictionary_literal':
      return dictionary(node, lo);
    case 'statements':
      return blockValue(node, lo);
    case 'if_statement':
    case 'switch_statement':
      return branches(node, lo);
    case 'user_type':
      return typeExpr(node, lo);
    case 'optional_type':
    case 'array_type':
    case 'opaque_type':
    case 'existential_type':
      return lo.expr(node.namedChild(0));
    // A property that is computed reads as what its function returns.
    case 'computed_property':
      return { kind: 'name', name: 'property' };
    default:
      return plainLiteral(node, lo);
  }
}

const negative = (expr: Expr): Expr => (expr.kind === 'number' ? { kind: 'number', value: -expr.value } : UNKNOWN);
