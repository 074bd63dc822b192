import type { Node } from 'web-tree-sitter';
import type { Arg, Expr, ImportFact, ParamFact } from './facts.ts';
import { concat, dotted, either, envRead, UNKNOWN, type Assignment, type Definition, type Frontend, type Lowering } from './frontend.ts';
import { plainLiteral } from './plain-literals.ts';

const QUERY = `
(use_declaration) @import
(function_item name: (_) @name) @function
(struct_item name: (_) @name) @class
(enum_item name: (_) @name) @class
(impl_item type: [(type_identifier) @name (generic_type type: (type_identifier) @name)]) @class
(call_expression function: [(identifier) @name (scoped_identifier name: (identifier) @name) (field_expression field: (field_identifier) @name) (generic_function function: (scoped_identifier name: (identifier) @name))]) @call
(struct_expression name: [(type_identifier) @name (scoped_type_identifier name: (type_identifier) @name)]) @call
(macro_invocation macro: (identifier) @name) @call
(const_item value: (_)) @assign
(static_item value: (_)) @assign
(let_declaration value: (_)) @assign
(return_expression (_)) @return
`;

const BUILDER = /^(?:default|builder|new|from_env|create|\w*_builder|with_\w+)$/;
const PASS_THROUGH = new Set([
  'to_string',
  'to_owned',
  'into',
  'clone',
  'as_str',
  'unwrap',
  'trim',
  'as_ref',
  'to_lowercase',
  'await',
  'ok',
  'parse',
  'unwrap_or_default',
  'iter',
]);
const unquote = (text: string): string => text.replace(/^[bc]?r?#*"/, '').replace(/"#*$/, '');

function args(node: Node | null | undefined, lo: Lowering): Arg[] {
  return (node?.namedChildren ?? []).filter((child) => !/comment/.test(child.type)).map((child) => ({ value: lo.expr(child) }));
}

const calleeName = (expr: Expr): string => (expr.kind === 'name' || expr.kind === 'member' ? expr.name : '');

function call(node: Node, lo: Lowering): Expr {
  const fn = node.childForFieldName('function');
  const at = lo.at(node);
  const list = node.childForFieldName('arguments');
  if (fn?.type === 'field_expression') {
    const receiver = lo.expr(fn.childForFieldName('value'));
    const name = lo.text(fn.childForFieldName('field') ?? fn);
    if (PASS_THROUGH.has(name) && (list?.namedChildCount ?? 0) === 0) return receiver;
    if (receiver.kind === 'env' && name.startsWith('unwrap_or')) {
      const [first] = args(list, lo);
      return first ? { ...receiver, fallback: first.value } : receiver;
    }
    if (receiver.kind === 'call' && BUILDER.test(calleeName(receiver.callee))) {
      const [first] = args(list, lo);
      return first ? { ...receiver, args: [...receiver.args, { name, value: first.value }] } : receiver;
    }
    return { kind: 'call', callee: { kind: 'member', object: receiver, name }, args: lo.wantsArgs(name) ? args(list, lo) : [], ...at };
  }
  const callee = lo.expr(fn);
  const name = calleeName(callee);
  const path = dotted(callee) ?? '';
  const given = /env|^var$|^from$|^Some$/.test(name) || lo.wantsArgs(name) ? args(list, lo) : [];
  const [first] = given;
  if (/(?:^|\.)env\.var$/.test(path) && first?.value.kind === 'string') return { kind: 'env', name: first.value.value, ...at };
  if ((path === 'String.from' || path === 'Some' || path === 'Box.new' || path === 'Arc.new') && first) return first.value;
  return envRead(name, given, at) ?? { kind: 'call', callee, args: given, ...at };
}

function macro(node: Node, lo: Lowering): Expr {
  const name = lo.text(node.childForFieldName('macro') ?? node);
  const tokens = node.namedChildren.find((child) => child.type === 'token_tree')?.namedChildren ?? [];
  const [first, ...rest] = tokens;
  const at = lo.at(node);
  if (name === 'env' || name === 'option_env')
    return first?.type === 'string_literal' ? { kind: 'env', name: unquote(lo.text(first)), ...at } : UNKNOWN;
  if (name === 'vec') return { kind: 'list', items: tokens.map((token) => lo.expr(token)) };
  if (name === 'include_str' && first)
    return { kind: 'call', callee: { kind: 'name', name: 'include_str' }, args: [{ value: lo.expr(first) }], ...at };
  if (name !== 'format' || first?.type !== 'string_literal') return UNKNOWN;
  const pieces = unquote(lo.text(first)).split(/\{[^}]*\}/);
  const holes = [...unquote(lo.text(first)).matchAll(/\{([A-Za-z_]\w*)?[^}]*\}/g)];
  return concat(
    pieces.flatMap((value, index): Expr[] => {
      const hole = holes[index];
      const named = hole?.[1];
      const arg = rest[index];
      const filler: Expr[] = hole ? [named ? { kind: 'name', name: named } : arg ? lo.expr(arg) : UNKNOWN] : [];
      return [{ kind: 'string', value, ...lo.at(first) }, ...filler];
    }),
  );
}

function scoped(node: Node, lo: Lowering): Expr {
  const path = node.childForFieldName('path');
  const name = lo.text(node.childForFieldName('name') ?? node);
  return path ? { kind: 'member', object: lo.expr(path), name } : { kind: 'name', name };
}

function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'string_literal':
    case 'raw_string_literal':
      return { kind: 'string', value: unquote(lo.text(node)), ...lo.at(node) };
    case 'identifier':
    case 'type_identifier':
    case 'field_identifier':
    case 'crate':
    case 'super':
      return { kind: 'name', name: lo.text(node) };
    case 'self':
      return { kind: 'name', name: 'self' };
    case 'scoped_identifier':
    case 'scoped_type_identifier':
      return scoped(node, lo);
    case 'generic_type':
    case 'generic_function':
      return lo.expr(node.childForFieldName('type') ?? node.childForFieldName('function'));
    case 'field_expression':
      return { kind: 'member', object: lo.expr(node.childForFieldName('value')), name: lo.text(node.childForFieldName('field') ?? node) };
    case 'call_expression':
      return call(node, lo);
    case 'macro_invocation':
      return macro(node, lo);
    case 'struct_expression': {
      const list = (node.childForFieldName('body')?.namedChildren ?? []).flatMap((item): Arg[] => {
        const field = item.childForFieldName('field');
        if (item.type === 'shorthand_field_initializer') return [{ name: lo.text(item), value: { kind: 'name', name: lo.text(item) } }];
        return item.type === 'field_initializer' && field
          ? [{ name: lo.text(field), value: lo.expr(item.childForFieldName('value')) }]
          : [];
      });
      return { kind: 'call', callee: lo.expr(node.childForFieldName('name')), args: list, ...lo.at(node) };
    }
    case 'try_expression':
    case 'await_expression':
    case 'reference_expression':
    case 'reference_type':
    case 'parenthesized_expression':
    case 'type_cast_expression':
    case 'unary_expression':
      return lo.expr(node.childForFieldName('value') ?? node.childForFieldName('type') ?? node.namedChild(0));
    case 'closure_expression':
      return lo.expr(node.childForFieldName('body'));
    case 'array_expression':
    case 'tuple_expression':
      return { kind: 'list', items: node.namedChildren.map((child) => lo.expr(child)) };
    case 'index_expression':
      return { kind: 'index', object: lo.expr(node.namedChild(0)), key: lo.expr(node.namedChild(1)) };
    case 'binary_expression':
      return node.childForFieldName('operator')?.type === '+'
        ? concat([lo.expr(node.childForFieldName('left')), lo.expr(node.childForFieldName('right'))])
        : UNKNOWN;
    case 'if_expression':
      return either([
        lo.expr(node.childForFieldName('consequence')?.namedChildren.at(-1) ?? null),
        lo.expr(node.childForFieldName('alternative')?.namedChild(0)?.namedChildren.at(-1) ?? null),
      ]);
    default:
      return plainLiteral(node, lo);
  }
}

/** Groups nest; a prelude's tree is two or three deep. */
const MAX_USE_DEPTH = 8;

function imports(node: Node, lo: Lowering): ImportFact[] {
  const { line } = lo.at(node);
  const facts: ImportFact[] = [];
  const walk = (item: Node | null, prefix: readonly string[], depth: number): void => {
    if (!item || depth > MAX_USE_DEPTH) return;
    const push = (path: readonly string[], local: string): void => {
      facts.push({ module: path.slice(0, -1).join('.'), name: path.at(-1) ?? '', local, line });
    };
    if (item.type === 'scoped_use_list') {
      const path = item.childForFieldName('path');
      const inner = path ? [...prefix, ...lo.text(path).split('::')] : prefix;
      for (const child of item.childForFieldName('list')?.namedChildren ?? []) walk(child, inner, depth + 1);
    } else if (item.type === 'use_as_clause') {
      const path = [...prefix, ...lo.text(item.childForFieldName('path') ?? item).split('::')];
      push(path, lo.text(item.childForFieldName('alias') ?? item));
    } else if (item.type === 'use_wildcard')
      facts.push({ module: [...prefix, ...lo.text(item).replace(/::\*$/, '').split('::')].join('.'), name: '*', line });
    else if (item.type === 'self') push(prefix, prefix.at(-1) ?? '');
    else {
      const path = [...prefix, ...lo.text(item).split('::')];
      push(path, path.at(-1) ?? '');
    }
  };
  walk(node.childForFieldName('argument'), [], 0);
  return facts;
}

function define(node: Node, lo: Lowering): Definition {
  if (node.type === 'impl_item') return { name: lo.text(node.childForFieldName('type') ?? node).replace(/<.*$/s, ''), bases: [] };
  const name = node.childForFieldName('name');
  const text = name ? lo.text(name) : '';
  if (node.type !== 'function_item') return { name: text, bases: [] };
  const params = (node.childForFieldName('parameters')?.namedChildren ?? []).flatMap((child): ParamFact[] => {
    if (child.type === 'self_parameter') return [{ name: 'self' }];
    const pattern = child.childForFieldName('pattern');
    const type = child.childForFieldName('type');
    return pattern?.type === 'identifier' ? [{ name: lo.text(pattern), ...(type ? { type: lo.expr(type) } : {}) }] : [];
  });
  const type = node.childForFieldName('return_type');
  const last = node.childForFieldName('body')?.namedChildren.at(-1);
  return {
    name: text,
    params,
    ...(type ? { returnType: lo.expr(type) } : {}),
    ...(last && RESULT.test(last.type) ? { result: last } : {}),
  };
}
/** A block's last expression is its value. */
const RESULT = /literal|call|identifier|field_expression|macro|struct_expression|try/;

function assignments(node: Node, lo: Lowering): Assignment[] {
  const name = node.childForFieldName('name') ?? node.childForFieldName('pattern');
  const value = node.childForFieldName('value');
  const type = node.childForFieldName('type');
  const id = name?.type === 'mut_pattern' ? name.namedChildren.at(-1) : name;
  return id?.type === 'identifier' && value ? [{ target: lo.text(id), value, ...(type ? { type } : {}) }] : [];
}

/** A chain is lowered from its last call. */
function outermost(node: Node, lo: Lowering): Node {
  let current = node;
  for (let depth = 0; depth < MAX_CHAIN; depth++) {
    const field = lo.parent(current);
    const next =
      field?.type === 'field_expression'
        ? lo.parent(field)
        : field?.type === 'try_expression' || field?.type === 'await_expression'
          ? field
          : undefined;
    if (!next || (field?.type === 'field_expression' && next.childForFieldName('function')?.id !== field.id)) break;
    current = next;
  }
  return current;
}
const MAX_CHAIN = 80;

export const rust: Frontend = {
  language: 'rust',
  grammar: 'rust',
  query: QUERY,
  lower,
  imports,
  define,
  assignments,
  outermost,
  strings: new Set(['string_literal', 'string_content', 'raw_string_literal', 'raw_string_literal_content', '"']),
};
