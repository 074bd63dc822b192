import type { Node } from 'web-tree-sitter';
import type { Arg, Expr, ImportFact, ParamFact } from './facts.ts';
import { EXTENSION, NULL, type Assignment, type Definition, type Frontend, type Gives, type Lowering } from './frontend.ts';
import { args, child, last, lower } from './dart-expressions.ts';

const MEMBER = '(unconditional_assignable_selector (identifier) @name)';

const QUERY = `
(import_specification) @import
(function_signature name: (identifier) @name) @function
(getter_signature name: (identifier) @name) @function
(constructor_signature) @function
(constant_constructor_signature) @function
(factory_constructor_signature) @function
(class_definition name: (identifier) @name) @class
(enum_declaration name: (identifier) @name) @class
(mixin_declaration (identifier) @name) @class
(extension_declaration class: (type_identifier)) @class
(_ (identifier) @name . (selector (argument_part)) @call)
(_ (selector ${MEMBER}) . (selector (argument_part)) @call)
(_ (selector (conditional_assignable_selector (identifier) @name)) . (selector (argument_part)) @call)
(new_expression (type_identifier) @name) @call
(const_object_expression (type_identifier) @name) @call
(new_expression (identifier) @name) @call
(const_object_expression (identifier) @name) @call
(_ (selector ${MEMBER}) @reference)
(static_final_declaration) @assign
(initialized_identifier) @assign
(initialized_variable_definition) @assign
(assignment_expression) @assign
(enum_constant) @assign
(constructor_param) @assign
(field_initializer) @assign
(for_loop_parts) @assign
(return_statement) @return
`;

/** `import 'package:a/b.dart' as c show D;`: files of the tree are found by the names that they define. */
function imports(node: Node, lo: Lowering): ImportFact[] {
  const uri = child(child(node, 'configurable_uri'), 'uri');
  const written = uri ? lo.text(uri).slice(1, -1) : '';
  const { line } = lo.at(node);
  const alias = child(node, 'identifier');
  const foreign = /^package:(\w+)\//.exec(written)?.[1];
  if (foreign !== undefined) return [{ module: foreign, ...(alias ? { local: lo.text(alias) } : { name: '*' }), line }];
  if (!alias || !written.endsWith('.dart')) return [];
  return [{ module: written.replace(/^(?!\.)/, './').replace(/\.dart$/, ''), local: lo.text(alias), line }];
}

const TYPE = /^(?:type_identifier|function_type)$/;
const typeOf = (node: Node | null | undefined): Node | undefined => node?.namedChildren.find((item) => TYPE.test(item.type));

const nameOf = (param: Node): Node | null | undefined =>
  param.childForFieldName('name') ?? child(child(param, 'constructor_param'), 'identifier');

/** A default stands beside its parameter; what stands in braces is given by name. */
function parameters(list: Node | null | undefined, lo: Lowering, named = false): ParamFact[] {
  const items = list?.namedChildren ?? [];
  return items.flatMap((item, index): ParamFact[] => {
    if (item.type === 'optional_formal_parameters') return parameters(item, lo, item.child(0)?.type === '{');
    const name = item.type === 'formal_parameter' ? nameOf(item) : undefined;
    if (!name) return [];
    let end = index;
    while (items[end + 1] && !/formal_parameter/.test(items[end + 1]?.type ?? '')) end += 1;
    const value = end > index ? items[end] : undefined;
    const type = typeOf(item) ?? typeOf(child(item, 'constructor_param'));
    return [
      {
        name: lo.text(name),
        ...(named ? { keyword: true } : {}),
        ...(type ? { type: lo.expr(type) } : {}),
        ...(value ? { fallback: lo.expr(value) } : {}),
      },
    ];
  });
}

const holderOf = (node: Node): Node => (/^(?:method_signature|declaration)$/.test(node.parent?.type ?? '') ? (node.parent ?? node) : node);

/** A body stands beside its signature. */
function bodyOf(node: Node): Node | undefined {
  const next = holderOf(node).nextNamedSibling;
  return next?.type === 'function_body' ? next : undefined;
}
const endOf = (node: Node): number => (node.type.endsWith('_signature') ? (bodyOf(node) ?? holderOf(node)).endIndex : node.endIndex);

function define(node: Node, lo: Lowering): Definition {
  if (node.type.endsWith('_signature')) {
    const final = last(bodyOf(node));
    const names = node.namedChildren.filter((item) => item.type === 'identifier');
    const made = /constructor/.test(node.type);
    const owner = names[0];
    const name = made ? names[1] : node.childForFieldName('name');
    const type = made ? undefined : typeOf(node);
    return {
      name: name ? lo.text(name) : 'constructor',
      params: parameters(child(node, 'formal_parameter_list'), lo),
      ...(type ? { returnType: lo.expr(type) } : {}),
      ...(made && name && owner ? { returnType: { kind: 'name' as const, name: lo.text(owner) } } : {}),
      ...(final && final.type !== 'block' ? { result: final } : {}),
    };
  }
  if (node.type === 'extension_declaration') {
    const type = node.childForFieldName('class');
    return { name: `${EXTENSION}${type ? lo.text(type) : ''}`, bases: type ? [lo.expr(type)] : [] };
  }
  const name = node.childForFieldName('name') ?? child(node, 'identifier');
  const above = node.childForFieldName('superclass');
  const types = [above, child(above, 'mixins'), node.childForFieldName('interfaces')].flatMap(
    (item) => item?.namedChildren.filter((type) => type.type === 'type_identifier') ?? [],
  );
  return { name: name ? lo.text(name) : '', bases: types.map((type) => lo.expr(type)) };
}

const annotations = (node: Node): readonly Node[] => (node.type === 'getter_signature' ? [node] : []);

/** `fast('gpt-4o')` of an enumeration, as the construction of its type. */
function enumConstant(node: Node, lo: Lowering): Assignment[] {
  const name = node.childForFieldName('name');
  const body = lo.parent(node);
  const type = body && lo.once(body, 'type', () => lo.parent(body)?.childForFieldName('name'));
  if (!name || !body || !type) return [];
  const names = lo.once(body, 'names', () => {
    const signature = body.namedChildren.flatMap((item) => child(item, 'constant_constructor_signature') ?? [])[0];
    return parameters(child(signature, 'formal_parameter_list'), lo).filter(({ keyword }) => !keyword);
  });
  const given = args(child(child(node, 'argument_part'), 'arguments'), lo).map((arg, index): Arg => {
    const param = names[index];
    return arg.name === undefined && param ? { ...arg, name: param.name } : arg;
  });
  const lowered: Expr = { kind: 'call', callee: { kind: 'name', name: lo.text(type) }, args: given, ...lo.at(node) };
  return [{ target: lo.text(name), value: node, lowered }];
}

/** A name, and what stands behind it. */
function declared(node: Node, name: Node | null | undefined, type: Node | undefined, lo: Lowering): Assignment[] {
  if (!name) return [];
  const value = last(node);
  const given = value && value.startIndex > name.startIndex ? value : undefined;
  if (!given && !type) return [];
  return [{ target: lo.text(name), value: given ?? name, ...(type ? { type } : {}), ...(given ? {} : { lowered: NULL }) }];
}

function assignments(node: Node, lo: Lowering): Assignment[] {
  switch (node.type) {
    case 'enum_constant':
      return enumConstant(node, lo);
    case 'constructor_param': {
      const name = child(node, 'identifier');
      return name ? [{ target: `self.${lo.text(name)}`, value: name, lowered: { kind: 'name', name: lo.text(name) } }] : [];
    }
    case 'field_initializer': {
      const name = child(node, 'identifier');
      const value = last(node);
      return name && value && value.id !== name.id ? [{ target: `self.${lo.text(name)}`, value }] : [];
    }
    case 'initialized_variable_definition':
      return declared(node, node.childForFieldName('name'), typeOf(node), lo);
    case 'for_loop_parts': {
      const name = node.childForFieldName('name');
      const value = last(node);
      return name && value && value.id !== name.id ? [{ target: lo.text(name), value, index: -1 }] : [];
    }
    case 'assignment_expression': {
      const left = node.childForFieldName('left');
      const value = last(node);
      if (!left || !value) return [];
      const written = lo.text(left);
      const key = /^(\w+)\[['"](\w+)['"]\]$/.exec(written);
      const target = key ? `${key[1]}.${key[2]}` : written.replace(/^this\./, 'self.');
      // `_field = value` in a method sets a member.
      return /^\w+(?:\.\w+)?$/.test(target) ? [{ target: /^_\w+$/.test(target) ? `self.${target}` : target, value }] : [];
    }
    default:
      return declared(node, child(node, 'identifier'), typeOf(node.parent?.parent), lo);
  }
}

/** What a string is given to, where the grammar's names say too little. */
function gives(node: Node, value: Node): Gives | 'item' | undefined {
  switch (node.type) {
    case 'named_argument':
      return { role: 'keyword', key: child(node, 'label')?.namedChild(0) ?? undefined };
    case 'static_final_declaration':
    case 'initialized_identifier':
    case 'field_initializer':
      return { role: 'assign', key: child(node, 'identifier') };
    case 'initialized_variable_definition':
      return { role: 'assign', key: node.childForFieldName('name') ?? undefined };
    case 'optional_formal_parameters': {
      const before = value.previousNamedSibling;
      return { role: 'param', key: before?.type === 'formal_parameter' ? (nameOf(before) ?? undefined) : undefined };
    }
    case 'enum_constant': {
      const type = node.parent?.parent?.childForFieldName('name') ?? undefined;
      return { role: 'assign', key: /model/i.test(type?.text ?? '') ? type : (node.childForFieldName('name') ?? undefined) };
    }
    case 'function_body': {
      const before = node.previousNamedSibling;
      const signature = before?.type === 'method_signature' ? before.namedChild(0) : before;
      return { role: 'assign', key: signature?.childForFieldName('name') ?? undefined };
    }
    case 'arguments': {
      const called = node.parent?.parent?.previousNamedSibling;
      const name = called?.type === 'selector' ? called.namedChild(0)?.namedChild(0) : called;
      return name ? { role: 'argument', callee: name } : undefined;
    }
    case 'list_literal':
      return 'item';
    default:
      return undefined;
  }
}

export const dart: Frontend = {
  language: 'dart',
  grammar: 'dart',
  query: QUERY,
  lower,
  imports,
  define,
  annotations,
  assignments,
  endOf,
  open: true,
  gives,
  strings: new Set(['string_literal', "'", '"', "'''", '"""']),
};
