import type { Node } from 'web-tree-sitter';
import type { Expr, ImportFact, ParamFact } from './facts.ts';
import { NULL, type Assignment, type Definition, type Frontend, type Gives, type Lowering } from './frontend.ts';
import { injectedBy, LISTS } from './jvm.ts';
import { args, child, enumEntry, last, lower } from './kotlin-expressions.ts';

/** Where a member stands for its value; before parentheses it is the name of a call. */
const MENTIONS = [
  'value_argument',
  'property_declaration',
  'assignment',
  'class_parameter',
  'function_value_parameters',
  'elvis_expression',
  'infix_expression',
  'function_body',
  'jump_expression',
  'control_structure_body',
  'statements',
  'navigation_expression',
];
const MEMBER = '(navigation_expression (navigation_suffix (simple_identifier) @name) .)';

const QUERY = `
(package_header (identifier) @name) @namespace
(import_header) @import
(function_declaration (simple_identifier) @name) @function
(secondary_constructor "constructor" @name) @function
(primary_constructor) @function
(class_declaration (type_identifier) @name) @class
(object_declaration (type_identifier) @name) @class
(call_expression . (simple_identifier) @name) @call
(call_expression . ${MEMBER}) @call
(constructor_invocation (user_type (type_identifier) @name .)) @call
(annotation (user_type (type_identifier) @name .)) @call
(class_declaration (type_identifier) @name (enum_class_body (enum_entry) @call))
${MENTIONS.map((parent) => `(${parent} ${MEMBER} @reference)`).join('\n')}
(property_declaration) @assign
(class_parameter) @assign
(assignment) @assign
(enum_entry) @assign
(for_statement) @assign
(jump_expression "return") @return
`;

/** Setters of one builder. */
const MAX_CHAIN = 40;

function imports(node: Node, lo: Lowering): ImportFact[] {
  const path = node.namedChild(0);
  const text = path ? lo.text(path) : '';
  const { line } = lo.at(node);
  if (child(node, 'wildcard_import')) return [{ module: text, name: '*', line }];
  const alias = child(node, 'import_alias')?.namedChild(0);
  const dot = text.lastIndexOf('.');
  const name = text.slice(dot + 1);
  return [{ module: dot < 0 ? '' : text.slice(0, dot), name, local: alias ? lo.text(alias) : name, line }];
}

/** What annotations among modifiers give a property or parameter. */
function injected(modifiers: Node | undefined, lo: Lowering): Expr | undefined {
  for (const item of modifiers?.namedChildren ?? []) {
    const made = item.type === 'annotation' ? child(item, 'constructor_invocation') : undefined;
    const name = child(child(made, 'user_type'), 'type_identifier');
    if (!made || !name) continue;
    const given = injectedBy(lo.text(name), args(child(made, 'value_arguments'), lo), lo.at(item));
    if (given) return given;
  }
  return undefined;
}

const TYPES = new Set(['user_type', 'nullable_type']);
const typeOf = (node: Node): Node | undefined => node.namedChildren.find((item) => TYPES.has(item.type));

/** What stands after a `=` of this node. */
function assigned(node: Node): Node | undefined {
  const { children } = node;
  const at = children.findIndex((item) => item.type === '=');
  return at < 0 ? undefined : children[at + 1];
}

function classParameter(node: Node, lo: Lowering): ParamFact[] {
  const name = child(node, 'simple_identifier');
  if (!name) return [];
  const declared = typeOf(node);
  const value = assigned(node);
  const fallback = injected(child(node, 'modifiers'), lo) ?? (value ? lo.expr(value) : undefined);
  return [{ name: lo.text(name), ...(declared ? { type: lo.expr(declared) } : {}), ...(fallback ? { fallback } : {}) }];
}

/** A default stands beside its parameter, not in it. */
function parameters(list: Node | undefined, lo: Lowering): ParamFact[] {
  const items = list?.namedChildren ?? [];
  return items.flatMap((item, index): ParamFact[] => {
    const name = item.type === 'parameter' ? child(item, 'simple_identifier') : undefined;
    if (!name) return [];
    const before = items[index - 1];
    const after = items[index + 1];
    const value = after && after.type !== 'parameter' && after.type !== 'parameter_modifiers' ? after : null;
    const declared = typeOf(item);
    const fallback =
      injected(before?.type === 'parameter_modifiers' ? before : undefined, lo) ??
      (value && lo.wantsParam(lo.text(name), value) ? lo.expr(value) : undefined);
    return [{ name: lo.text(name), ...(declared ? { type: lo.expr(declared) } : {}), ...(fallback ? { fallback } : {}) }];
  });
}

function define(node: Node, lo: Lowering): Definition {
  if (node.type === 'primary_constructor')
    return { name: 'constructor', params: node.namedChildren.flatMap((item) => classParameter(item, lo)) };
  if (node.type === 'secondary_constructor')
    return { name: 'constructor', params: parameters(child(node, 'function_value_parameters'), lo) };
  if (node.type === 'function_declaration') {
    const list = child(node, 'function_value_parameters');
    const name = child(node, 'simple_identifier');
    const body = child(node, 'function_body');
    const returned = list ? node.namedChildren.find((item) => TYPES.has(item.type) && item.startIndex > list.startIndex) : undefined;
    const result = body?.child(0)?.type === '=' ? body.namedChild(0) : null;
    return {
      name: name ? lo.text(name) : '',
      params: parameters(list, lo),
      ...(returned ? { returnType: lo.expr(returned) } : {}),
      ...(result ? { result } : {}),
    };
  }
  const name = child(node, 'type_identifier');
  const bases = node.namedChildren.flatMap((item) => {
    const base = item.type === 'delegation_specifier' ? item.namedChild(0) : null;
    return base ? [lo.expr(base.type === 'constructor_invocation' ? base.namedChild(0) : base)] : [];
  });
  return { name: name ? lo.text(name) : '', bases };
}

const annotations = (node: Node): readonly Node[] =>
  (child(node, 'modifiers')?.namedChildren ?? []).filter((item) => item.type === 'annotation');

function assignments(node: Node, lo: Lowering): Assignment[] {
  switch (node.type) {
    case 'assignment': {
      const left = node.namedChild(0);
      const value = last(node);
      // In a block that configures something, a bare name is a key of what is configured.
      if (!left || !value || (left.namedChildCount === 1 && node.parent?.parent?.type === 'lambda_literal')) return [];
      const target = lo.text(left);
      if (/^this\.\w+$/.test(target)) return [{ target: target.replace(/^this/, 'self'), value }];
      return /^\w+$/.test(target) ? [{ target, value }] : [];
    }
    case 'class_parameter': {
      // A property of the class is what its constructor is given.
      const [param] = child(node, 'binding_pattern_kind') ? classParameter(node, lo) : [];
      const name = child(node, 'simple_identifier');
      const declared = typeOf(node);
      if (!param || !name) return [];
      return [
        { target: `self.${param.name}`, value: name, lowered: { kind: 'name', name: param.name }, ...(declared ? { type: declared } : {}) },
      ];
    }
    case 'enum_entry': {
      const name = child(node, 'simple_identifier');
      return name && child(node, 'value_arguments') ? [{ target: lo.text(name), value: node, lowered: enumEntry(node, lo) }] : [];
    }
    case 'for_statement': {
      const name = child(child(node, 'variable_declaration'), 'simple_identifier');
      const value = node.namedChild(1);
      return name && value ? [{ target: lo.text(name), value, index: -1 }] : [];
    }
    default: {
      const declared = child(node, 'variable_declaration');
      const name = child(declared, 'simple_identifier');
      if (!declared || !name) return [];
      const stated = typeOf(declared);
      const value = assigned(node) ?? child(node, 'property_delegate')?.namedChild(0) ?? last(last(child(node, 'getter')));
      const lowered = injected(child(node, 'modifiers'), lo) ?? (value ? undefined : NULL);
      if (!value && lowered === NULL && !stated) return [];
      return [{ target: lo.text(name), value: value ?? name, ...(stated ? { type: stated } : {}), ...(lowered ? { lowered } : {}) }];
    }
  }
}

/** A chain is lowered from its last call, whose node holds the whole of it. */
function outermost(node: Node, lo: Lowering): Node {
  let current = node;
  for (let depth = 0; depth < MAX_CHAIN; depth++) {
    const member = lo.parent(current);
    if (member?.type !== 'navigation_expression' || member.startIndex !== current.startIndex) break;
    const next = lo.parent(member);
    if (next?.type !== 'call_expression' || next.startIndex !== current.startIndex) break;
    current = next;
  }
  return current;
}

/** What a string is given to. The grammar names no fields. */
function gives(node: Node, value: Node): Gives | 'item' | undefined {
  switch (node.type) {
    case 'value_argument':
      return node.child(1)?.type === '=' ? { role: 'keyword', key: node.child(0) ?? undefined } : undefined;
    case 'infix_expression': {
      const key = node.namedChild(0) ?? undefined;
      return key?.id === value.id ? { role: 'key' } : { role: 'entry', key };
    }
    case 'class_parameter':
      return { role: 'param', key: child(node, 'simple_identifier') };
    case 'function_value_parameters': {
      const before = node.namedChildren.findLast((item) => item.type === 'parameter' && item.endIndex <= value.startIndex);
      return { role: 'param', key: child(before, 'simple_identifier') };
    }
    case 'property_declaration':
      return { role: 'assign', key: child(child(node, 'variable_declaration'), 'simple_identifier') };
    case 'value_arguments': {
      if (node.parent?.type === 'enum_entry') return { role: 'assign', key: child(node.parent, 'simple_identifier') };
      const callee = node.parent?.type === 'call_suffix' ? node.parent.parent?.namedChild(0) : null;
      return callee?.type === 'simple_identifier' && LISTS.has(callee.text) ? 'item' : undefined;
    }
    default:
      return undefined;
  }
}

export const kotlin: Frontend = {
  language: 'kotlin',
  grammar: 'kotlin',
  query: QUERY,
  lower,
  imports,
  define,
  annotations,
  assignments,
  outermost,
  gives,
  strings: new Set(['string_literal', 'string_content', '"']),
};
