import type { Node } from 'web-tree-sitter';
import type { Arg, Expr, ImportFact, ParamFact } from './facts.ts';
import { EXTENSION, NULL, type Assignment, type Definition, type Frontend, type Gives, type Lowering } from './frontend.ts';
import { args, LISTS, lower } from './scala-expressions.ts';

/** Where a member stands for its value; before parentheses it is the name of a call. */
const MENTIONS = [
  'arguments',
  'assignment_expression',
  'val_definition',
  'var_definition',
  'function_definition',
  'class_parameter',
  'parameter',
  'infix_expression',
  'if_expression',
  'case_clause',
  'block',
  'indented_block',
  'field_expression',
];
const MEMBER = '(field_expression field: (identifier) @name)';

const QUERY = `
(package_clause name: (package_identifier) @name) @namespace
(import_declaration) @import
(function_definition name: (identifier) @name) @function
(class_parameters) @function
(class_definition name: (identifier) @name) @class
(object_definition name: (identifier) @name) @class
(trait_definition name: (identifier) @name) @class
(enum_definition name: (identifier) @name) @class
(call_expression function: (identifier) @name) @call
(call_expression function: ${MEMBER}) @call
(call_expression function: (generic_function function: (identifier) @name)) @call
(call_expression function: (generic_function function: ${MEMBER})) @call
(call_expression function: (field_expression value: ${MEMBER}) (#match? @name "^(?:newB|b)uilder$")) @call
(instance_expression (type_identifier) @name) @call
(instance_expression (generic_type type: (type_identifier) @name)) @call
(instance_expression (stable_type_identifier (type_identifier) @name .)) @call
(annotation name: (type_identifier) @name) @call
${MENTIONS.map((parent) => `(${parent} ${MEMBER} @reference)`).join('\n')}
(val_definition) @assign
(var_definition) @assign
(class_parameter) @assign
(assignment_expression) @assign
(enumerator) @assign
(object_definition) @assign
(simple_enum_case) @assign
(return_expression) @return
`;

/** Setters of one builder. */
const MAX_CHAIN = 40;

/** `import a.b.{C, D => E}`, `import a.b._`, `import a.b.C, x.y.Z` */
function imports(node: Node, lo: Lowering): ImportFact[] {
  const { line } = lo.at(node);
  const facts: ImportFact[] = [];
  let path: string[] = [];
  const one = (): void => {
    const name = path.at(-1);
    if (name !== undefined) facts.push({ module: path.slice(0, -1).join('.'), name, local: name, line });
    path = [];
  };
  for (const item of node.children) {
    if (item.type === ',') one();
    else if (item.type === 'identifier') path.push(lo.text(item));
    else if (item.type === 'namespace_wildcard' || item.type === 'namespace_selectors' || item.type === 'as_renamed_identifier') {
      facts.push(...selected(item, path.join('.'), line, lo));
      path = [];
    }
  }
  one();
  return facts;
}

function selected(node: Node, module: string, line: number, lo: Lowering): ImportFact[] {
  if (node.type === 'namespace_wildcard') return [{ module, name: '*', line }];
  const items = node.type === 'namespace_selectors' ? node.namedChildren : [node];
  return items.flatMap((item): ImportFact[] => {
    if (item.type === 'namespace_wildcard') return [{ module, name: '*', line }];
    const name = item.type === 'identifier' ? item : item.childForFieldName('name');
    const alias = item.type === 'identifier' ? item : item.childForFieldName('alias');
    if (!name) return [];
    return [{ module, name: lo.text(name), local: lo.text(alias ?? name), line }];
  });
}

function parameter(node: Node, lo: Lowering): ParamFact[] {
  const name = node.childForFieldName('name');
  if (!name) return [];
  const type = node.childForFieldName('type');
  const value = node.childForFieldName('default_value');
  return [{ name: lo.text(name), ...(type ? { type: lo.expr(type) } : {}), ...(value ? { fallback: lo.expr(value) } : {}) }];
}

const OWNERS = new Set(['class_definition', 'trait_definition', 'enum_definition']);
const nameOf = (node: Node | null, lo: Lowering): string => {
  const name = node?.childForFieldName('name');
  return name ? lo.text(name) : '';
};

/** Members of an object beside a class of its name are read by that name too. */
function isCompanion(node: Node, name: string, lo: Lowering): boolean {
  const around = node.type === 'object_definition' ? lo.parent(node) : null;
  return around !== null && ownersIn(around, lo).has(name);
}

/** Classes that stand in a node, by their names. */
const ownersIn = (node: Node, lo: Lowering): ReadonlyMap<string, Node> =>
  lo.once(
    node,
    'owners',
    () => new Map(node.namedChildren.filter((item) => OWNERS.has(item.type)).map((item) => [nameOf(item, lo), item])),
  );

const basesOf = (node: Node, lo: Lowering): Expr[] =>
  (node.childForFieldName('extend')?.childrenForFieldName('type') ?? []).filter((item) => item.isNamed).map((item) => lo.expr(item));

function define(node: Node, lo: Lowering): Definition {
  if (node.type === 'class_parameters') {
    const first = node.previousNamedSibling?.type !== 'class_parameters';
    return { name: first ? 'constructor' : '', params: node.namedChildren.flatMap((item) => parameter(item, lo)) };
  }
  if (node.type === 'function_definition') {
    const type = node.childForFieldName('return_type');
    const result = node.childForFieldName('body');
    const lists = node.childrenForFieldName('parameters');
    return {
      name: nameOf(node, lo),
      params: lists.flatMap((list) => list.namedChildren.flatMap((item) => (item.type === 'parameter' ? parameter(item, lo) : []))),
      ...(type ? { returnType: lo.expr(type) } : {}),
      ...(result ? { result } : {}),
    };
  }
  const name = nameOf(node, lo);
  const bases = basesOf(node, lo);
  return isCompanion(node, name, lo) ? { name: `${EXTENSION}${name}`, bases: [{ kind: 'name', name }, ...bases] } : { name, bases };
}

function annotations(node: Node): readonly Node[] {
  const own = node.namedChildren.filter((item) => item.type === 'annotation');
  const bare = node.type === 'function_definition' && node.childForFieldName('parameters') === null;
  return bare ? [...own, node] : own;
}

/** Names of the parameters of a class that this file defines around a place. */
function parametersOf(type: string, from: Node, lo: Lowering): readonly string[] {
  for (let node = lo.parent(from); node; node = lo.parent(node)) {
    const owner = OWNERS.has(node.type) && nameOf(node, lo) === type ? node : ownersIn(node, lo).get(type);
    if (owner) return lo.once(owner, 'parameters', () => namesOfParameters(owner, lo));
  }
  return [];
}

const namesOfParameters = (owner: Node, lo: Lowering): readonly string[] =>
  (owner.childForFieldName('class_parameters')?.namedChildren ?? []).flatMap((item) =>
    item.type === 'class_parameter' ? [nameOf(item, lo)] : [],
  );

/** `case object Fast extends Model("gpt-4o")`, `case Fast extends Model("gpt-4o")`: the construction of its base. */
function constant(node: Node, lo: Lowering): Assignment[] {
  const extended = node.childForFieldName('extend');
  const name = node.childForFieldName('name');
  const list = extended?.childForFieldName('arguments');
  const type = extended?.childForFieldName('type');
  if (!name) return [];
  if (!list || !type) {
    if (node.type !== 'simple_enum_case') return [];
    const cases = lo.parent(node);
    const owner = cases && lo.once(cases, 'owner', () => lo.parent(lo.parent(cases) ?? cases));
    const lowered: Expr = { kind: 'call', callee: { kind: 'name', name: nameOf(owner, lo) }, args: [], ...lo.at(node) };
    return [{ target: lo.text(name), value: node, lowered }];
  }
  const names = parametersOf(lo.text(type), node, lo);
  const given = args(list, lo).map((arg, index): Arg => {
    const param = names[index];
    return arg.name === undefined && param !== undefined ? { ...arg, name: param } : arg;
  });
  return [{ target: lo.text(name), value: node, lowered: { kind: 'call', callee: lo.expr(type), args: given, ...lo.at(node) } }];
}

function assignments(node: Node, lo: Lowering): Assignment[] {
  switch (node.type) {
    case 'object_definition':
    case 'simple_enum_case':
      return constant(node, lo);
    case 'class_parameter': {
      const name = node.childForFieldName('name');
      const type = node.childForFieldName('type');
      if (!name) return [];
      const target = lo.text(name);
      return [{ target: `self.${target}`, value: name, lowered: { kind: 'name', name: target }, ...(type ? { type } : {}) }];
    }
    case 'enumerator': {
      const [name, value] = node.namedChildren;
      const drawn = node.children.some((item) => item.type === '<-');
      return name?.type === 'identifier' && value ? [{ target: lo.text(name), value, ...(drawn ? { index: -1 } : {}) }] : [];
    }
    case 'assignment_expression': {
      const left = node.childForFieldName('left');
      const value = node.childForFieldName('right');
      if (!left || !value || node.parent?.type === 'arguments') return [];
      const target = lo.text(left);
      if (/^this\.\w+$/.test(target)) return [{ target: target.replace(/^this/, 'self'), value }];
      return /^\w+$/.test(target) ? [{ target, value }] : [];
    }
    default: {
      const name = node.childForFieldName('pattern');
      const value = node.childForFieldName('value');
      const type = node.childForFieldName('type');
      if (name?.type !== 'identifier' || (!value && !type)) return [];
      const lowered = value ? (isShared(value, lo) ? lo.expr(value) : undefined) : NULL;
      return [{ target: lo.text(name), value: value ?? name, ...(type ? { type } : {}), ...(lowered ? { lowered } : {}) }];
    }
  }
}

/** Collections, sums of strings and what configuration says: other files may ask for them. */
function isShared(value: Node, lo: Lowering): boolean {
  if (value.type === 'infix_expression') return true;
  const callee = value.type === 'call_expression' ? value.childForFieldName('function') : null;
  const name = callee?.type === 'field_expression' ? callee.childForFieldName('field') : callee;
  return (
    (name?.type === 'identifier' && /^(?:Map|get(?:String|OrElse|env)|env)$/.test(lo.text(name))) ||
    (name !== null && name !== undefined && LISTS.has(lo.text(name)))
  );
}

/** A chain is lowered from its last call, whose node holds the whole of it. */
function outermost(node: Node, lo: Lowering): Node {
  let current = node;
  for (let depth = 0; depth < MAX_CHAIN; depth++) {
    const member = lo.parent(current);
    if (member?.type !== 'field_expression' || member.startIndex !== current.startIndex) break;
    const next = lo.parent(member);
    if (next?.type !== 'call_expression' || next.startIndex !== current.startIndex) break;
    current = next;
  }
  return current;
}

/** What a string is given to, where the grammar's names say too little. */
function gives(node: Node, value: Node): Gives | 'item' | undefined {
  switch (node.type) {
    case 'assignment_expression':
      return { role: node.parent?.type === 'arguments' ? 'keyword' : 'assign', key: node.childForFieldName('left') ?? undefined };
    case 'val_definition':
    case 'var_definition':
      return { role: 'assign', key: node.childForFieldName('pattern') ?? undefined };
    case 'function_definition':
      return { role: 'assign', key: node.childForFieldName('name') ?? undefined };
    case 'class_parameter':
      return { role: 'param', key: node.childForFieldName('name') ?? undefined };
    case 'infix_expression': {
      const operator = node.childForFieldName('operator')?.text;
      if (operator === '==' || operator === '!=') return { role: 'compare' };
      if (operator !== '->') return undefined;
      const key = node.childForFieldName('left') ?? undefined;
      return key?.id === value.id ? { role: 'key' } : { role: 'entry', key };
    }
    case 'extends_clause': {
      const owner = node.parent;
      return owner && /^object_definition$|_enum_case$/.test(owner.type)
        ? { role: 'assign', key: node.childForFieldName('type') ?? undefined }
        : undefined;
    }
    case 'arguments': {
      if (node.parent?.type === 'extends_clause') return gives(node.parent, node);
      const callee = node.parent?.childForFieldName('function');
      return callee?.type === 'identifier' && LISTS.has(callee.text) ? 'item' : undefined;
    }
    default:
      return undefined;
  }
}

export const scala: Frontend = {
  language: 'scala',
  grammar: 'scala',
  query: QUERY,
  lower,
  imports,
  define,
  annotations,
  assignments,
  outermost,
  open: true,
  gives,
  strings: new Set(['string', 'interpolated_string', 'interpolated_string_expression', '"', '"""']),
};
