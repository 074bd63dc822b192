import type { Node } from 'web-tree-sitter';
import type { Arg, Expr } from './facts.ts';
import { concat, dotted, either, envRead, MAX_PARTS, UNKNOWN, type Lowering } from './frontend.ts';
import { plainLiteral } from './plain-literals.ts';

/**
 * The grammar of Dart does not nest `a.b(c).d`: it is a name and selectors, side by side. A chain goes by its last
 * node here, and is read from there to the left.
 */
const LINKS = new Set([
  'selector',
  'unconditional_assignable_selector',
  'conditional_assignable_selector',
  'argument_part',
  'cascade_section',
]);
/** Selectors of one chain. */
const MAX_CHAIN = 64;
/** Branches of one `switch`. */
const MAX_BRANCHES = 24;
/** Members and methods that leave a name recognisable. */
const SAME = new Set(['trim', 'toString', 'toLowerCase', 'value', 'toJson']);
const ENVIRONMENT = /(?:^|\.)Platform\.environment$|(?:^|\.)(?:dotenv|DotEnv)\.env$|^(?:env|environment)$/;
const ENV_NAME = /^[A-Z][A-Z0-9_]*$/;

export const child = (node: Node | null | undefined, type: string): Node | undefined =>
  node?.namedChildren.find((item) => item.type === type);
export const last = (node: Node | null | undefined): Node | null => node?.namedChild(node.namedChildCount - 1) ?? null;
const lastOf = (node: Node, field: string): Node | null => node.childrenForFieldName(field).findLast((item) => item.isNamed) ?? null;

function argument(node: Node, lo: Lowering): Arg {
  const label = child(node, 'label')?.namedChild(0);
  const value = lo.expr(last(node));
  return label ? { name: lo.text(label), value, line: lo.at(node).line } : { value };
}

export const args = (list: Node | null | undefined, lo: Lowering): Arg[] =>
  (list?.namedChildren ?? []).flatMap((item) => (/^(?:named_)?argument$/.test(item.type) ? [argument(item, lo)] : []));

const PIECES = /r?("""|'''|"|')/;

/** Pieces side by side are one string; the grammar names the holes alone. */
function string(node: Node, lo: Lowering): Expr {
  if (node.namedChildCount > MAX_PARTS) return UNKNOWN;
  const at = lo.at(node);
  const text = lo.text(node);
  const quote = PIECES.exec(text)?.[1] ?? "'";
  const between = new RegExp(`${quote}\\s*r?${quote}`, 'g');
  const parts: Expr[] = [];
  let from = text.indexOf(quote) + quote.length;
  const literal = (to: number): void => {
    const piece = text
      .slice(from, to)
      .replaceAll(between, '')
      .replaceAll(/\\(['"$\\])/g, '$1');
    if (piece !== '') parts.push({ kind: 'string', value: piece, ...at });
  };
  for (const hole of node.namedChildren.filter((item) => item.type === 'template_substitution')) {
    literal(hole.startIndex - node.startIndex);
    const inner = last(hole);
    parts.push(inner?.type === 'identifier_dollar_escaped' ? { kind: 'name', name: lo.text(inner) } : lo.expr(inner));
    from = hole.endIndex - node.startIndex;
  }
  literal(text.length - quote.length);
  return parts.length === 0 ? { kind: 'string', value: '', ...at } : concat(parts);
}

/** `x['KEY']` */
function indexed(object: Expr, key: Expr, node: Node, lo: Lowering): Expr {
  if (key.kind === 'string' && ENV_NAME.test(key.value) && ENVIRONMENT.test(dotted(object) ?? ''))
    return { kind: 'env', name: key.value, ...lo.at(node) };
  return { kind: 'index', object, key };
}

/** `String.fromEnvironment('X', defaultValue: 'y')`, `dotenv.get('X', fallback: 'y')` */
function environment(receiver: Expr | undefined, name: string, given: readonly Arg[], node: Node, lo: Lowering): Expr | undefined {
  const [first] = given;
  const fallback = given.find((arg) => arg.name === 'defaultValue' || arg.name === 'fallback')?.value;
  if (
    first?.value.kind === 'string' &&
    (name === 'fromEnvironment' || (name === 'get' && /env$/i.test(receiver ? (dotted(receiver) ?? '') : '')))
  )
    return { kind: 'env', name: first.value.value, ...lo.at(node), ...(fallback ? { fallback } : {}) };
  return envRead(name, given, lo.at(node));
}

function invoked(callee: Expr, list: Node | undefined, node: Node, lo: Lowering): Expr {
  const at = lo.at(node);
  if (callee.kind !== 'name' && callee.kind !== 'member') return { kind: 'call', callee, args: [], ...at };
  const receiver = callee.kind === 'member' ? callee.object : undefined;
  if (receiver && SAME.has(callee.name)) return receiver;
  const wanted = /env|^get$/i.test(callee.name) || lo.wantsArgs(callee.name);
  const given = wanted ? args(list, lo) : [];
  return environment(receiver, callee.name, given, node, lo) ?? { kind: 'call', callee, args: given, ...at };
}

/** One more link of a chain. */
function linked(object: Expr, link: Node, lo: Lowering): Expr {
  if (link.type === 'argument_part') return invoked(object, child(link, 'arguments'), link, lo);
  if (link.type === 'cascade_section') {
    const name = child(link, 'cascade_selector')?.namedChild(0);
    const value = last(link);
    if (object.kind !== 'call' || !name || !value || value.type === 'argument_part' || value.type === 'cascade_selector') return object;
    return { ...object, args: [...object.args, { name: lo.text(name), value: lo.expr(value) }] };
  }
  const inner = link.namedChild(0);
  // `x!`
  if (!inner) return object;
  if (inner.type === 'index_selector') return indexed(object, lo.expr(last(inner)), link, lo);
  if (inner.type === 'identifier') {
    const name = lo.text(inner);
    return SAME.has(name) ? object : { kind: 'member', object, name };
  }
  return LINKS.has(inner.type) ? linked(object, inner, lo) : object;
}

function chain(node: Node, lo: Lowering): Expr {
  const links: Node[] = [];
  let head: Node | null = node;
  while (head && LINKS.has(head.type) && links.length < MAX_CHAIN) {
    links.unshift(head);
    head = head.previousNamedSibling;
  }
  if (!head || LINKS.has(head.type)) return UNKNOWN;
  let expr = primary(head, lo);
  for (const link of links) expr = linked(expr, link, lo);
  return expr;
}

const primary = (node: Node, lo: Lowering): Expr =>
  node.type === 'identifier' || node.type === 'type_identifier' ? { kind: 'name', name: lo.text(node) } : lo.expr(node);

/** Whether a link is called by the next one: it names the callee, and is no value. */
const isCalled = (node: Node): boolean => {
  const next = node.nextNamedSibling;
  return next?.type === 'argument_part' || (next?.type === 'selector' && next.namedChild(0)?.type === 'argument_part');
};

/** Elements between commas; each is its last node. */
function elements(node: Node): Node[] {
  const found: Node[] = [];
  let current: Node | undefined;
  for (const item of node.children) {
    if (item.type === ',' || item.type === ']' || item.type === '}') {
      if (current) found.push(current);
      current = undefined;
    } else if (item.isNamed && item.type !== 'type_arguments' && item.type !== 'comment') current = item;
  }
  return found;
}

/** `const Foo(…)`, `new Foo.named(…)` */
function creation(node: Node, lo: Lowering): Expr {
  const [type, ...rest] = node.namedChildren.filter((item) => item.type === 'type_identifier' || item.type === 'identifier');
  const callee = rest.reduce<Expr>(
    (object, item) => ({ kind: 'member', object, name: lo.text(item) }),
    type ? { kind: 'name', name: lo.text(type) } : UNKNOWN,
  );
  const given = args(child(node, 'arguments'), lo);
  const receiver = callee.kind === 'member' ? callee.object : undefined;
  return (
    environment(receiver, callee.kind === 'member' ? callee.name : '', given, node, lo) ?? {
      kind: 'call',
      callee,
      args: given,
      ...lo.at(node),
    }
  );
}

function sum(node: Node, lo: Lowering): Expr {
  if (node.namedChildCount > 2 * MAX_PARTS) return UNKNOWN;
  const parts: Expr[] = [];
  let current: Node | undefined;
  for (const item of node.namedChildren) {
    if (item.type !== 'additive_operator') current = item;
    else {
      if (lo.text(item) !== '+') return UNKNOWN;
      if (current) parts.push(lo.expr(current));
    }
  }
  return concat([...parts, ...(current ? [lo.expr(current)] : [])]);
}

export function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'string_literal':
      return string(node, lo);
    case 'identifier': {
      // What is returned goes by its first node.
      const next = node.parent?.type === 'return_statement' ? node.nextNamedSibling : null;
      const end = next && LINKS.has(next.type) ? last(node.parent) : null;
      return end ? chain(end, lo) : { kind: 'name', name: lo.text(node) };
    }
    case 'type_identifier':
      return { kind: 'name', name: lo.text(node) };
    case 'this':
      return { kind: 'name', name: 'this' };
    case 'super':
      return { kind: 'name', name: 'super' };
    case 'selector':
    case 'unconditional_assignable_selector':
    case 'conditional_assignable_selector':
    case 'cascade_section':
      return isCalled(node) ? UNKNOWN : chain(node, lo);
    case 'new_expression':
    case 'const_object_expression':
      return creation(node, lo);
    case 'additive_expression':
      return sum(node, lo);
    case 'if_null_expression':
      return either([lo.expr(lastOf(node, 'first')), lo.expr(lastOf(node, 'second'))]);
    case 'conditional_expression':
      return either([lo.expr(lastOf(node, 'consequence')), lo.expr(lastOf(node, 'alternative'))]);
    case 'switch_expression':
      return either(
        node.namedChildren
          .filter((item) => item.type === 'switch_expression_case')
          .slice(0, MAX_BRANCHES)
          .map((item) => lo.expr(last(item))),
      );
    case 'unary_expression':
    case 'await_expression':
    case 'parenthesized_expression':
    case 'argument':
      return lo.expr(last(node));
    case 'type_cast_expression':
      return lo.expr(node.namedChildren.findLast((item) => item.type !== 'type_cast') ?? null);
    case 'list_literal':
      return { kind: 'list', items: elements(node).map((item) => lo.expr(item)) };
    case 'set_or_map_literal': {
      const pairs = node.namedChildren.filter((item) => item.type === 'pair');
      if (pairs.length === 0) return { kind: 'list', items: elements(node).map((item) => lo.expr(item)) };
      const entries = pairs.map((pair) => ({ key: lo.expr(lastOf(pair, 'key')), value: lo.expr(lastOf(pair, 'value')) }));
      return { kind: 'dict', entries, spreads: [] };
    }
    // A property that is computed reads as what its function returns.
    case 'getter_signature':
      return { kind: 'name', name: 'property' };
    default:
      return plainLiteral(node, lo);
  }
}
