import type { Node } from 'web-tree-sitter';
import type { Arg, DictEntry, Expr, ImportFact, ParamFact } from './facts.ts';
import {
  concat,
  dotted,
  either,
  joinedPath,
  KEY_TARGET,
  UNKNOWN,
  type Assignment,
  type Definition,
  type Frontend,
  type Lowering,
} from './frontend.ts';
import { plainLiteral } from './plain-literals.ts';

const QUERY = `
(call method: (identifier) @name) @call
(subshell) @call
(call method: (identifier) @required (#any-of? @required "require" "require_relative" "load")) @import
(method name: (_) @name) @function
(singleton_method name: (_) @name) @function
(class name: (_) @name) @class
(module name: (_) @name) @class
(assignment) @assign
(operator_assignment) @assign
(return) @return
`;

const PASS_THROUGH = new Set(['strip', 'to_s', 'freeze', 'chomp', 'to_sym', 'downcase', 'presence']);
const unquote = (text: string): string => text.replaceAll(/^["':]|["':]$/g, '');

function string(node: Node, lo: Lowering): Expr {
  const at = lo.at(node);
  const parts = node.namedChildren.flatMap((child): Expr[] => {
    if (child.type === 'string_content') return [{ kind: 'string', value: lo.text(child), ...at }];
    return child.type === 'interpolation' ? [lo.expr(child.namedChild(0))] : [];
  });
  return parts.length === 0 ? { kind: 'string', value: '', ...at } : concat(parts);
}

const keyOf = (node: Node, lo: Lowering): Expr =>
  node.type === 'hash_key_symbol' || node.type === 'simple_symbol'
    ? { kind: 'string', value: unquote(lo.text(node)), ...lo.at(node) }
    : lo.expr(node);

function args(node: Node | null, lo: Lowering): Arg[] {
  return (node?.namedChildren ?? []).flatMap((child): Arg[] => {
    if (child.type === 'comment' || child.type === 'block_argument') return [];
    if (child.type === 'pair') {
      const key = child.childForFieldName('key');
      const value = child.childForFieldName('value');
      return key ? [{ name: unquote(lo.text(key)), value: value ? lo.expr(value) : { kind: 'name', name: unquote(lo.text(key)) } }] : [];
    }
    if (child.type === 'hash_splat_argument') return [{ value: lo.expr(child.namedChild(0)), spread: 'dict' }];
    return [{ value: lo.expr(child) }];
  });
}

function call(node: Node, lo: Lowering): Expr {
  const receiver = node.childForFieldName('receiver');
  const method = node.childForFieldName('method');
  const name = method ? lo.text(method) : '';
  const at = lo.at(node);
  const object = receiver ? lo.expr(receiver) : undefined;
  const list = node.childForFieldName('arguments');
  if (object?.kind === 'name' && object.name === 'ENV' && (name === 'fetch' || name === 'dig')) {
    const [key, fallback] = args(list, lo);
    const block = node.childForFieldName('block')?.namedChildren.at(-1);
    const given = fallback?.value ?? (block ? lo.expr(block) : undefined);
    if (key?.value.kind === 'string') return { kind: 'env', name: key.value.value, ...at, ...(given ? { fallback: given } : {}) };
  }
  if (object && PASS_THROUGH.has(name) && !list) return object;
  // `Rails.root.join("prompts", "system.txt")`, `File.join(__dir__, "x")`, `File.expand_path("../x", __FILE__)`.
  if (object && list && (name === 'join' || name === 'expand_path')) {
    const owner = dotted(object) ?? '';
    const parts = args(list, lo).map((arg) => arg.value);
    if (owner === 'File' && name === 'expand_path' && parts[0]) return parts[0];
    if (owner === 'File' && name === 'join') return joinedPath(parts, at);
    if (/(?:^|\.)root$/.test(owner)) return joinedPath([UNKNOWN, ...parts], at);
  }
  const callee: Expr = object ? { kind: 'member', object, name } : { kind: 'name', name };
  // A bare word with a receiver and no arguments may be an attribute.
  if (!list && object && !lo.wantsArgs(name))
    return name === 'new' ? { kind: 'call', callee, args: [], ...at } : { kind: 'member', object, name };
  return { kind: 'call', callee, args: lo.wantsArgs(name) ? args(list, lo) : [], ...at };
}

function lower(node: Node, lo: Lowering): Expr {
  switch (node.type) {
    case 'string':
    case 'bare_string':
      return string(node, lo);
    case 'simple_symbol':
      return { kind: 'string', value: unquote(lo.text(node)), ...lo.at(node) };
    case 'identifier':
    case 'constant':
      return { kind: 'name', name: lo.text(node) };
    case 'self':
      return { kind: 'name', name: 'self' };
    case 'instance_variable':
    case 'class_variable':
      return { kind: 'member', object: { kind: 'name', name: 'self' }, name: lo.text(node).replace(/^@+/, '') };
    case 'scope_resolution': {
      const scope = node.childForFieldName('scope');
      const name = lo.text(node.childForFieldName('name') ?? node);
      return scope ? { kind: 'member', object: lo.expr(scope), name } : { kind: 'name', name };
    }
    // `ls #{folder}` in backticks.
    case 'subshell':
      return { kind: 'call', callee: { kind: 'name', name: 'system' }, args: [{ value: string(node, lo) }], ...lo.at(node) };
    case 'call':
      return call(node, lo);
    case 'element_reference': {
      const object = lo.expr(node.childForFieldName('object'));
      const key = lo.expr(node.namedChild(1));
      if (object.kind === 'name' && object.name === 'ENV' && key.kind === 'string') return { kind: 'env', name: key.value, ...lo.at(node) };
      return { kind: 'index', object, key };
    }
    case 'hash': {
      const entries = node.namedChildren.flatMap((child): DictEntry[] => {
        const key = child.childForFieldName('key');
        const value = child.childForFieldName('value');
        return child.type === 'pair' && key ? [{ key: keyOf(key, lo), value: lo.expr(value) }] : [];
      });
      return {
        kind: 'dict',
        entries,
        spreads: node.namedChildren.filter((child) => child.type === 'hash_splat_argument').map((child) => lo.expr(child.namedChild(0))),
      };
    }
    case 'array':
    case 'string_array':
    case 'symbol_array':
      return { kind: 'list', items: node.namedChildren.filter((child) => child.type !== 'comment').map((child) => lo.expr(child)) };
    case 'binary': {
      const operator = node.childForFieldName('operator')?.type;
      const sides = [lo.expr(node.childForFieldName('left')), lo.expr(node.childForFieldName('right'))];
      return operator === '+' ? concat(sides) : operator === '||' || operator === 'or' ? either(sides) : UNKNOWN;
    }
    case 'conditional':
      return either([lo.expr(node.childForFieldName('consequence')), lo.expr(node.childForFieldName('alternative'))]);
    case 'assignment':
    case 'operator_assignment':
      return lo.expr(node.childForFieldName('right'));
    case 'parenthesized_statements':
    case 'argument_list':
      return lo.expr(node.namedChild(0));
    default:
      return plainLiteral(node, lo);
  }
}

function imports(node: Node, lo: Lowering): ImportFact[] {
  const first = node.childForFieldName('arguments')?.namedChild(0);
  return first?.type === 'string' ? [{ module: unquote(lo.text(first)), name: '*', line: lo.at(node).line }] : [];
}

function define(node: Node, lo: Lowering): Definition {
  const name = node.childForFieldName('name');
  const text = name ? lo.text(name) : '';
  if (node.type === 'class' || node.type === 'module') {
    const base = node.childForFieldName('superclass')?.namedChild(0);
    return { name: text.split('::').at(-1) ?? text, bases: base ? [lo.expr(base)] : [] };
  }
  const params = (node.childForFieldName('parameters')?.namedChildren ?? []).flatMap((child): ParamFact[] => {
    const id = child.type === 'identifier' ? child : child.childForFieldName('name');
    const value = child.childForFieldName('value');
    return id ? [{ name: lo.text(id), ...(value ? { fallback: lo.expr(value) } : {}) }] : [];
  });
  const last = node.childForFieldName('body')?.namedChildren.at(-1);
  return {
    name: text,
    params,
    ...(last && /string|call|constant|identifier|binary|hash|variable|assignment/.test(last.type) ? { result: last } : {}),
  };
}

function assignments(node: Node, lo: Lowering): Assignment[] {
  const left = node.childForFieldName('left');
  const value = node.childForFieldName('right');
  if (!left || !value) return [];
  const text = lo.text(left);
  if (left.type === 'instance_variable' || left.type === 'class_variable') return [{ target: `self.${text.replace(/^@+/, '')}`, value }];
  const key = left.type === 'call' ? CONFIGURED.exec(text)?.[1] : undefined;
  if (key !== undefined) return [{ target: `${KEY_TARGET}${key}`, value }];
  return left.type === 'identifier' || left.type === 'constant' ? [{ target: text, value }] : [];
}
/** `config.x.openai.model`: what a block of `configure`, or of an application's settings, is given. */
const CONFIGURED = /^(?:(?:Rails\.(?:application\.)?)?(?:config(?:uration)?|conf|cfg|settings)|c)\.(\w+(?:\.\w+){0,5})$/;

export const ruby: Frontend = {
  language: 'ruby',
  grammar: 'ruby',
  query: QUERY,
  lower,
  imports,
  define,
  assignments,
  strings: new Set(['string', 'string_content', 'bare_string', '"', "'"]),
};
