import type { Node } from 'web-tree-sitter';
import type { Arg, Expr, ImportFact, ParamFact } from './facts.ts';
import { concat, either, UNKNOWN, type Assignment, type Definition, type Frontend, type Lowering } from './frontend.ts';
import { plainLiteral } from './plain-literals.ts';
import { injectedBy, invoke } from './jvm.ts';

const QUERY = `
(package_declaration (_) @name) @namespace
(import_declaration) @import
(method_declaration name: (_) @name) @function
(constructor_declaration name: (_) @name) @function
(class_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @class
(enum_declaration name: (_) @name) @class
(record_declaration name: (_) @name) @class
(annotation name: (_) @name) @call
(marker_annotation name: (_) @name) @call
(method_invocation name: (identifier) @name) @call
(object_creation_expression type: [(type_identifier) @name (scoped_type_identifier (type_identifier) @name .) (generic_type . (type_identifier) @name)]) @call
(field_access field: (identifier) @name) @reference
(field_declaration) @assign
(local_variable_declaration) @assign
(assignment_expression) @assign
(enum_constant) @assign
(enhanced_for_statement) @assign
(return_statement) @return
`;

const unquote = (text: string): string => text.replaceAll(/^"""\s*|"""$|^"|"$/g, '');

function args(node: Node | null, lo: Lowering): Arg[] {
  return (node?.namedChildren ?? []).flatMap((child): Arg[] => {
    if (/comment/.test(child.type)) return [];
    if (child.type !== 'element_value_pair') return [{ value: lo.expr(child) }];
    const key = child.childForFieldName('key');
    return [{ name: key ? lo.text(key) : '', value: lo.expr(child.childForFieldName('value')) }];
  });
}

function invocation(node: Node, lo: Lowering): Expr {
  const object = node.childForFieldName('object');
  const name = node.childForFieldName('name');
  const list = node.childForFieldName('arguments');
  return invoke(
    {
      receiver: object ? lo.expr(object) : undefined,
      name: name ? lo.text(name) : '',
      count: list?.namedChildCount ?? 0,
      args: () => args(list, lo),
      at: lo.at(node),
    },
    lo,
  );
}

function creation(node: Node, lo: Lowering): Expr {
  const type = node.childForFieldName('type');
  return { kind: 'call', callee: lo.expr(type), args: args(node.childForFieldName('arguments'), lo), ...lo.at(node) };
}

function scoped(node: Node, lo: Lowering): Expr {
  return (
    lo
      .text(node)
      .split('.')
      .reduce<Expr | undefined>((object, name) => (object ? { kind: 'member', object, name } : { kind: 'name', name }), undefined) ??
    UNKNOWN
  );
}

function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'string_literal':
    case 'text_block':
      return { kind: 'string', value: unquote(lo.text(node)), ...lo.at(node) };
    case 'identifier':
    case 'type_identifier':
      return { kind: 'name', name: lo.text(node) };
    case 'this':
      return { kind: 'name', name: 'this' };
    case 'scoped_type_identifier':
    case 'scoped_identifier':
      return scoped(node, lo);
    case 'generic_type':
      return { kind: 'index', object: lo.expr(node.namedChild(0)), key: lo.expr(node.namedChild(1)?.namedChild(0) ?? null) };
    case 'field_access': {
      const field = node.childForFieldName('field');
      return { kind: 'member', object: lo.expr(node.childForFieldName('object')), name: field ? lo.text(field) : '' };
    }
    case 'class_literal':
      return { kind: 'member', object: lo.expr(node.namedChild(0)), name: 'class' };
    case 'method_invocation':
      return invocation(node, lo);
    case 'object_creation_expression':
      return creation(node, lo);
    case 'annotation':
    case 'marker_annotation':
      return {
        kind: 'call',
        callee: lo.expr(node.childForFieldName('name')),
        args: args(node.childForFieldName('arguments'), lo),
        ...lo.at(node),
      };
    case 'array_initializer':
    case 'element_value_array_initializer':
      return { kind: 'list', items: node.namedChildren.map((child) => lo.expr(child)) };
    case 'array_creation_expression':
      return lo.expr(node.childForFieldName('value'));
    case 'binary_expression':
      return node.childForFieldName('operator')?.type === '+'
        ? concat([lo.expr(node.childForFieldName('left')), lo.expr(node.childForFieldName('right'))])
        : UNKNOWN;
    case 'ternary_expression':
      return either([lo.expr(node.childForFieldName('consequence')), lo.expr(node.childForFieldName('alternative'))]);
    case 'parenthesized_expression':
      return lo.expr(node.namedChild(0));
    case 'cast_expression':
      return lo.expr(node.childForFieldName('value'));
    default:
      return plainLiteral(node, lo);
  }
}

function imports(node: Node, lo: Lowering): ImportFact[] {
  const path = node.namedChildren.find((child) => child.type === 'scoped_identifier' || child.type === 'identifier');
  const text = path ? lo.text(path) : '';
  const { line } = lo.at(node);
  if (node.namedChildren.some((child) => child.type === 'asterisk')) return [{ module: text, name: '*', line }];
  const dot = text.lastIndexOf('.');
  const name = text.slice(dot + 1);
  return [{ module: dot < 0 ? '' : text.slice(0, dot), name, local: name, line }];
}

/** What an annotation before a field or parameter gives it. */
function injected(node: Node, lo: Lowering): Expr | undefined {
  const modifiers = node.namedChildren.find((child) => child.type === 'modifiers');
  for (const item of modifiers?.namedChildren ?? []) {
    if (item.type !== 'annotation') continue;
    const given = injectedBy(lo.text(item.childForFieldName('name') ?? item), args(item.childForFieldName('arguments'), lo), lo.at(item));
    if (given) return given;
  }
  return undefined;
}

function parameters(list: Node | null, lo: Lowering): ParamFact[] {
  return (list?.namedChildren ?? []).flatMap((child): ParamFact[] => {
    const name = child.childForFieldName('name');
    const type = child.childForFieldName('type');
    if (!name) return [];
    const fallback = injected(child, lo);
    return [{ name: lo.text(name), ...(type ? { type: lo.expr(type) } : {}), ...(fallback ? { fallback } : {}) }];
  });
}

function define(node: Node, lo: Lowering): Definition {
  const name = node.childForFieldName('name');
  const text = name ? lo.text(name) : '';
  if (node.type === 'method_declaration' || node.type === 'constructor_declaration') {
    const type = node.childForFieldName('type');
    return {
      name: node.type === 'constructor_declaration' ? 'constructor' : text,
      params: parameters(node.childForFieldName('parameters'), lo),
      ...(type ? { returnType: lo.expr(type) } : {}),
    };
  }
  const bases = [node.childForFieldName('superclass'), node.childForFieldName('interfaces')].flatMap((item) => {
    const inner = item?.namedChild(0);
    return inner?.type === 'type_list' ? inner.namedChildren.map((child) => lo.expr(child)) : inner ? [lo.expr(inner)] : [];
  });
  return { name: text, bases };
}

const annotations = (node: Node): readonly Node[] =>
  (node.namedChildren.find((child) => child.type === 'modifiers')?.namedChildren ?? []).filter((child) =>
    child.type.endsWith('annotation'),
  );

function assignments(node: Node, lo: Lowering): Assignment[] {
  if (node.type === 'assignment_expression') {
    const left = node.childForFieldName('left');
    const value = node.childForFieldName('right');
    if (!left || !value) return [];
    const target = lo.text(left);
    if (/^this\.\w+$/.test(target)) return [{ target: target.replace(/^this/, 'self'), value }];
    // A bare name in a method is mostly a field.
    return left.type === 'identifier' ? [{ target, value }] : [];
  }
  if (node.type === 'enum_constant') {
    const name = node.childForFieldName('name');
    const value = node.childForFieldName('arguments')?.namedChild(0);
    return name && value ? [{ target: lo.text(name), value }] : [];
  }
  if (node.type === 'enhanced_for_statement') {
    const name = node.childForFieldName('name');
    const value = node.childForFieldName('value');
    return name && value ? [{ target: lo.text(name), value, index: -1 }] : [];
  }
  const type = node.childForFieldName('type');
  const lowered = node.type === 'field_declaration' ? injected(node, lo) : undefined;
  return node.childrenForFieldName('declarator').flatMap((item): Assignment[] => {
    const name = item.childForFieldName('name');
    const value = item.childForFieldName('value');
    if (!name || (!value && !lowered && !type)) return [];
    return [
      {
        target: lo.text(name),
        value: value ?? name,
        ...(type ? { type } : {}),
        ...(lowered ? { lowered } : value ? {} : { lowered: { kind: 'null' } }),
      },
    ];
  });
}

/** A chain is lowered from its last call, whose node holds the whole of it. */
function outermost(node: Node, lo: Lowering): Node {
  let current = node;
  for (let depth = 0; depth < MAX_CHAIN; depth++) {
    const parent = lo.parent(current);
    if (parent?.type !== 'method_invocation' || parent.childForFieldName('object')?.id !== current.id) break;
    current = parent;
  }
  return current;
}
/** Setters of one builder. */
const MAX_CHAIN = 40;

export const java: Frontend = {
  language: 'java',
  grammar: 'java',
  query: QUERY,
  lower,
  imports,
  define,
  annotations,
  assignments,
  outermost,
  strings: new Set(['string_literal', 'string_fragment', 'text_block', 'multiline_string_fragment', '"']),
};
