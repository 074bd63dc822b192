import type { Node } from 'web-tree-sitter';
import type { Arg, EmbedFact, Expr, ImportFact, ParamFact } from './facts.ts';
import {
  concat,
  dotted,
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
(package_clause (package_identifier) @name) @namespace
(import_spec) @import
(function_declaration name: (_) @name) @function
(method_declaration name: (_) @name) @function
(type_spec name: (_) @name type: (struct_type)) @class
(call_expression function: [(identifier) @name (selector_expression field: (field_identifier) @name)]) @call
(composite_literal type: [(type_identifier) @name (qualified_type name: (_) @name)]) @call
(selector_expression operand: (identifier) field: (field_identifier) @name) @reference
(const_spec value: (_)) @assign
(var_spec value: (_)) @assign
(short_var_declaration) @assign
(assignment_statement) @assign
(range_clause) @assign
(field_declaration type: [(qualified_type) (pointer_type (qualified_type))]) @assign
(return_statement) @return
`;

const unquote = (text: string): string => text.replaceAll(/^["`]|["`]$/g, '');

function args(node: Node | null, lo: Lowering): Arg[] {
  return (node?.namedChildren ?? [])
    .filter((child) => child.type !== 'comment')
    .map((child) =>
      child.type === 'variadic_argument' ? { value: lo.expr(child.namedChild(0)), spread: 'list' } : { value: lo.expr(child) },
    );
}

function call(node: Node, lo: Lowering): Expr {
  const callee = lo.expr(node.childForFieldName('function'));
  const name = callee.kind === 'member' || callee.kind === 'name' ? callee.name : '';
  const path = dotted(callee) ?? '';
  const evaluated = EVALUATED.has(path) || /env/i.test(name);
  const list = evaluated || lo.wantsArgs(name) ? args(node.childForFieldName('arguments'), lo) : [];
  const [first] = list;
  if (path.startsWith('filepath.Join') || path === 'path.Join') return joined(list, lo, node);
  if (PASSING.has(path) && first) return first.value;
  return envRead(name, list, lo.at(node)) ?? { kind: 'call', callee, args: list, ...lo.at(node) };
}

/** Calls that only wrap their first argument. */
const PASSING = new Set([
  'string',
  'strings.TrimSpace',
  'aws.String',
  'to.Ptr',
  'genai.Ptr',
  'openai.F',
  'openai.String',
  'param.NewOpt',
  'anthropic.F',
]);

/** Calls whose value follows from their arguments. */
const EVALUATED = new Set([
  ...PASSING,
  'os.Getenv',
  'os.LookupEnv',
  'fmt.Sprintf',
  'filepath.Join',
  'path.Join',
  'strings.ToLower',
  'cmp.Or',
  'viper.GetString',
]);

function joined(list: readonly Arg[], lo: Lowering, node: Node): Expr {
  return joinedPath(
    list.map((arg) => arg.value),
    lo.at(node),
  );
}

/** `T{A: 1}` is a call of `T` with keywords; a map or slice literal is a dictionary or list. */
function composite(node: Node, lo: Lowering): Expr {
  const type = node.childForFieldName('type');
  const body = node.childForFieldName('body');
  const at = lo.at(node);
  if (type?.type === 'map_type') {
    const entries = (body?.namedChildren ?? []).flatMap((item) => {
      const key = item.childForFieldName('key');
      const value = item.childForFieldName('value');
      return item.type === 'keyed_element' && key && value ? [{ key: element(key, lo), value: element(value, lo) }] : [];
    });
    return { kind: 'dict', entries, spreads: [] };
  }
  if (type?.type === 'slice_type' || type?.type === 'array_type' || type?.type === 'implicit_length_array_type') {
    return { kind: 'list', items: (body?.namedChildren ?? []).filter((item) => item.type !== 'comment').map((item) => element(item, lo)) };
  }
  const list = (body?.namedChildren ?? []).flatMap((item): Arg[] => {
    if (item.type === 'comment') return [];
    if (item.type !== 'keyed_element') return [{ value: element(item, lo) }];
    const key = item.childForFieldName('key');
    return [{ name: key ? unquote(lo.text(key)) : '', value: element(item.childForFieldName('value'), lo) }];
  });
  return { kind: 'call', callee: lo.expr(type), args: list, ...at };
}

const element = (node: Node | null, lo: Lowering): Expr => {
  const inner = node?.type === 'literal_element' ? node.namedChild(0) : node;
  if (inner?.type !== 'literal_value') return lo.expr(inner);
  // An element of a slice of structs, its type left out.
  const entries = inner.namedChildren.flatMap((item) => {
    const key = item.childForFieldName('key');
    return item.type === 'keyed_element' && key
      ? [
          {
            key: { kind: 'string' as const, value: unquote(lo.text(key)), ...lo.at(key) },
            value: element(item.childForFieldName('value'), lo),
          },
        ]
      : [];
  });
  return { kind: 'dict', entries, spreads: [] };
};

function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'interpreted_string_literal':
    case 'raw_string_literal':
      return { kind: 'string', value: unquote(lo.text(node)), ...lo.at(node) };
    case 'identifier':
    case 'type_identifier':
    case 'package_identifier':
    case 'field_identifier':
      return { kind: 'name', name: lo.text(node) };
    case 'selector_expression':
      return { kind: 'member', object: lo.expr(node.childForFieldName('operand')), name: lo.text(node.childForFieldName('field') ?? node) };
    case 'qualified_type':
      return { kind: 'member', object: lo.expr(node.childForFieldName('package')), name: lo.text(node.childForFieldName('name') ?? node) };
    case 'call_expression':
      return call(node, lo);
    case 'composite_literal':
      return composite(node, lo);
    case 'index_expression':
      return { kind: 'index', object: lo.expr(node.childForFieldName('operand')), key: lo.expr(node.childForFieldName('index')) };
    case 'unary_expression':
    case 'parenthesized_expression':
    case 'pointer_type':
    case 'type_conversion_expression':
    case 'literal_element':
      return lo.expr(node.childForFieldName('operand') ?? node.namedChild(0));
    case 'expression_list':
      return node.namedChildCount === 1
        ? lo.expr(node.namedChild(0))
        : { kind: 'list', items: node.namedChildren.map((child) => lo.expr(child)) };
    case 'binary_expression':
      return node.childForFieldName('operator')?.type === '+'
        ? concat([lo.expr(node.childForFieldName('left')), lo.expr(node.childForFieldName('right'))])
        : UNKNOWN;
    default:
      return plainLiteral(node, lo);
  }
}

/**
 * Names that an import without an alias may be used by. The package clause of the other repository
 * decides; by custom it is the last part without version, `go-` and `-sdk`.
 */
function packageNames(module: string): readonly string[] {
  const parts = module.split('/');
  let last = parts.at(-1) ?? module;
  if (/^v\d+$/.test(last)) last = parts.at(-2) ?? last;
  const bare = last.replaceAll(/^go-|-go$|\.v\d+$/g, '');
  return [
    ...new Set([bare.replaceAll('-', ''), bare.replaceAll(/-?sdk-?/g, '').replaceAll('-', ''), bare.split('-').at(-1) ?? bare]),
  ].filter((name) => name !== '');
}

function imports(node: Node, lo: Lowering): ImportFact[] {
  const path = node.childForFieldName('path');
  const alias = node.childForFieldName('name');
  const module = path ? unquote(lo.text(path)) : '';
  const { line } = lo.at(node);
  if (alias?.type === 'dot') return [{ module, name: '*', line }];
  if (alias?.type === 'blank_identifier') return [{ module, line }];
  if (alias) return [{ module, local: lo.text(alias), line }];
  return packageNames(module).map((local) => ({ module, local, line }));
}

function parameters(list: Node | null, lo: Lowering): ParamFact[] {
  return (list?.namedChildren ?? []).flatMap((child): ParamFact[] => {
    const type = child.childForFieldName('type');
    const lowered = type ? lo.expr(type) : undefined;
    return child.childrenForFieldName('name').map((name) => ({ name: lo.text(name), ...(lowered ? { type: lowered } : {}) }));
  });
}

function define(node: Node, lo: Lowering): Definition {
  const name = node.childForFieldName('name');
  if (node.type === 'type_spec') return { name: name ? lo.text(name) : '', bases: [] };
  const result = node.childForFieldName('result');
  const type = result?.type === 'parameter_list' ? result.namedChild(0)?.childForFieldName('type') : result;
  const receiver = parameters(node.childForFieldName('receiver'), lo);
  return {
    name: name ? lo.text(name) : '',
    params: [...receiver, ...parameters(node.childForFieldName('parameters'), lo)],
    ...(type ? { returnType: lo.expr(type) } : {}),
  };
}

/** Fields of a struct that hold what a program is told. What a client's field holds, the calls that set it tell better than its type. */
const FIELD = /config|cfg|settings|opt(?:ion)?s$/i;

/** `Config config.Config`: what it holds is known by its type, from the package that declares it. */
function fields(node: Node, type: Node, lo: Lowering): Assignment[] {
  return node.childrenForFieldName('name').flatMap((name): Assignment[] => {
    const target = lo.text(name);
    return FIELD.test(target) ? [{ target, value: type, type, lowered: { kind: 'null' } }] : [];
  });
}

function assignments(node: Node, lo: Lowering): Assignment[] {
  const left = node.childForFieldName('left');
  const right = node.childForFieldName('value') ?? node.childForFieldName('right');
  const type = node.childForFieldName('type');
  if (node.type === 'field_declaration') return type ? fields(node, type, lo) : [];
  if (!right) return [];
  const targets = left ? (left.type === 'expression_list' ? left.namedChildren : [left]) : node.childrenForFieldName('name');
  const values = right.type === 'expression_list' ? right.namedChildren : [right];
  return targets.flatMap((target, index): Assignment[] => {
    if (target.type !== 'identifier') return [];
    const name = lo.text(target);
    if (name === '_') return [];
    const value = values.length === targets.length ? values[index] : values[0];
    if (!value) return [];
    const ranged = node.type === 'range_clause';
    // `x, err := f()`: the first result is the value, the second an error.
    return index > 0 && values.length === 1 && !ranged
      ? []
      : [{ target: name, value, ...(type ? { type } : {}), ...(ranged ? { index: -1 } : {}) }];
  });
}

/** `//go:embed prompts/*.tmpl`: files that the binary carries. */
function embeds(text: string): EmbedFact[] {
  const facts: EmbedFact[] = [];
  for (const match of text.matchAll(/^\/\/go:embed[ \t]+(.{1,400})$/gm)) {
    const line = text.slice(0, match.index).split('\n').length;
    for (const pattern of (match[1] ?? '').trim().split(/\s+/)) facts.push({ pattern: pattern.replaceAll('"', ''), line });
  }
  return facts;
}

export const go: Frontend = {
  language: 'go',
  grammar: 'go',
  query: QUERY,
  lower,
  imports,
  define,
  assignments,
  embeds,
  strings: new Set([
    'interpreted_string_literal',
    'interpreted_string_literal_content',
    'raw_string_literal',
    'raw_string_literal_content',
    '"',
    '`',
  ]),
};
