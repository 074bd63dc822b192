import type { Node } from 'web-tree-sitter';
import { environment, imports, required, unquote } from './javascript-imports.ts';
import type { Arg, DictEntry, Expr, ParamFact } from './facts.ts';
import {
  concat,
  dotted,
  either,
  ENV_TARGET,
  envRead,
  UNKNOWN,
  type Assignment,
  type Definition,
  type Frontend,
  type Lowering,
} from './frontend.ts';
import { plainLiteral } from './plain-literals.ts';

const QUERY = `
(import_statement) @import
(export_statement source: (_)) @import
(variable_declarator value: [(call_expression) (member_expression object: (call_expression)) (await_expression (call_expression))]) @import
(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(method_definition name: (_) @name) @function
(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression)]) @function
(class_declaration name: (_) @name) @class
(call_expression function: [(identifier) @call (member_expression property: (property_identifier) @call)])
(new_expression constructor: [(identifier) @call (member_expression property: (property_identifier) @call)])
(variable_declarator value: (_)) @assign
(assignment_expression) @assign
(export_statement value: (_)) @assign
(export_specifier) @assign
(for_in_statement left: (identifier)) @assign
(return_statement) @return
`;
const QUERY_JS = `${QUERY}
(field_definition) @assign
(decorator) @decorator
`;
const QUERY_TS = `${QUERY}
(public_field_definition value: (_)) @assign
(public_field_definition !value type: (_)) @assign
(enum_declaration name: (_) @name) @class
(enum_assignment) @assign
(required_parameter (accessibility_modifier)) @assign
(decorator) @decorator
(abstract_class_declaration name: (_) @name) @class
`;

const ENV_OBJECTS = new Set(['process.env', 'import.meta.env', 'Bun.env', 'Deno.env', 'globalThis.process.env']);
const PASS_THROUGH = new Set(['trim', 'toString', 'valueOf', 'toLowerCase']);
const MAX_CHAIN = 64;
/** Words of one command in a template. */
const MAX_WORDS = 200;

const ESCAPE = /\\(.)/g;
const unescape = (text: string): string =>
  text.includes('\\') ? text.replaceAll(ESCAPE, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c)) : text;

function string(node: Node, lo: Lowering): Expr {
  const at = lo.at(node);
  const parts: Expr[] = [];
  for (const child of node.namedChildren) {
    if (child.type === 'string_fragment') parts.push({ kind: 'string', value: lo.text(child), ...at });
    else if (child.type === 'escape_sequence') parts.push({ kind: 'string', value: unescape(lo.text(child)), ...at });
    else if (child.type === 'template_substitution') parts.push(lo.expr(child.namedChild(0)));
  }
  return parts.length === 0 ? { kind: 'string', value: '', ...at } : concat(parts);
}

/** What a tag is given, as one list of words: a hole is one word of `$`git log ${branch}``, or a part of one. */
function words(text: Expr): Expr {
  const items: Expr[][] = [[]];
  for (const part of text.kind === 'concat' ? text.parts : [text]) {
    if (part.kind !== 'string') items.at(-1)?.push(part);
    else
      for (const [index, value] of part.value.split(/\s+/, MAX_WORDS).entries()) {
        if (index > 0) items.push([]);
        if (value !== '') items.at(-1)?.push({ ...part, value });
      }
  }
  return { kind: 'list', items: items.filter((item) => item.length > 0).map(concat) };
}

function args(node: Node | null, lo: Lowering): Arg[] {
  if (node?.type === 'template_string') return [{ value: words(string(node, lo)) }];
  return (node?.namedChildren ?? [])
    .filter((child) => child.type !== 'comment')
    .map((child): Arg =>
      child.type === 'spread_element' ? { value: lo.expr(child.namedChild(0)), spread: 'list' } : { value: lo.expr(child) },
    );
}

function call(node: Node, lo: Lowering): Expr {
  const callee = lo.expr(node.childForFieldName('function') ?? node.childForFieldName('constructor'));
  // What `createOllama()` made is called as the rules of the factory say.
  const named = callee.kind === 'call' ? callee.callee : callee;
  const name = named.kind === 'member' || named.kind === 'name' ? named.name : '';
  const at = lo.at(node);
  const wanted = lo.wantsArgs(name) || /env/i.test(name) || name === 'require' || (callee.kind === 'member' && callee.name === 'get');
  const list = wanted ? args(node.childForFieldName('arguments'), lo) : [];
  if (node.type === 'call_expression' && callee.kind === 'member') {
    if (PASS_THROUGH.has(callee.name) && list.length === 0) return callee.object;
    const [first] = list;
    if (callee.name === 'get' && first?.value.kind === 'string' && ENV_OBJECTS.has(dotted(callee.object) ?? ''))
      return { kind: 'env', name: first.value.value, ...at };
    if (callee.name === 'join' || callee.name === 'resolve')
      return joinPath(callee.object, node, lo) ?? { kind: 'call', callee, args: list, ...at };
  }
  return envRead(name, list, at) ?? { kind: 'call', callee, args: list, ...at };
}

/** `path.join(process.cwd(), "a", "b")`: the known tail of the path. */
function joinPath(owner: Expr, node: Node, lo: Lowering): Expr | undefined {
  if (owner.kind !== 'name' || !/^(?:path|posix|nodePath|p)$/i.test(owner.name)) return undefined;
  const parts = (node.childForFieldName('arguments')?.namedChildren ?? []).map((child) => lo.expr(child));
  const known = parts.filter(
    (part, index) =>
      !(index === 0 && (part.kind === 'call' || (part.kind === 'name' && part.name === '__dirname') || part.kind === 'member')),
  );
  const at = lo.at(node);
  return known.length === 0
    ? undefined
    : concat(known.flatMap((part, index): Expr[] => (index === 0 ? [part] : [{ kind: 'string', value: '/', ...at }, part])));
}

function object(node: Node, lo: Lowering): Expr {
  const entries: DictEntry[] = [];
  const spreads: Expr[] = [];
  for (const child of node.namedChildren) {
    if (child.type === 'pair') {
      const key = child.childForFieldName('key');
      const value = child.childForFieldName('value');
      if (!key || !value) continue;
      const computed = key.type === 'computed_property_name' ? lo.expr(key.namedChild(0)) : undefined;
      entries.push({ key: computed ?? { kind: 'string', value: unquote(lo.text(key)), ...lo.at(key) }, value: lo.expr(value) });
    } else if (child.type === 'shorthand_property_identifier') {
      const name = lo.text(child);
      entries.push({ key: { kind: 'string', value: name, ...lo.at(child) }, value: lo.expr(child) });
    } else if (child.type === 'spread_element') spreads.push(lo.expr(child.namedChild(0)));
  }
  return { kind: 'dict', entries, spreads };
}

function binary(node: Node, lo: Lowering): Expr {
  const operator = node.childForFieldName('operator')?.type;
  if (operator === '||' || operator === '??')
    return either([lo.expr(node.childForFieldName('left')), lo.expr(node.childForFieldName('right'))]);
  if (operator === '&&') return lo.expr(node.childForFieldName('right'));
  if (operator !== '+') return UNKNOWN;
  const parts: Expr[] = [];
  let current: Node | null = node;
  for (let depth = 0; current?.type === 'binary_expression' && current.childForFieldName('operator')?.type === '+'; depth++) {
    if (depth > MAX_CHAIN) return UNKNOWN;
    parts.push(lo.expr(current.childForFieldName('right')));
    current = current.childForFieldName('left');
  }
  parts.push(lo.expr(current));
  return concat(parts.reverse());
}

function member(node: Node, lo: Lowering): Expr {
  const inner = lo.expr(node.childForFieldName('object'));
  const property = node.childForFieldName('property');
  const name = property ? lo.text(property) : '';
  if (ENV_OBJECTS.has(dotted(inner) ?? '')) return { kind: 'env', name, ...lo.at(node) };
  return { kind: 'member', object: inner, name };
}

function subscript(node: Node, lo: Lowering): Expr {
  const inner = lo.expr(node.childForFieldName('object'));
  const key = lo.expr(node.childForFieldName('index'));
  if (key.kind === 'string') {
    if (ENV_OBJECTS.has(dotted(inner) ?? '')) return { kind: 'env', name: key.value, ...lo.at(node) };
    if (inner.kind === 'dict') return { kind: 'index', object: inner, key };
  }
  return { kind: 'index', object: inner, key };
}

function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'string':
    case 'template_string':
      return string(node, lo);
    case 'identifier':
    case 'shorthand_property_identifier':
    case 'type_identifier':
    case 'property_identifier':
      return { kind: 'name', name: lo.text(node) };
    case 'this':
      return { kind: 'name', name: 'this' };
    case 'super':
      return { kind: 'name', name: 'super' };
    case 'member_expression':
    case 'nested_type_identifier':
      return node.type === 'member_expression'
        ? member(node, lo)
        : { kind: 'member', object: lo.expr(node.childForFieldName('module')), name: lo.text(node.childForFieldName('name') ?? node) };
    case 'meta_property':
      return { kind: 'member', object: { kind: 'name', name: 'import' }, name: 'meta' };
    case 'subscript_expression':
      return subscript(node, lo);
    case 'call_expression':
    case 'new_expression':
      return call(node, lo);
    case 'object':
      return object(node, lo);
    case 'array':
      return { kind: 'list', items: node.namedChildren.filter((child) => child.type !== 'comment').map((child) => lo.expr(child)) };
    case 'binary_expression':
      return binary(node, lo);
    case 'ternary_expression':
      return either([lo.expr(node.childForFieldName('consequence')), lo.expr(node.childForFieldName('alternative'))]);
    case 'null':
    case 'undefined':
      return { kind: 'null' };
    case 'await_expression':
    case 'parenthesized_expression':
    case 'as_expression':
    case 'satisfies_expression':
    case 'non_null_expression':
    case 'type_annotation':
    case 'spread_element':
      return lo.expr(node.namedChild(0));
    case 'generic_type':
      return {
        kind: 'index',
        object: lo.expr(node.childForFieldName('name') ?? node.namedChild(0)),
        key: lo.expr(node.namedChild(1)?.namedChild(0) ?? null),
      };
    case 'union_type':
      return { kind: 'either', options: node.namedChildren.map((child) => lo.expr(child)) };
    case 'arrow_function': {
      const body = node.childForFieldName('body');
      return body && body.type !== 'statement_block' ? lo.expr(body) : UNKNOWN;
    }
    default:
      return plainLiteral(node, lo);
  }
}

function parameters(list: Node | null, lo: Lowering): ParamFact[] {
  const params: ParamFact[] = [];
  let position = -1;
  for (const child of list?.namedChildren ?? []) {
    if (child.type === 'comment') continue;
    position++;
    const pattern = child.childForFieldName('pattern') ?? child.childForFieldName('left') ?? child;
    const value = child.childForFieldName('value') ?? child.childForFieldName('right');
    const type = child.childForFieldName('type');
    if (pattern.type === 'identifier')
      params.push({ name: lo.text(pattern), ...(value ? { fallback: lo.expr(value) } : {}), ...(type ? { type: lo.expr(type) } : {}) });
    else if (pattern.type === 'object_pattern') params.push(...destructured(pattern, position, lo));
  }
  return params;
}

function destructured(pattern: Node, from: number, lo: Lowering): ParamFact[] {
  return pattern.namedChildren.flatMap((item): ParamFact[] => {
    if (item.type === 'shorthand_property_identifier_pattern') return [{ name: lo.text(item), from }];
    if (item.type !== 'object_assignment_pattern') return [];
    const left = item.childForFieldName('left');
    return left ? [{ name: lo.text(left), from, fallback: lo.expr(item.childForFieldName('right')) }] : [];
  });
}

function define(node: Node, lo: Lowering): Definition {
  const name = node.childForFieldName('name');
  const text = name ? lo.text(name) : '';
  if (/class|enum/.test(node.type)) {
    const heritage = node.namedChildren.find((child) => child.type === 'class_heritage');
    const clause = heritage?.namedChildren.find((child) => child.type === 'extends_clause');
    const base = clause?.childForFieldName('value') ?? (clause ? undefined : heritage?.namedChild(0));
    return { name: text, bases: base ? [lo.expr(base)] : [] };
  }
  const fn = node.type === 'variable_declarator' ? node.childForFieldName('value') : node;
  const body = fn?.childForFieldName('body');
  const single = fn?.childForFieldName('parameter');
  const returnType = fn?.childForFieldName('return_type');
  return {
    name: text,
    params: single ? [{ name: lo.text(single) }] : parameters(fn?.childForFieldName('parameters') ?? null, lo),
    ...(returnType ? { returnType: lo.expr(returnType) } : {}),
    ...(fn?.type === 'arrow_function' && body && body.type !== 'statement_block' ? { result: body } : {}),
  };
}

/** `export default () => ({…})`: the table that a module of configuration makes. */
function tableOf(value: Node): Node | undefined {
  const body = value.type === 'arrow_function' ? value.childForFieldName('body') : null;
  const inner = body?.type === 'parenthesized_expression' ? body.namedChild(0) : body;
  return inner?.type === 'object' ? inner : undefined;
}

function assignments(node: Node, lo: Lowering): Assignment[] {
  switch (node.type) {
    case 'variable_declarator':
      return declared(node, lo);
    case 'assignment_expression': {
      const left = node.childForFieldName('left');
      const value = node.childForFieldName('right');
      if (!left || !value) return [];
      const target = lo.text(left);
      if (left.type === 'identifier') return [{ target, value }];
      if (/^this\.#?\w+$/.test(target)) return [{ target: target.replace(/^this/, 'self'), value }];
      if (target === 'module.exports') return [{ target: 'default', value }];
      const variable = /^process\.env(?:\.([A-Z]\w*)|\[["']([A-Z]\w*)["']\])$/.exec(target);
      if (variable) return [{ target: `${ENV_TARGET}${variable[1] ?? variable[2]}`, value }];
      const exported = /^(?:module\.)?exports\.(\w+)$/.exec(target)?.[1];
      return exported ? [{ target: exported, value }] : [];
    }
    case 'export_statement': {
      const value = node.childForFieldName('value');
      return value ? [{ target: 'default', value: tableOf(value) ?? value }] : [];
    }
    case 'export_specifier': {
      const name = node.childForFieldName('name');
      const alias = node.childForFieldName('alias');
      return name && alias && !node.parent?.parent?.childForFieldName('source') ? [{ target: lo.text(alias), value: name }] : [];
    }
    case 'for_in_statement': {
      const left = node.childForFieldName('left');
      const value = node.childForFieldName('right');
      return left && value ? [{ target: lo.text(left), value, index: -1 }] : [];
    }
    case 'required_parameter': {
      const pattern = node.childForFieldName('pattern');
      return pattern?.type === 'identifier' ? [{ target: `self.${lo.text(pattern)}`, value: pattern }] : [];
    }
    default: {
      const name = node.childForFieldName('name') ?? node.childForFieldName('property');
      const type = node.childForFieldName('type');
      const value = node.childForFieldName('value') ?? type;
      return name && value ? [{ target: unquote(lo.text(name)), value, ...(type ? { type } : {}) }] : [];
    }
  }
}

function declared(node: Node, lo: Lowering): Assignment[] {
  const name = node.childForFieldName('name');
  const value = node.childForFieldName('value');
  const type = node.childForFieldName('type');
  if (!name || !value || value.type === 'arrow_function' || value.type === 'function_expression' || required(value, lo)) return [];
  if (name.type === 'identifier') return [{ target: lo.text(name), value, ...(type ? { type } : {}) }];
  if (name.type === 'array_pattern')
    return name.namedChildren.flatMap((item, index) => (item.type === 'identifier' ? [{ target: lo.text(item), value, index }] : []));
  if (name.type !== 'object_pattern') return [];
  return name.namedChildren.flatMap((item): Assignment[] => {
    if (item.type === 'shorthand_property_identifier_pattern') return [{ target: lo.text(item), value, member: lo.text(item) }];
    if (item.type === 'object_assignment_pattern') {
      const left = item.childForFieldName('left');
      const fallback = item.childForFieldName('right');
      return left ? [{ target: lo.text(left), value, member: lo.text(left), ...(fallback ? { fallback } : {}) }] : [];
    }
    const key = item.childForFieldName('key');
    const target = item.childForFieldName('value');
    return item.type === 'pair_pattern' && key && target?.type === 'identifier'
      ? [{ target: lo.text(target), value, member: lo.text(key) }]
      : [];
  });
}

const strings = new Set(['string', 'string_fragment', 'template_string', 'escape_sequence', '"', "'", '`']);
const shared = { lower, imports, environment, define, assignments, strings, callTypes: new Set(['call_expression', 'new_expression']) };

export const javascript: Frontend = { language: 'javascript', grammar: 'javascript', query: QUERY_JS, ...shared };
export const typescript: Frontend = { language: 'typescript', grammar: 'typescript', query: QUERY_TS, ...shared };
export const tsx: Frontend = { language: 'typescript', grammar: 'tsx', query: QUERY_TS, ...shared };
