import type { Node } from 'web-tree-sitter';
import type { Arg, Expr } from './facts.ts';
import { concat, dotted, either, MAX_PARTS, UNKNOWN, type Lowering } from './frontend.ts';
import { plainLiteral } from './plain-literals.ts';
import { invoke } from './jvm.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b' };
/** Members and methods without arguments that leave a name recognisable. */
const SAME = new Set(['trim', 'stripMargin', 'toString', 'toLowerCase', 'value', 'get', 'asJava', 'asScala', 'some', 'toOption']);
/** Calls that are what they hold. */
const HOLDS = new Set(['Option', 'Some', 'Right', 'Success', 'IO', 'Future', 'pure', 'succeed', 'Try']);
export const LISTS = new Set(['List', 'Seq', 'Vector', 'Set', 'Array', 'IndexedSeq', 'Iterable', 'Stream', 'LazyList', 'NonEmptyList.of']);
/** Methods that are called without parentheses as well. */
const BUILDERS = new Set(['builder', 'newBuilder']);
const OTHERWISE = new Set(['getOrElse', 'orElse']);
const ENVIRONMENT = /^(?:scala\.)?sys\.env$/;
/** Branches of one `match`. */
const MAX_BRANCHES = 24;

export const last = (node: Node | null | undefined): Node | null => node?.namedChild(node.namedChildCount - 1) ?? null;

function argument(node: Node, lo: Lowering): Arg {
  const left = node.type === 'assignment_expression' ? node.childForFieldName('left') : null;
  if (left?.type === 'identifier') return { name: lo.text(left), value: lo.expr(node.childForFieldName('right')), line: lo.at(node).line };
  return { value: lo.expr(node) };
}

export const args = (list: Node | null | undefined, lo: Lowering): Arg[] =>
  list?.type === 'arguments' ? list.namedChildren.filter((item) => item.type !== 'comment').map((item) => argument(item, lo)) : [];

/** Characters of a format, with room. */
const MAX_FORMAT = 16;
/** How `f"$size%s"` writes the value before it. */
const FORMAT = /^%[-#+ 0,(]{0,6}\d{0,3}(?:\.\d{1,3})?[a-zA-Z]/;

/** `s"$prefix-3-${size}"`: the grammar names the holes alone. */
function interpolated(node: Node, lo: Lowering): Expr {
  const body = node.namedChildren.find((item) => item.type === 'interpolated_string');
  if (!body || body.namedChildCount > MAX_PARTS) return UNKNOWN;
  const at = lo.at(node);
  const text = lo.text(body);
  const edge = text.startsWith('"""') ? 3 : 1;
  const formats = node.namedChild(0)?.type === 'identifier' && lo.text(node).startsWith('f"');
  const parts: Expr[] = [];
  let from = edge;
  const literal = (to: number): void => {
    if (to > from) parts.push({ kind: 'string', value: text.slice(from, to), ...at });
  };
  for (const hole of body.namedChildren.filter((item) => item.type === 'interpolation')) {
    literal(hole.startIndex - body.startIndex);
    parts.push(lo.expr(hole.namedChild(0)));
    from = hole.endIndex - body.startIndex;
    if (formats) from += FORMAT.exec(text.slice(from, from + MAX_FORMAT))?.[0].length ?? 0;
  }
  literal(text.length - edge);
  return parts.length === 0 ? { kind: 'string', value: '', ...at } : concat(parts);
}

const unquoted = (text: string): string =>
  text.startsWith('"""') ? text.slice(3, -3) : text.slice(1, -1).replaceAll(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char);

/** `sys.env("X")`, `sys.env.get("X")`, `sys.env.getOrElse("X", "default")` */
function environment(receiver: Expr | undefined, name: string, given: () => readonly Arg[], node: Node, lo: Lowering): Expr | undefined {
  const whole = receiver ? (name === 'env' ? `${dotted(receiver) ?? ''}.env` : (dotted(receiver) ?? '')) : '';
  if (!ENVIRONMENT.test(whole) || (name !== 'env' && name !== 'get' && name !== 'getOrElse' && name !== 'apply')) return undefined;
  const [key, fallback] = given();
  if (key?.value.kind !== 'string') return undefined;
  return { kind: 'env', name: key.value.value, ...lo.at(node), ...(fallback ? { fallback: fallback.value } : {}) };
}

function call(node: Node, lo: Lowering): Expr {
  const written = node.childForFieldName('function');
  const target = written?.type === 'generic_function' ? written.childForFieldName('function') : written;
  const list = node.childForFieldName('arguments');
  const at = lo.at(node);
  if (target?.type === 'call_expression') {
    // `load("a") { x => … }`, `f(a)(using b)`: what the first list is given tells.
    return lo.expr(target);
  }
  const member = target?.type === 'field_expression';
  const nameNode = member ? target.childForFieldName('field') : target;
  if (!target || !nameNode || (!member && target.type !== 'identifier' && target.type !== 'type_identifier'))
    return { kind: 'call', callee: lo.expr(target), args: args(list, lo), ...at };
  const name = lo.text(nameNode);
  const receiver = member ? lo.expr(target.childForFieldName('value')) : undefined;
  const given = (): readonly Arg[] => args(list, lo);
  const read = environment(receiver, name, given, node, lo);
  if (read) return read;
  if (receiver && OTHERWISE.has(name)) {
    const [first, second] = given();
    const fallback = first?.value ?? (list?.type === 'block' ? lo.expr(list) : UNKNOWN);
    if (second) return invoke({ receiver, name: 'getOrDefault', count: 2, args: given, at }, lo);
    return receiver.kind === 'env' && !receiver.fallback ? { ...receiver, fallback } : either([receiver, fallback]);
  }
  if (!receiver && HOLDS.has(name)) return given()[0]?.value ?? UNKNOWN;
  if (!receiver && LISTS.has(name)) return { kind: 'list', items: given().map(({ value }) => value) };
  if (!receiver && name === 'Map')
    return { kind: 'dict', entries: given().flatMap(({ value }) => (value.kind === 'dict' ? value.entries : [])), spreads: [] };
  // Typesafe Config: a question to configuration.
  if (receiver && (name === 'getString' || name === 'getConfig'))
    return { kind: 'call', callee: { kind: 'member', object: receiver, name: 'get' }, args: given(), ...at };
  const only = list?.namedChildCount === 1 ? list.namedChild(0) : null;
  // `models("plan")`: a dictionary is called with a key.
  if (!receiver && only?.type === 'string' && !lo.wantsArgs(name)) return { kind: 'index', object: lo.expr(nameNode), key: lo.expr(only) };
  return invoke({ receiver, name, count: list?.namedChildCount ?? 0, args: given, at }, lo);
}

/** `new X(…)` */
export function creation(node: Node, lo: Lowering): Expr {
  const type = node.namedChildren.find((item) => /type/.test(item.type));
  const list = node.namedChildren.find((item) => item.type === 'arguments');
  return { kind: 'call', callee: lo.expr(type ?? null), args: args(list, lo), ...lo.at(node) };
}

function infix(node: Node, lo: Lowering): Expr {
  const operator = node.childForFieldName('operator');
  const left = node.childForFieldName('left');
  const right = node.childForFieldName('right');
  const sign = operator ? lo.text(operator) : '';
  if (sign === '->') return { kind: 'dict', entries: [{ key: lo.expr(left), value: lo.expr(right) }], spreads: [] };
  if (sign === '+') return concat([lo.expr(left), lo.expr(right)]);
  return sign === 'getOrElse' || sign === 'orElse' ? either([lo.expr(left), lo.expr(right)]) : UNKNOWN;
}

const alternatives = (node: Node, lo: Lowering): Expr =>
  either(
    (node.childForFieldName('body')?.namedChildren ?? [])
      .filter((item) => item.type === 'case_clause')
      .slice(0, MAX_BRANCHES)
      .map((item) => lo.expr(item.childForFieldName('body'))),
  );

export function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'string':
      return { kind: 'string', value: unquoted(lo.text(node)), ...lo.at(node) };
    case 'interpolated_string_expression':
      return interpolated(node, lo);
    case 'identifier':
    case 'type_identifier':
      return { kind: 'name', name: lo.text(node) };
    case 'field_expression': {
      const field = node.childForFieldName('field');
      const name = field ? lo.text(field) : '';
      const object = lo.expr(node.childForFieldName('value'));
      if (SAME.has(name)) return object;
      const member: Expr = { kind: 'member', object, name };
      return BUILDERS.has(name) ? { kind: 'call', callee: member, args: [], ...lo.at(node) } : member;
    }
    case 'call_expression':
      return call(node, lo);
    case 'instance_expression':
      return creation(node, lo);
    case 'annotation': {
      const name = node.childForFieldName('name');
      const list = node.childForFieldName('arguments');
      return { kind: 'call', callee: lo.expr(name), args: args(list, lo), ...lo.at(node) };
    }
    case 'generic_function':
      return lo.expr(node.childForFieldName('function'));
    case 'generic_type': {
      const key = node.childForFieldName('type_arguments')?.namedChild(0) ?? null;
      return { kind: 'index', object: lo.expr(node.childForFieldName('type')), key: lo.expr(key) };
    }
    case 'stable_type_identifier':
    case 'stable_identifier': {
      const names = lo.text(node).split('.');
      return names.slice(1).reduce<Expr>((object, name) => ({ kind: 'member', object, name }), { kind: 'name', name: names[0] ?? '' });
    }
    case 'infix_expression':
      return infix(node, lo);
    case 'if_expression':
      return either([lo.expr(node.childForFieldName('consequence')), lo.expr(node.childForFieldName('alternative'))]);
    case 'match_expression':
      return alternatives(node, lo);
    case 'block':
    case 'indented_block':
      return lo.expr(last(node));
    case 'parenthesized_expression':
    case 'ascription_expression':
    case 'return_expression':
      return lo.expr(node.namedChild(0));
    // A method without a list of parameters reads as its value.
    case 'function_definition':
      return { kind: 'name', name: 'property' };
    default:
      return plainLiteral(node, lo);
  }
}
