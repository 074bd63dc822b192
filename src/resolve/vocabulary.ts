import type { CallExpr, Expr, LanguageId } from '../lang/facts.ts';
import { namedArg, positionalArg } from '../lang/frontend.ts';

/** Types that say nothing about a value. */
export const PLAIN_TYPES = new Set([
  'str',
  'int',
  'float',
  'bool',
  'Any',
  'any',
  'string',
  'String',
  'dict',
  'list',
  'object',
  'number',
  'None',
  'bytes',
  'var',
  'unknown',
  'Path',
  'Dict',
  'List',
]);
export const TYPE_WRAPPERS = new Set([
  'Optional',
  'Annotated',
  'Type',
  'type',
  'Final',
  'ClassVar',
  'Union',
  'Promise',
  'Awaitable',
  'Lazy',
  'Arc',
  'Box',
  'Option',
  'Rc',
  'Mutex',
  'RwLock',
]);

/** Where a language has no other names without an import than these, an unknown name is unknown. */
export const SCRIPT_GLOBALS = new Set([
  'fetch',
  'Bun',
  'Deno',
  'process',
  'globalThis',
  'window',
  'require',
  'eval',
  'Function',
  'XMLHttpRequest',
  'WebSocket',
  'EventSource',
  'Supabase',
]);
export const BARE: ReadonlyMap<LanguageId, ReadonlySet<string>> = new Map([
  ['python', new Set(['open', 'eval', 'exec', 'compile', '__import__', 'getattr', 'input', 'print', 'str', 'int', 'dict', 'list'])],
  ['javascript', SCRIPT_GLOBALS],
  ['typescript', SCRIPT_GLOBALS],
  ['go', new Set<string>()],
  ['java', new Set(['System', 'Runtime', 'Class', 'ProcessBuilder', 'String'])],
  ['kotlin', new Set(['System', 'Runtime', 'ProcessBuilder'])],
  ['scala', new Set(['System', 'Runtime', 'ProcessBuilder', 'sys'])],
]);
export const SHARES_CLASSES: ReadonlySet<LanguageId> = new Set([
  'java',
  'kotlin',
  'scala',
  'swift',
  'dart',
  'csharp',
  'php',
  'ruby',
  'rust',
]);
/** Languages whose names are looked for in the whole tree: an import names no file of it, or hands on others. */
export const TARGETS: ReadonlySet<LanguageId> = new Set(['dart', 'swift']);
/** Languages that call each other's classes as their own. */
export const JVM: ReadonlySet<LanguageId> = new Set(['java', 'kotlin', 'scala']);
export const sameWorld = (one: LanguageId, other: LanguageId): boolean => one === other || (JVM.has(one) && JVM.has(other));
/** Languages in which a bare name never is a member of the class around it. */
export const EXPLICIT_MEMBERS: ReadonlySet<LanguageId> = new Set(['python', 'javascript', 'typescript']);
export const CONSTRUCTORS = new Set(['__init__', 'constructor', 'initialize', '__construct', '<init>', 'new']);
export const SELF_PARAM = new Set(['self', 'cls', 'this']);

/** Field declarations: pydantic, dataclasses, attrs, typer, fastapi. */
export const DEFAULTED: ReadonlySet<string> = new Set(
  'Field field Option Argument Query Body Form attrib ib Depends Input Param'.split(' '),
);

/** What such a declaration says where nothing is given: `urls: list[str] = field(default_factory=lambda: DEFAULTS)`. */
export const declaredDefault = ({ callee, args }: CallExpr): Expr | undefined =>
  (callee.kind === 'name' || callee.kind === 'member') && DEFAULTED.has(callee.name)
    ? (namedArg(args, 'default') ?? namedArg(args, 'default_factory') ?? namedArg(args, 'defaultValue') ?? positionalArg(args, 0))
    : undefined;
