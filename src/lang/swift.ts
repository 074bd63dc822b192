import type { Node } from 'web-tree-sitter';
import type { Expr, ImportFact, ParamFact } from './facts.ts';
import { EXTENSION, IMPLICIT, NULL, type Assignment, type Definition, type Frontend, type Gives, type Lowering } from './frontend.ts';
import { branches, child, impliedType, last, lower, TYPES, typeOf, unticked } from './swift-expressions.ts';
import { olderSwift } from './swift-source.ts';

const MEMBER = '(navigation_expression (navigation_suffix (simple_identifier) @name))';

/** The engine analyses a query before its first use: with this grammar, whatever names a parent that holds much costs it seconds. */
const QUERY = `
(import_declaration) @import
(function_declaration) @function
(computed_property) @function
(class_declaration) @class
(protocol_declaration) @class
(_ . (simple_identifier) @name . (call_suffix)) @call
(_ . ${MEMBER} . (call_suffix)) @call
(_ . (navigation_expression . (simple_identifier) @name . (navigation_suffix (simple_identifier) @method)) . (call_suffix)
  (#eq? @method "init")) @call
(_ . (prefix_expression (simple_identifier) @method) . (call_suffix) (#eq? @method "init")) @call
(constructor_expression (user_type (type_identifier) @name)) @call
${MEMBER} @reference
(property_declaration) @assign
(typealias_declaration) @assign
(assignment) @assign
(enum_entry) @assign
(for_statement) @assign
(value_binding_pattern) @assign
(control_transfer_statement "return") @return
`;

function imports(node: Node, lo: Lowering): ImportFact[] {
  const path = child(node, 'identifier');
  const module = path?.namedChild(0);
  return module ? [{ module: lo.text(module), name: '*', line: lo.at(node).line }] : [];
}

/** `.fast` where the type is written beside it. */
function memberOf(value: Expr, type: Node | undefined, lo: Lowering): Expr {
  if (value.kind === 'either') return { kind: 'either', options: value.options.map((option) => memberOf(option, type, lo)) };
  if (value.kind !== 'member' || value.object.kind !== 'name' || value.object.name !== IMPLICIT || !type) return value;
  const object = lo.expr(type);
  return object.kind === 'name' || object.kind === 'member' ? { ...value, object } : value;
}

/** A default stands beside its parameter, not in it. */
function parameters(node: Node, lo: Lowering): ParamFact[] {
  const items = node.children;
  return items.flatMap((item, index): ParamFact[] => {
    const name = item.type === 'parameter' ? item.childForFieldName('name') : null;
    if (!name) return [];
    const label = item.childForFieldName('external_name');
    const value = items[index + 1]?.type === '=' ? (items[index + 2] ?? null) : null;
    const declared = typeOf(item);
    const local = lo.text(name);
    const external = label ? lo.text(label) : local;
    const fallback = value && (value.type !== 'nil' || lo.wantsParam(local, value)) ? memberOf(lo.expr(value), declared, lo) : undefined;
    return [
      {
        name: local,
        ...(external === '_' ? {} : { keyword: true, ...(external === local ? {} : { label: external }) }),
        ...(declared ? { type: lo.expr(declared) } : {}),
        ...(fallback ? { fallback } : {}),
      },
    ];
  });
}

/** A body that is one expression is what the function returns. */
function resultOf(body: Node | null | undefined): Node | undefined {
  const only = body?.namedChildCount === 1 ? body.namedChild(0) : null;
  const value = only?.type === 'statements' && only.namedChildCount === 1 ? only.namedChild(0) : null;
  return value && !/^control_transfer|^assignment$|_declaration$|^for_|^while_|^do_|^guard_/.test(value.type) ? value : undefined;
}

function define(node: Node, lo: Lowering): Definition {
  if (node.type === 'computed_property') {
    const holder = node.parent;
    const name = child(child(holder, 'pattern'), 'simple_identifier');
    const type = typeOf(child(holder, 'type_annotation'));
    const result = resultOf(child(node, 'computed_getter')) ?? resultOf(node);
    return {
      name: name ? unticked(lo.text(name)) : '',
      params: [],
      ...(type ? { returnType: lo.expr(type) } : {}),
      ...(result ? { result } : {}),
    };
  }
  if (node.type === 'function_declaration') {
    const name = node.childForFieldName('name');
    const result = resultOf(child(node, 'function_body'));
    const returned = node.childrenForFieldName('name').find((item) => TYPES.has(item.type));
    return {
      name: name?.type === 'simple_identifier' ? lo.text(name) : 'constructor',
      params: parameters(node, lo),
      ...(returned ? { returnType: lo.expr(returned) } : {}),
      ...(result ? { result } : {}),
    };
  }
  const name = node.childForFieldName('name');
  const bases = node.namedChildren.flatMap((item) => (item.type === 'inheritance_specifier' ? [lo.expr(item.namedChild(0))] : []));
  if (name?.type === 'user_type') return { name: `${EXTENSION}${lo.text(last(name) ?? name)}`, bases: [lo.expr(name), ...bases] };
  return { name: name ? lo.text(name) : '', bases };
}

/** `let model: Model? = .init(…)`: the name of the type. */
function impliedName(node: Node, lo: Lowering): Node | undefined {
  let type = impliedType(node, lo);
  while (type && type.type !== 'type_identifier')
    type = type.namedChildren.findLast((item) => TYPES.has(item.type) || item.type === 'type_identifier');
  return type;
}

/** Where the name of a definition stands. */
function nameOf(node: Node): Node | null {
  if (node.type === 'computed_property') return child(child(node.parent, 'pattern'), 'simple_identifier') ?? null;
  const name = node.childForFieldName('name');
  return name?.type === 'user_type' ? last(name) : name;
}

const annotations = (node: Node): readonly Node[] => (node.type === 'computed_property' ? [node] : []);

/** Raw values of an enumeration are its cases' strings; a case without one stands for an object of its type. */
function enumCases(node: Node, lo: Lowering): Assignment[] {
  const owner = node.parent?.parent;
  const bases = (owner?.namedChildren ?? []).filter((item) => item.type === 'inheritance_specifier').map((item) => lo.text(item));
  const texts = bases.includes('String');
  const type = owner?.childForFieldName('name');
  const items = node.children;
  return items.flatMap((item, index): Assignment[] => {
    if (item.type !== 'simple_identifier' || items[index - 1]?.type === '=') return [];
    const name = unticked(lo.text(item));
    const raw = items[index + 1]?.type === '=' ? items[index + 2] : undefined;
    if (raw) return [{ target: name, value: raw }];
    if (items[index + 1]?.type === 'enum_type_parameters' || !type) return [];
    const lowered: Expr = texts
      ? { kind: 'string', value: name, ...lo.at(item) }
      : { kind: 'call', callee: { kind: 'name', name: lo.text(type) }, args: [], ...lo.at(item) };
    return [{ target: name, value: item, lowered }];
  });
}

/** `let role = if flag { … } else { … }` was made two statements: the branches of the second end in values. */
function branchValue(node: Node, lo: Lowering): Expr | undefined {
  const next = node.nextNamedSibling;
  if (next?.type !== 'if_statement' && next?.type !== 'switch_statement') return undefined;
  const value = branches(next, lo);
  return isValue(value) ? value : undefined;
}
const isValue = (value: Expr): boolean =>
  value.kind === 'either' ? value.options.every(isValue) : value.kind === 'string' || value.kind === 'concat' || value.kind === 'member';

function property(node: Node, lo: Lowering): Assignment[] {
  const name = child(child(node, 'pattern'), 'simple_identifier');
  if (!name || node.childForFieldName('computed_value')) return [];
  const type = typeOf(child(node, 'type_annotation'));
  const value = node.childForFieldName('value');
  const target = unticked(lo.text(name));
  const found = value ? undefined : branchValue(node, lo);
  if (!value && !found && !type) return [];
  const implicit =
    value?.type === 'prefix_expression' || value?.type === 'nil_coalescing_expression' || value?.type === 'ternary_expression';
  const lowered = value ? (implicit ? memberOf(lo.expr(value), type, lo) : undefined) : found ? memberOf(found, type, lo) : NULL;
  return [{ target, value: value ?? name, ...(type ? { type } : {}), ...(lowered ? { lowered } : {}) }];
}

function assignments(node: Node, lo: Lowering): Assignment[] {
  switch (node.type) {
    case 'property_declaration':
      return property(node, lo);
    case 'enum_entry':
      return enumCases(node, lo);
    case 'typealias_declaration': {
      const [name, value] = node.childrenForFieldName('name').filter((item) => item.isNamed);
      return name && value ? [{ target: lo.text(name), value, lowered: lo.expr(value) }] : [];
    }
    case 'value_binding_pattern': {
      const name = node.nextNamedSibling;
      const following = name?.nextNamedSibling;
      const value = following?.type === 'type_annotation' ? following.nextNamedSibling : following;
      return name?.type === 'simple_identifier' && value ? [{ target: lo.text(name), value }] : [];
    }
    case 'for_statement': {
      const name = child(node.childForFieldName('item'), 'simple_identifier');
      const value = node.childForFieldName('collection');
      return name && value ? [{ target: lo.text(name), value, index: -1 }] : [];
    }
    default: {
      const left = node.childForFieldName('target');
      const value = node.childForFieldName('result');
      if (!left || !value || node.childForFieldName('operator')?.type !== '=') return [];
      const written = lo.text(left);
      const key = /^(\w+)\["(\w+)"\]$/.exec(written);
      const target = key ? `${key[1]}.${key[2]}` : written;
      return /^\w+(?:\.\w+)?$/.test(target) ? [{ target, value }] : [];
    }
  }
}

/** What a string is given to, where the grammar's names say too little. */
function gives(node: Node, value: Node): Gives | 'item' | undefined {
  switch (node.type) {
    case 'value_argument': {
      const label = node.childForFieldName('name');
      return label ? { role: 'keyword', key: label } : undefined;
    }
    case 'property_declaration':
      return { role: 'assign', key: child(child(node, 'pattern'), 'simple_identifier') };
    case 'assignment':
      return { role: 'assign', key: node.childForFieldName('target') ?? undefined };
    case 'enum_entry': {
      // `enum ChatModel { case large = "…" }`: the type says more than the case.
      const type = node.parent?.parent?.childForFieldName('name') ?? undefined;
      const own = value.previousNamedSibling;
      return { role: 'assign', key: /model/i.test(type?.text ?? '') ? type : (own ?? undefined) };
    }
    case 'function_declaration': {
      const before = value.previousNamedSibling;
      return { role: 'param', key: (before?.type === 'parameter' && before.childForFieldName('name')) || undefined };
    }
    case 'dictionary_literal': {
      const key = value.previousSibling?.type === ':' ? value.previousNamedSibling : null;
      return key ? { role: 'entry', key } : { role: 'key' };
    }
    case 'array_literal':
      return 'item';
    default:
      return undefined;
  }
}

export const swift: Frontend = {
  language: 'swift',
  grammar: 'swift',
  prepare: olderSwift,
  open: true,
  query: QUERY,
  lower,
  imports,
  define,
  nameOf,
  impliedName,
  annotations,
  assignments,
  gives,
  strings: new Set([
    'line_string_literal',
    'line_str_text',
    'multi_line_string_literal',
    'multi_line_str_text',
    'raw_string_literal',
    'raw_str_end_part',
    '"',
    '"""',
  ]),
};
