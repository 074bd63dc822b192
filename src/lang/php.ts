import type { Node } from 'web-tree-sitter';
import type { Arg, DictEntry, Expr, ImportFact, ParamFact } from './facts.ts';
import { concat, either, envRead, UNKNOWN, type Assignment, type Definition, type Frontend, type Lowering } from './frontend.ts';
import { plainLiteral } from './plain-literals.ts';

const QUERY = `
(namespace_definition name: (_) @name) @namespace
(namespace_use_declaration) @import
(method_declaration name: (_) @name) @function
(function_definition name: (_) @name) @function
(class_declaration name: (_) @name) @class
(enum_declaration name: (_) @name) @class
(member_call_expression name: (name) @name) @call
(nullsafe_member_call_expression name: (name) @name) @call
(scoped_call_expression name: (name) @name) @call
(function_call_expression function: [(name) @name (qualified_name (name) @name)]) @call
(shell_command_expression) @call
(object_creation_expression [(name) @name (qualified_name (name) @name .)]) @call
(attribute [(name) @name (qualified_name (name) @name .)]) @call
(const_element) @assign
(property_element) @assign
(assignment_expression) @assign
(enum_case) @assign
(property_promotion_parameter) @assign
(return_statement) @return
`;

const PASS_THROUGH = new Set(['trim', 'toString', '__toString', 'value']);
const unquote = (text: string): string => text.replaceAll(/^['"]|['"]$/g, '');
const variable = (text: string): string => text.replace(/^\$/, '');

function args(node: Node | null | undefined, lo: Lowering): Arg[] {
  return (node?.namedChildren ?? []).flatMap((child): Arg[] => {
    if (child.type !== 'argument') return [];
    const name = child.childForFieldName('name');
    const value = child.namedChildren.filter((item) => item.id !== name?.id).at(-1) ?? null;
    return [{ ...(name ? { name: lo.text(name) } : {}), value: lo.expr(value) }];
  });
}

function string(node: Node, lo: Lowering): Expr {
  const at = lo.at(node);
  const parts = node.namedChildren.map((child): Expr =>
    child.type === 'string_content' || child.type === 'escape_sequence' ? { kind: 'string', value: lo.text(child), ...at } : lo.expr(child),
  );
  return parts.length === 0 ? { kind: 'string', value: unquote(lo.text(node)), ...at } : concat(parts);
}

function path(node: Node, lo: Lowering): Expr {
  const parts = lo.text(node).replace(/^\\/, '').split('\\');
  return (
    parts.reduce<Expr | undefined>((object, name) => (object ? { kind: 'member', object, name } : { kind: 'name', name }), undefined) ??
    UNKNOWN
  );
}

const FOLDERS: ReadonlyMap<string, string> = new Map([
  ['base_path', ''],
  ['app_path', 'app/'],
  ['config_path', 'config/'],
  ['database_path', 'database/'],
  ['public_path', 'public/'],
  ['resource_path', 'resources/'],
  ['storage_path', 'storage/'],
]);

function call(node: Node, lo: Lowering): Expr {
  const at = lo.at(node);
  const name = node.childForFieldName('name');
  const object = node.childForFieldName('object') ?? node.childForFieldName('scope');
  const fn = node.childForFieldName('function');
  const callee: Expr = object ? { kind: 'member', object: lo.expr(object), name: name ? lo.text(name) : '' } : lo.expr(fn);
  const text = callee.kind === 'member' || callee.kind === 'name' ? callee.name : '';
  const list = /env|config/i.test(text) || lo.wantsArgs(text) ? args(node.childForFieldName('arguments'), lo) : [];
  if (callee.kind === 'member' && PASS_THROUGH.has(text) && list.length === 0) return callee.object;
  // Helpers of Laravel: a folder of the project, and what stands below it.
  const folder = callee.kind === 'name' ? FOLDERS.get(text) : undefined;
  if (folder !== undefined) {
    const [below] = args(node.childForFieldName('arguments'), lo);
    return concat([{ kind: 'string', value: folder, ...at }, ...(below ? [below.value] : [])]);
  }
  if (callee.kind === 'name' && text === 'dirname') return { kind: 'string', value: '', ...at };
  if (text === 'config' && callee.kind === 'name')
    return { kind: 'call', callee: { kind: 'member', object: callee, name: 'get' }, args: list, ...at };
  return envRead(text, list, at) ?? { kind: 'call', callee, args: list, ...at };
}

function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'string':
    case 'encapsed_string':
    case 'heredoc':
      return string(node, lo);
    case 'name':
      // The folder of the file: paths from there are looked up as they are written.
      return lo.text(node) === '__DIR__' ? { kind: 'string', value: '', ...lo.at(node) } : { kind: 'name', name: lo.text(node) };
    case 'variable_name':
      return { kind: 'name', name: variable(lo.text(node)) };
    case 'relative_scope':
      return { kind: 'name', name: 'this' };
    case 'qualified_name':
    case 'namespace_name':
    case 'named_type':
      return node.type === 'named_type' ? lo.expr(node.namedChild(0)) : path(node, lo);
    case 'member_access_expression':
    case 'nullsafe_member_access_expression': {
      const name = node.childForFieldName('name');
      return { kind: 'member', object: lo.expr(node.childForFieldName('object')), name: name ? lo.text(name) : '' };
    }
    case 'class_constant_access_expression':
    case 'scoped_property_access_expression': {
      const name = node.namedChildren.at(-1);
      return { kind: 'member', object: lo.expr(node.namedChild(0)), name: name ? variable(lo.text(name)) : '' };
    }
    case 'member_call_expression':
    case 'nullsafe_member_call_expression':
    case 'scoped_call_expression':
    case 'function_call_expression':
      return call(node, lo);
    // `ls $folder` in backticks.
    case 'shell_command_expression':
      return { kind: 'call', callee: { kind: 'name', name: 'shell_exec' }, args: [{ value: string(node, lo) }], ...lo.at(node) };
    case 'object_creation_expression':
    case 'attribute': {
      const list = node.namedChildren.find((child) => child.type === 'arguments');
      return { kind: 'call', callee: lo.expr(node.namedChild(0)), args: args(list, lo), ...lo.at(node) };
    }
    case 'subscript_expression': {
      const object = lo.expr(node.namedChild(0));
      const key = lo.expr(node.namedChild(1));
      if (object.kind === 'name' && (object.name === '_ENV' || object.name === '_SERVER') && key.kind === 'string')
        return { kind: 'env', name: key.value, ...lo.at(node) };
      return { kind: 'index', object, key };
    }
    case 'array_creation_expression': {
      const items = node.namedChildren.filter((child) => child.type === 'array_element_initializer');
      if (!items.some((item) => item.namedChildCount > 1)) return { kind: 'list', items: items.map((item) => lo.expr(item.namedChild(0))) };
      const entries = items.flatMap((item): DictEntry[] =>
        item.namedChildCount > 1 ? [{ key: lo.expr(item.namedChild(0)), value: lo.expr(item.namedChild(1)) }] : [],
      );
      return {
        kind: 'dict',
        entries,
        spreads: items
          .filter((item) => item.namedChild(0)?.type === 'variadic_unpacking')
          .map((item) => lo.expr(item.namedChild(0)?.namedChild(0) ?? null)),
      };
    }
    case 'binary_expression': {
      const operator = node.childForFieldName('operator')?.type;
      const sides = [lo.expr(node.childForFieldName('left')), lo.expr(node.childForFieldName('right'))];
      return operator === '.' ? concat(sides) : operator === '??' || operator === '||' ? either(sides) : UNKNOWN;
    }
    case 'conditional_expression':
      return either([
        lo.expr(node.childForFieldName('body') ?? node.childForFieldName('condition')),
        lo.expr(node.childForFieldName('alternative')),
      ]);
    case 'parenthesized_expression':
    case 'argument':
    case 'cast_expression':
      return lo.expr(node.childForFieldName('value') ?? node.namedChild(0));
    default:
      return plainLiteral(node, lo);
  }
}

function imports(node: Node, lo: Lowering): ImportFact[] {
  const { line } = lo.at(node);
  const group = node.childForFieldName('body');
  const prefix = group ? lo.text(node.namedChildren.find((child) => child.type === 'namespace_name') ?? node) : '';
  const clauses = (group ?? node).namedChildren.filter((child) => child.type === 'namespace_use_clause');
  return clauses.map((clause) => {
    const alias = clause.childForFieldName('alias');
    const written = lo.text(clause.namedChild(0) ?? clause).replace(/^\\/, '');
    const full = (prefix === '' ? written : `${prefix}\\${written}`).replaceAll('\\', '.');
    const dot = full.lastIndexOf('.');
    return {
      module: dot < 0 ? '' : full.slice(0, dot),
      name: full.slice(dot + 1),
      local: alias ? lo.text(alias) : full.slice(dot + 1),
      line,
    };
  });
}

function parameters(list: Node | null, lo: Lowering): ParamFact[] {
  return (list?.namedChildren ?? []).flatMap((child): ParamFact[] => {
    const name = child.childForFieldName('name');
    const type = child.childForFieldName('type');
    const value = child.childForFieldName('default_value');
    return name
      ? [{ name: variable(lo.text(name)), ...(type ? { type: lo.expr(type) } : {}), ...(value ? { fallback: lo.expr(value) } : {}) }]
      : [];
  });
}

function define(node: Node, lo: Lowering): Definition {
  const name = node.childForFieldName('name');
  const text = name ? lo.text(name) : '';
  if (node.type === 'class_declaration' || node.type === 'enum_declaration') {
    const bases = node.namedChildren.filter(({ type }) => type === 'base_clause' || type === 'class_interface_clause');
    return { name: text, bases: bases.flatMap((clause) => clause.namedChildren.map((base) => lo.expr(base))) };
  }
  const type = node.childForFieldName('return_type');
  return { name: text, params: parameters(node.childForFieldName('parameters'), lo), ...(type ? { returnType: lo.expr(type) } : {}) };
}

function assignments(node: Node, lo: Lowering): Assignment[] {
  switch (node.type) {
    case 'const_element': {
      const name = node.namedChild(0);
      const value = node.namedChild(1);
      return name && value ? [{ target: lo.text(name), value }] : [];
    }
    case 'enum_case': {
      const name = node.childForFieldName('name');
      const value = node.childForFieldName('value');
      return name && value ? [{ target: lo.text(name), value }] : [];
    }
    case 'property_element':
    case 'property_promotion_parameter': {
      const name = node.childForFieldName('name');
      const value = node.childForFieldName('default_value');
      const promoted = node.type === 'property_promotion_parameter';
      if (!name || (!value && !promoted)) return [];
      const type = node.childForFieldName('type');
      return [
        {
          target: `${promoted ? 'self.' : ''}${variable(lo.text(name))}`,
          value: promoted ? name : (value ?? name),
          ...(type ? { type } : {}),
        },
      ];
    }
    default: {
      const left = node.childForFieldName('left');
      const value = node.childForFieldName('right');
      if (!left || !value) return [];
      const text = lo.text(left);
      if (/^\$this->\w+$/.test(text)) return [{ target: `self.${text.slice(7)}`, value }];
      return left.type === 'variable_name' ? [{ target: variable(text), value }] : [];
    }
  }
}

export const php: Frontend = {
  language: 'php',
  grammar: 'php',
  query: QUERY,
  lower,
  imports,
  define,
  assignments,
  strings: new Set(['string', 'encapsed_string', 'string_content', 'heredoc_body', '"', "'"]),
};
