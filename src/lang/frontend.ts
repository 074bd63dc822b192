import type { Node } from 'web-tree-sitter';
import type { Arg, EmbedFact, Expr, ImportFact, LanguageId, LiteralRole, ParamFact } from './facts.ts';

/** What the rest of the product wants to hear about; a front-end drops everything else early. */
export interface Interest {
  /** Last names of callees that some rule matches. */
  readonly calls: ReadonlySet<string>;
  /** Names of methods that count if they are given a model. */
  readonly methods: ReadonlySet<string>;
  /** Names of calls whose value follows from their arguments. */
  readonly helpers: ReadonlySet<string>;
  /** Options that decide how something is loaded: keys of a dictionary that are set later count. */
  readonly options: ReadonlySet<string>;
  /** Words of keys that make their string worth a look. */
  readonly keyed: RegExp;
  /** Strings that a key makes worth a look whatever its words. */
  readonly files: RegExp;
  /** Whether a string is worth keeping for itself, given what it is assigned to. */
  /** Names of constants that may stand for a model id. */
  readonly constant: (name: string) => boolean;
  readonly literal: (value: string, key: string | undefined) => boolean;
  /** Whether a variable of the environment says by its name where an AI service is. */
  readonly variable: (name: string) => boolean;
}

/** What a front-end says about a function or class. */
export interface Definition {
  readonly name: string;
  readonly params?: readonly ParamFact[];
  readonly bases?: readonly Expr[];
  readonly returnType?: Expr;
  /** Body of an arrow function that is one expression. */
  readonly result?: Node;
}

export interface Assignment {
  /** `x`, `self.x`, `x.y` for a field or key of a variable, or `ENV_TARGET` and a variable of the environment. */
  readonly target: string;
  readonly value: Node;
  readonly type?: Node;
  /** What is done with the value: `with x() as y` binds the result of entering. */
  readonly index?: number;
  /** Of that element, the part at this position: `for name, path in pairs`. */
  readonly part?: number;
  /** Instead of lowering `value`. */
  readonly lowered?: Expr;
  /** Destructuring: the member of the value, and its default. */
  readonly member?: string;
  readonly fallback?: Node;
}

/** Services of the driver to a front-end: bounded recursion and text. */
export interface Lowering {
  /** Source text of a node. */
  text(node: Node): string;
  /** Where a node begins, in the file that a reader sees. */
  at(node: Node): { readonly line: number; readonly column: number };
  /** What a node stands in; null at the root, and once a file has used up its climbs. */
  parent(node: Node): Node | null;
  /** What many nodes ask of one that they stand in, found once. */
  once<T>(node: Node, what: string, find: () => T): T;
  /** Lowers a child; answers `unknown` past the depth or node budget. */
  expr(node: Node | null): Expr;
  /** Arguments of a call whose name interests nobody are not worth their memory. */
  wantsArgs(name: string): boolean;
  /** Type and default of a parameter are lowered only where the body names it, or a default is a string. */
  wantsParam(name: string, fallback: Node | null): boolean;
}

export interface Gives {
  readonly role: LiteralRole;
  readonly key?: Node | undefined;
  readonly callee?: Node | undefined;
}

/** One language: a handful of structural queries and a lowering of expressions. */
export interface Frontend {
  readonly language: LanguageId;
  /** Name of the grammar file, without prefix and extension. */
  readonly grammar: string;
  /** The source as an older grammar knows it; every character keeps its place. */
  readonly prepare?: (text: string) => string;
  /**
   * Captures: `@import`, `@function`, `@class`, `@decorator`, `@call` and `@reference` with
   * `@name`, `@assign`, `@return`, `@global` (statements that name variables of the module), `@namespace`.
   */
  readonly query: string;
  readonly lower: (node: Node, lo: Lowering) => Expr;
  readonly imports: (node: Node, lo: Lowering) => readonly ImportFact[];
  /** What an import gives of the environment: one variable, or an object of them. */
  readonly environment?: (fact: ImportFact) => 'variable' | 'object' | undefined;
  readonly define: (node: Node, lo: Lowering) => Definition;
  /** The name of a definition, where the query captures none. */
  readonly nameOf?: (node: Node) => Node | null;
  /** Decorators that are children of the definition (annotations, attributes). */
  readonly annotations?: (node: Node) => readonly Node[];
  readonly assignments: (node: Node, lo: Lowering) => readonly Assignment[];
  /** Where `@call` captures only the callee's name (fewer nodes cross the border): types of the call around it. */
  readonly callTypes?: ReadonlySet<string>;
  /** Where a definition ends whose body is not a part of its node. */
  readonly endOf?: (node: Node) => number;
  /** Files see each other's names without an import: any call that is given a model may be one of the tree's. */
  readonly open?: true;
  /** Functions whose call stands for a call of their first argument: `functools.partial`. */
  readonly applies?: ReadonlySet<string>;
  /** The node that holds the whole chain of calls that a call begins. */
  readonly outermost?: (node: Node, lo: Lowering) => Node;
  /** The name of what a call without a callee makes, which its place tells: `let model: Model = .init(…)`. */
  readonly impliedName?: (node: Node, lo: Lowering) => Node | undefined;
  /** Directives in comments that build files in. */
  readonly embeds?: (text: string) => readonly EmbedFact[];
  /** What a node gives the string in `child` to, where its grammar names no field; `item`: it is one of several. */
  readonly gives?: (node: Node, child: Node) => Gives | 'item' | undefined;
  /** Node types of string literals, and of their content. */
  readonly strings: ReadonlySet<string>;
}

/** Begins the target of an assignment to the process's environment. */
export const ENV_TARGET = 'env:';
/** Begins the target of an assignment to a key of the program's configuration. */
export const KEY_TARGET = 'key:';

/** Object of a member whose type the place tells: `.fast` of Swift. */
export const IMPLICIT = '.';

/** Begins the name of a class that adds members to the type behind it: no name of a program means it. */
export const EXTENSION = 'extension ';

/** What is not followed. One value: source files are full of arithmetic. */
export const UNKNOWN: Expr = Object.freeze({ kind: 'unknown' });
export const NULL: Expr = Object.freeze({ kind: 'null' });
export const TRUE: Expr = Object.freeze({ kind: 'boolean', value: true });
export const FALSE: Expr = Object.freeze({ kind: 'boolean', value: false });

/** `concat` with nested concatenations and neighbouring strings folded. */
export function concat(parts: readonly Expr[]): Expr {
  const flat: Expr[] = [];
  for (const part of parts.flatMap((item) => (item.kind === 'concat' ? item.parts : [item]))) {
    const last = flat.at(-1);
    if (part.kind === 'string' && last?.kind === 'string') flat[flat.length - 1] = { ...last, value: last.value + part.value };
    else flat.push(part);
  }
  const [only] = flat;
  if (flat.length > MAX_PARTS) return UNKNOWN;
  return flat.length === 1 && only ? only : { kind: 'concat', parts: flat };
}
/** Parts of one text; a text of more names nothing. */
export const MAX_PARTS = 500;

export const either = (options: readonly Expr[]): Expr => {
  const flat = options.flatMap((item) => (item.kind === 'either' ? item.options : item.kind === 'null' ? [] : [item]));
  const [only] = flat;
  return flat.length === 1 && only ? only : flat.length === 0 ? { kind: 'null' } : { kind: 'either', options: flat };
};

/**
 * Parts of a path as one value. What leads it is often the program's folder (`AppContext.BaseDirectory`,
 * `Rails.root`, `os.Getwd()`): a call or a member there is left out, a name may be.
 */
export function joinedPath(parts: readonly Expr[], at: { readonly line: number; readonly column: number }): Expr {
  const glue = (list: readonly Expr[]): Expr =>
    concat(list.flatMap((part, index): Expr[] => (index === 0 ? [part] : [{ kind: 'string', value: '/', ...at }, part])));
  const [first, ...rest] = parts;
  if (!first || rest.length === 0) return first ?? UNKNOWN;
  if (first.kind === 'call' || first.kind === 'member' || first.kind === 'unknown') return glue(rest);
  return first.kind === 'name' ? either([glue(parts), glue(rest)]) : glue(parts);
}

const ENV_HELPER =
  /^_*(?:os_?)?(?:get|read|lookup|must|require|fetch|load|str)?_?env(?:ironment)?_?(?:var(?:iable)?|or|str|string|or_?default|or_?else|with_?default|default)?$/i;
const ENV_NAME = /^[A-Z][A-Z0-9_]*$/;

/** A call of an environment helper of any language or project: `getEnv("X", "default")`. */
export function envRead(name: string, args: readonly Arg[], at: { readonly line: number; readonly column: number }): Expr | undefined {
  if (!ENV_HELPER.test(name)) return undefined;
  const variable = positionalArg(args, 0);
  if (variable?.kind !== 'string' || !ENV_NAME.test(variable.value)) return undefined;
  const fallback = positionalArg(args, 1) ?? namedArg(args, 'default');
  return { kind: 'env', name: variable.value, ...at, ...(fallback ? { fallback } : {}) };
}

/** `a.b.c` of names and members, else undefined. */
export function dotted(expr: Expr): string | undefined {
  if (expr.kind === 'name') return expr.name;
  if (expr.kind === 'member') {
    const object = dotted(expr.object);
    return object === undefined ? undefined : `${object}.${expr.name}`;
  }
  return undefined;
}

/** First argument without a name, or the one at `index`. */
export const positionalArg = (args: readonly Arg[], index: number): Expr | undefined =>
  args.filter((arg) => arg.name === undefined && !arg.spread)[index]?.value;

export const namedArg = (args: readonly Arg[], name: string): Expr | undefined => args.find((arg) => arg.name === name)?.value;

/** `cfg.name`: the object and the field of a target that is neither a plain name nor a member of the instance. */
export function fieldOf(target: string): { readonly object: string; readonly name: string } | undefined {
  const at = target.indexOf('.');
  return at < 0 || target.startsWith('self.') ? undefined : { object: target.slice(0, at), name: target.slice(at + 1) };
}

/** What stands at a position of a value; below 0: any of its items. */
export function elementOf(value: Expr, index: number): Expr {
  if (value.kind === 'either') return { kind: 'either', options: value.options.map((option) => elementOf(option, index)) };
  if (value.kind === 'list') return index < 0 ? { kind: 'either', options: value.items } : (value.items[index] ?? UNKNOWN);
  return { kind: 'index', object: value, key: index < 0 ? UNKNOWN : { kind: 'number', value: index } };
}
