import type { Node } from 'web-tree-sitter';
import type { Arg, Expr } from './facts.ts';
import { concat, either, UNKNOWN, type Lowering } from './frontend.ts';
import { plainLiteral } from './plain-literals.ts';
import { invoke } from './jvm.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b' };
/** Calls that are what their block is. */
const BLOCKS = new Set(['lazy', 'run', 'runBlocking', 'runCatching', 'with', 'withContext', 'remember', 'use', 'let']);
/** Calls whose block configures their receiver or doubts it. */
const SAME = new Set(['apply', 'also', 'takeIf', 'takeUnless']);
/** Calls whose block says what else it may be. */
const OTHERWISE = new Set(['ifBlank', 'ifEmpty', 'getOrElse', 'getOrDefault']);
const CHECKED = new Set(['requireNotNull', 'checkNotNull']);
/** Statements of a block that configures something. */
const MAX_STATEMENTS = 40;

export const child = (node: Node | null | undefined, type: string): Node | undefined =>
  node?.namedChildren.find((item) => item.type === type);
export const last = (node: Node | null | undefined): Node | null => node?.namedChild(node.namedChildCount - 1) ?? null;

function valueArgument(node: Node, lo: Lowering): Arg {
  const [first, second] = [node.child(0), node.child(1)];
  const value = lo.expr(last(node));
  if (first?.type === 'simple_identifier' && second?.type === '=') return { name: lo.text(first), value, line: lo.at(node).line };
  return first?.type === '*' ? { value, spread: 'list' } : { value };
}

export const args = (list: Node | undefined, lo: Lowering): Arg[] =>
  (list?.namedChildren ?? []).flatMap((item) => (item.type === 'value_argument' ? [valueArgument(item, lo)] : []));

const lambdaOf = (suffix: Node | null): Node | undefined => child(child(suffix, 'annotated_lambda'), 'lambda_literal');

/** `{ model = "x"; temperature(0.2); options { … } }`: a block that configures is keywords. */
function blockArgs(lambda: Node | undefined, lo: Lowering): Arg[] {
  return (child(lambda, 'statements')?.namedChildren ?? []).slice(0, MAX_STATEMENTS).flatMap((item): Arg[] => {
    if (item.type === 'assignment') {
      const target = item.namedChild(0);
      const name = target?.namedChildCount === 1 ? target.namedChild(0) : null;
      return name?.type === 'simple_identifier' ? [{ name: lo.text(name), value: lo.expr(last(item)), line: lo.at(item).line }] : [];
    }
    const name = item.type === 'call_expression' ? item.namedChild(0) : null;
    if (name?.type !== 'simple_identifier') return [];
    const suffix = last(item);
    const list = child(suffix, 'value_arguments');
    const inner = lambdaOf(suffix);
    if (list?.namedChildCount === 1 && !inner) return args(list, lo).map(({ value }) => ({ name: lo.text(name), value }));
    if (!inner || list) return [];
    return [
      {
        name: lo.text(name),
        value: { kind: 'call', callee: { kind: 'name', name: lo.text(name) }, args: blockArgs(inner, lo), ...lo.at(item) },
      },
    ];
  });
}

/** Value of a block: its last statement. */
const blockValue = (lambda: Node | undefined, lo: Lowering): Expr => (lambda ? lo.expr(last(child(lambda, 'statements'))) : UNKNOWN);

function call(node: Node, lo: Lowering): Expr {
  const target = node.namedChild(0);
  const suffix = node.namedChild(1);
  const list = child(suffix, 'value_arguments');
  const lambda = lambdaOf(suffix);
  const at = lo.at(node);
  const member = target?.type === 'navigation_expression';
  const nameNode = member ? last(last(target)) : target;
  if (!nameNode || (!member && nameNode.type !== 'simple_identifier'))
    return { kind: 'call', callee: lo.expr(target), args: args(list, lo), ...at };
  const name = lo.text(nameNode);
  const receiver = member ? lo.expr(target.namedChild(0)) : undefined;
  if (receiver && SAME.has(name) && lambda)
    return receiver.kind === 'call' ? { ...receiver, args: [...receiver.args, ...blockArgs(lambda, lo)] } : receiver;
  if (receiver && OTHERWISE.has(name) && lambda) {
    const [key] = args(list, lo);
    const fallback = blockValue(lambda, lo);
    if (!key) return either([receiver, fallback]);
    return invoke({ receiver, name: 'getOrDefault', count: 2, args: () => [key, { value: fallback }], at }, lo);
  }
  if (BLOCKS.has(name) && lambda) {
    const value = blockValue(lambda, lo);
    return value.kind === 'unknown' && receiver ? receiver : value;
  }
  if (!receiver && CHECKED.has(name)) return args(list, lo)[0]?.value ?? UNKNOWN;
  return invoke(
    {
      receiver,
      name,
      count: (list?.namedChildCount ?? 0) + (lambda ? 1 : 0),
      args: () => [...args(list, lo), ...(lambda ? blockArgs(lambda, lo) : [])],
      at,
    },
    lo,
  );
}

function template(node: Node, lo: Lowering): Expr {
  const raw = lo.text(node).startsWith('"""');
  const parts = node.namedChildren.map((part): Expr => {
    if (part.type === 'string_content') {
      const written = lo.text(part);
      return {
        kind: 'string',
        value: raw ? written : written.replaceAll(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char),
        ...lo.at(node),
      };
    }
    return part.type === 'interpolated_identifier' ? { kind: 'name', name: lo.text(part) } : lo.expr(part.namedChild(0));
  });
  return parts.length === 0 ? { kind: 'string', value: '', ...lo.at(node) } : concat(parts);
}

/** `A("gpt-4o")` as the construction of its enum, with the names of the enum's parameters. */
export function enumEntry(node: Node, lo: Lowering): Expr {
  const owner = node.parent?.parent;
  const list = child(node, 'value_arguments');
  const name = child(owner, 'type_identifier');
  const names = (child(owner, 'primary_constructor')?.namedChildren ?? []).flatMap((item) => child(item, 'simple_identifier') ?? []);
  const given = args(list, lo).map((arg, index): Arg => {
    const param = names[index];
    return arg.name === undefined && param ? { ...arg, name: lo.text(param) } : arg;
  });
  return { kind: 'call', callee: { kind: 'name', name: name ? lo.text(name) : '' }, args: given, ...lo.at(node) };
}

function annotation(node: Node, lo: Lowering): Expr {
  const made = child(node, 'constructor_invocation');
  const type = child(made ?? node, 'user_type');
  return { kind: 'call', callee: lo.expr(type ?? null), args: args(child(made, 'value_arguments'), lo), ...lo.at(node) };
}

function typeExpr(node: Node, lo: Lowering): Expr {
  let path: Expr | undefined;
  for (const item of node.namedChildren) {
    if (item.type === 'type_identifier')
      path = path ? { kind: 'member', object: path, name: lo.text(item) } : { kind: 'name', name: lo.text(item) };
    else if (item.type === 'type_arguments' && path) {
      const first = item.namedChild(0);
      return { kind: 'index', object: path, key: lo.expr(first?.type === 'type_projection' ? last(first) : first) };
    }
  }
  return path ?? UNKNOWN;
}

/** `System.getenv()["X"]` is a read of `X`. */
function indexed(node: Node, lo: Lowering): Expr {
  const object = node.namedChild(0);
  const key = lo.expr(node.namedChild(1)?.namedChild(0) ?? null);
  if (object && key.kind === 'string' && /\bgetenv\(\)$/.test(lo.text(object))) return { kind: 'env', name: key.value, ...lo.at(node) };
  return { kind: 'index', object: lo.expr(object), key };
}

export function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'string_literal':
      return template(node, lo);
    case 'simple_identifier':
    case 'type_identifier':
      return { kind: 'name', name: lo.text(node) };
    case 'this_expression':
      return { kind: 'name', name: 'this' };
    case 'navigation_expression': {
      const name = last(last(node));
      return { kind: 'member', object: lo.expr(node.namedChild(0)), name: name ? lo.text(name) : '' };
    }
    case 'call_expression':
      return call(node, lo);
    case 'constructor_invocation':
      return { kind: 'call', callee: lo.expr(node.namedChild(0)), args: args(child(node, 'value_arguments'), lo), ...lo.at(node) };
    case 'enum_entry':
      return enumEntry(node, lo);
    case 'annotation':
      return annotation(node, lo);
    case 'indexing_expression':
      return indexed(node, lo);
    case 'infix_expression': {
      const [key, operator, value] = node.namedChildren;
      if (!key || !value || !operator || lo.text(operator) !== 'to') return UNKNOWN;
      return { kind: 'dict', entries: [{ key: lo.expr(key), value: lo.expr(value) }], spreads: [] };
    }
    case 'additive_expression':
      return node.child(1)?.type === '+' ? concat([lo.expr(node.namedChild(0)), lo.expr(last(node))]) : UNKNOWN;
    case 'elvis_expression':
      return either([lo.expr(node.namedChild(0)), lo.expr(last(node))]);
    case 'if_expression':
      return either([lo.expr(node.childForFieldName('consequence')), lo.expr(node.childForFieldName('alternative'))]);
    case 'when_expression':
      return either(node.namedChildren.flatMap((item) => (item.type === 'when_entry' ? [lo.expr(last(item))] : [])));
    case 'control_structure_body':
    case 'statements':
    case 'function_body':
      return lo.expr(last(node));
    case 'parenthesized_expression':
    case 'postfix_expression':
    case 'as_expression':
      return lo.expr(node.namedChild(0));
    case 'collection_literal':
      return { kind: 'list', items: node.namedChildren.map((item) => lo.expr(item)) };
    case 'user_type':
      return typeExpr(node, lo);
    case 'nullable_type':
      return lo.expr(node.namedChild(0));
    default:
      return plainLiteral(node, lo);
  }
}
