import type { Node } from 'web-tree-sitter';
import type { Arg, Expr, ImportFact, ParamFact } from './facts.ts';
import {
  concat,
  dotted,
  either,
  envRead,
  joinedPath,
  UNKNOWN,
  type Assignment,
  type Definition,
  type Frontend,
  type Lowering,
} from './frontend.ts';
import { plainLiteral } from './plain-literals.ts';

const QUERY = `
(namespace_declaration name: (_) @name) @namespace
(file_scoped_namespace_declaration name: (_) @name) @namespace
(using_directive) @import
(method_declaration name: (_) @name) @function
(local_function_statement name: (_) @name) @function
(constructor_declaration name: (_) @name) @function
(class_declaration name: (_) @name) @class
(record_declaration name: (_) @name) @class
(struct_declaration name: (_) @name) @class
(enum_declaration name: (_) @name) @class
(interface_declaration name: (_) @name) @class
(attribute name: (_) @name) @call
(invocation_expression function: [(identifier) @name (member_access_expression name: [(identifier) @name (generic_name . (identifier) @name)]) (generic_name . (identifier) @name) (conditional_access_expression (member_binding_expression name: (identifier) @name))]) @call
(object_creation_expression type: [(identifier) @name (qualified_name name: (identifier) @name) (generic_name . (identifier) @name)]) @call
(implicit_object_creation_expression) @call
(member_access_expression name: (identifier) @name) @reference
(variable_declaration) @assign
(property_declaration) @assign
(assignment_expression) @assign
(foreach_statement) @assign
(return_statement) @return
(arrow_expression_clause) @return
`;

const PASS_THROUGH = new Set(['Trim', 'ToString', 'ToLower', 'ToLowerInvariant', 'AsString']);

const unquote = (text: string): string => text.replaceAll(/^[$@]*"+|"+$/g, '');

function args(node: Node | null, lo: Lowering): Arg[] {
  return (node?.namedChildren ?? []).flatMap((child): Arg[] => {
    if (child.type === 'comment') return [];
    const name = child.childForFieldName('name');
    const value = child.namedChildren.filter((item) => item.id !== name?.id).at(-1) ?? child;
    if (child.type === 'attribute_argument' && child.namedChild(0)?.type === 'assignment_expression') {
      const pair = child.namedChild(0);
      return [{ name: lo.text(pair?.childForFieldName('left') ?? child), value: lo.expr(pair?.childForFieldName('right') ?? null) }];
    }
    return [{ ...(name ? { name: lo.text(name) } : {}), value: lo.expr(child.type.endsWith('argument') ? value : child) }];
  });
}

/** `{ Name = "x" }` after a creation. */
function initialiser(node: Node | null | undefined, lo: Lowering): Arg[] {
  return (node?.namedChildren ?? []).flatMap((item): Arg[] => {
    const left = item.childForFieldName('left');
    const right = item.childForFieldName('right');
    return item.type === 'assignment_expression' && left && right ? [{ name: lo.text(left), value: lo.expr(right) }] : [];
  });
}

/** `new List<string> { "a", "b" }` is a list. */
const COLLECTION = /^(?:List|HashSet|Collection)</;

function creation(node: Node, lo: Lowering): Expr {
  const type = node.childForFieldName('type') ?? declaredType(node);
  const list = node.childForFieldName('arguments') ?? node.namedChildren.find((child) => child.type === 'argument_list') ?? null;
  const init = node.childForFieldName('initializer') ?? node.namedChildren.find((child) => child.type === 'initializer_expression');
  if (type && init && COLLECTION.test(lo.text(type))) return lo.expr(init);
  return { kind: 'call', callee: type ? lo.expr(type) : UNKNOWN, args: [...args(list, lo), ...initialiser(init, lo)], ...lo.at(node) };
}

/** `ChatClient c = new()`: the type stands at the declaration. */
function declaredType(node: Node): Node | undefined {
  const holder = node.parent;
  const declaration = holder?.type === 'variable_declarator' ? holder.parent : holder;
  return declaration?.childForFieldName('type') ?? undefined;
}

function invocation(node: Node, lo: Lowering): Expr {
  const callee = lo.expr(node.childForFieldName('function'));
  const name = callee.kind === 'member' || callee.kind === 'name' ? callee.name : '';
  const path = dotted(callee) ?? '';
  const wanted = /env/i.test(name) || EVALUATED.has(path) || lo.wantsArgs(name);
  const list = wanted ? args(node.childForFieldName('arguments'), lo) : [];
  if (callee.kind === 'member' && PASS_THROUGH.has(name) && list.length === 0) return callee.object;
  if (PATH_JOINS.has(path))
    return joinedPath(
      list.map((arg) => arg.value),
      lo.at(node),
    );
  return envRead(name, list, lo.at(node)) ?? { kind: 'call', callee, args: list, ...lo.at(node) };
}
const PATH_JOINS = new Set(['Path.Combine', 'Path.Join', 'System.IO.Path.Combine']);
const EVALUATED = new Set([...PATH_JOINS, 'string.Format', 'String.Format']);

function interpolated(node: Node, lo: Lowering): Expr {
  const at = lo.at(node);
  return concat(
    node.namedChildren.flatMap((child): Expr[] => {
      if (child.type === 'string_content') return [{ kind: 'string', value: lo.text(child), ...at }];
      return child.type === 'interpolation'
        ? [lo.expr(child.namedChildren.find((item) => !/^interpolation_|brace/.test(item.type)) ?? null)]
        : [];
    }),
  );
}

function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'string_literal':
    case 'verbatim_string_literal':
    case 'raw_string_literal':
      return { kind: 'string', value: unquote(lo.text(node)), ...lo.at(node) };
    case 'interpolated_string_expression':
      return interpolated(node, lo);
    case 'identifier':
    case 'predefined_type':
      return { kind: 'name', name: lo.text(node) };
    case 'this':
    case 'this_expression':
      return { kind: 'name', name: 'this' };
    case 'qualified_name':
    case 'alias_qualified_name':
      return {
        kind: 'member',
        object: lo.expr(node.childForFieldName('qualifier') ?? node.namedChild(0)),
        name: lo.text(node.childForFieldName('name') ?? node),
      };
    case 'generic_name':
      return lo.expr(node.namedChild(0));
    case 'member_access_expression': {
      const name = node.childForFieldName('name');
      const inner = name?.type === 'generic_name' ? name.namedChild(0) : name;
      return { kind: 'member', object: lo.expr(node.childForFieldName('expression')), name: inner ? lo.text(inner) : '' };
    }
    case 'conditional_access_expression': {
      const binding = node.namedChild(1);
      const name = binding?.childForFieldName('name');
      return name ? { kind: 'member', object: lo.expr(node.namedChild(0)), name: lo.text(name) } : lo.expr(node.namedChild(0));
    }
    case 'invocation_expression':
      return invocation(node, lo);
    case 'object_creation_expression':
    case 'implicit_object_creation_expression':
      return creation(node, lo);
    case 'attribute':
      return {
        kind: 'call',
        callee: lo.expr(node.childForFieldName('name')),
        args: args(node.namedChildren.find((child) => child.type === 'attribute_argument_list') ?? null, lo),
        ...lo.at(node),
      };
    case 'element_access_expression': {
      const key = node.childForFieldName('subscript')?.namedChild(0)?.namedChild(0) ?? null;
      const lowered = lo.expr(key);
      const object = lo.expr(node.childForFieldName('expression'));
      // `configuration["OpenAI:Model"]` is a path of keys.
      if (lowered.kind === 'string' && lowered.value.includes(':')) {
        return lowered.value
          .split(':')
          .reduce<Expr>((inner, value) => ({ kind: 'index', object: inner, key: { ...lowered, value } }), object);
      }
      return { kind: 'index', object, key: lowered };
    }
    case 'binary_expression': {
      const operator = node.childForFieldName('operator')?.type;
      const sides = [lo.expr(node.childForFieldName('left')), lo.expr(node.childForFieldName('right'))];
      return operator === '+' ? concat(sides) : operator === '??' ? either(sides) : UNKNOWN;
    }
    case 'conditional_expression':
      return either([lo.expr(node.childForFieldName('consequence')), lo.expr(node.childForFieldName('alternative'))]);
    case 'await_expression':
    case 'parenthesized_expression':
    case 'postfix_unary_expression':
    case 'arrow_expression_clause':
    case 'argument':
    case 'nullable_type':
    case 'equals_value_clause':
      return lo.expr(node.namedChild(0));
    case 'cast_expression':
      return lo.expr(node.childForFieldName('value'));
    case 'array_creation_expression':
    case 'implicit_array_creation_expression':
      return lo.expr(node.namedChildren.find((child) => child.type === 'initializer_expression') ?? null);
    // `Arguments = ["-y", "…"]`: the grammar takes a collection for an element that is asked for.
    case 'element_binding_expression':
    case 'initializer_expression':
    case 'collection_expression':
      return {
        kind: 'list',
        items: node.namedChildren
          .filter((child) => child.type !== 'comment')
          .map((child) => lo.expr(child.type === 'collection_element' ? child.namedChild(0) : child)),
      };
    default:
      return plainLiteral(node, lo);
  }
}

function imports(node: Node, lo: Lowering): ImportFact[] {
  const { line } = lo.at(node);
  const alias = node.childForFieldName('name');
  const path = node.namedChildren.findLast((child) => child.type === 'qualified_name' || child.type === 'identifier');
  if (!path) return [];
  const module = lo.text(path);
  if (alias && alias.id !== path.id) {
    const dot = module.lastIndexOf('.');
    return [{ module: module.slice(0, Math.max(0, dot)), name: module.slice(dot + 1), local: lo.text(alias), line }];
  }
  return [{ module, name: '*', line }];
}

function parameters(list: Node | null | undefined, lo: Lowering): ParamFact[] {
  return (list?.namedChildren ?? []).flatMap((child): ParamFact[] => {
    const name = child.childForFieldName('name');
    const type = child.childForFieldName('type');
    if (child.type !== 'parameter' || !name) return [];
    const last = child.namedChildren.at(-1);
    const fallback = last && last.id !== name.id && last.startIndex > name.startIndex ? lo.expr(last) : undefined;
    return [{ name: lo.text(name), ...(type ? { type: lo.expr(type) } : {}), ...(fallback ? { fallback } : {}) }];
  });
}

function define(node: Node, lo: Lowering): Definition {
  const name = node.childForFieldName('name');
  const list = node.childForFieldName('parameters') ?? node.namedChildren.find((child) => child.type === 'parameter_list');
  if (/^(?:method|constructor|local)/.test(node.type)) {
    const type = node.childForFieldName('returns') ?? node.childForFieldName('type');
    return {
      name: node.type === 'constructor_declaration' ? 'constructor' : name ? lo.text(name) : '',
      params: parameters(list, lo),
      ...(type ? { returnType: lo.expr(type) } : {}),
    };
  }
  const bases =
    node.namedChildren
      .find((child) => child.type === 'base_list')
      ?.namedChildren.map((child) => lo.expr(child.type === 'primary_constructor_base_type' ? child.namedChild(0) : child)) ?? [];
  return { name: name ? lo.text(name) : '', bases, ...(list ? { params: parameters(list, lo) } : {}) };
}

const annotations = (node: Node): readonly Node[] =>
  node.namedChildren
    .filter((child) => child.type === 'attribute_list')
    .flatMap((list) => list.namedChildren.filter((item) => item.type === 'attribute'));

function assignments(node: Node, lo: Lowering): Assignment[] {
  if (node.type === 'variable_declaration') {
    const type = node.childForFieldName('type');
    return node.namedChildren.flatMap((item): Assignment[] => {
      const name = item.type === 'variable_declarator' ? item.childForFieldName('name') : null;
      const value = item.namedChildren.find((child) => child.id !== name?.id && child.type !== 'bracketed_argument_list');
      if (!name || (!value && !type)) return [];
      return [
        {
          target: lo.text(name),
          value: value ?? name,
          ...(type && type.type !== 'implicit_type' ? { type } : {}),
          ...(value ? {} : { lowered: { kind: 'null' as const } }),
        },
      ];
    });
  }
  if (node.type === 'property_declaration') {
    const name = node.childForFieldName('name');
    const value = node.childForFieldName('value');
    const type = node.childForFieldName('type');
    return name && (value ?? type)
      ? [
          {
            target: lo.text(name),
            value: value ?? name,
            ...(type ? { type } : {}),
            ...(value ? {} : { lowered: { kind: 'null' as const } }),
          },
        ]
      : [];
  }
  if (node.type === 'foreach_statement') {
    const left = node.childForFieldName('left');
    const right = node.childForFieldName('right');
    return left && right ? [{ target: lo.text(left), value: right, index: -1 }] : [];
  }
  const left = node.childForFieldName('left');
  const value = node.childForFieldName('right');
  if (!left || !value || node.parent?.type === 'initializer_expression') return [];
  const target = lo.text(left);
  if (/^this\.\w+$/.test(target)) return [{ target: target.replace(/^this/, 'self'), value }];
  // `_field = value` in a constructor sets a member.
  return left.type === 'identifier' ? [{ target: target.startsWith('_') ? `self.${target}` : target, value }] : [];
}

export const csharp: Frontend = {
  language: 'csharp',
  grammar: 'c-sharp',
  query: QUERY,
  lower,
  imports,
  define,
  annotations,
  assignments,
  strings: new Set([
    'string_literal',
    'string_literal_content',
    'verbatim_string_literal',
    'raw_string_literal',
    'raw_string_content',
    'interpolated_string_expression',
    'string_content',
    '"',
  ]),
};
