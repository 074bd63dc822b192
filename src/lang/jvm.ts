import type { Arg, Expr } from './facts.ts';
import { dotted, envRead, joinedPath, type Lowering } from './frontend.ts';

/** What the languages of the JVM share: builders, collections, configuration that a framework injects. */

type Place = { readonly line: number; readonly column: number };

/** Chains that build one object: their methods are its keywords. */
const BUILDER = /builder$|^(?:create\w*|newBuilder|of|withDefaults|defaults|defaultOptions|sync|async|mutate|fromEnv)$/i;
const PASS_THROUGH = new Set([
  'trim',
  'trimIndent',
  'trimMargin',
  'toString',
  'strip',
  'asString',
  'getString',
  'getValue',
  'value',
  'getName',
  'intern',
  'get',
  'orElseThrow',
  'orEmpty',
  'toLowerCase',
  'lowercase',
]);

/** Calls that make a list of their arguments. */
export const LISTS = new Set([
  'listOf',
  'setOf',
  'arrayOf',
  'mutableListOf',
  'mutableSetOf',
  'arrayListOf',
  'linkedSetOf',
  'hashSetOf',
  'listOfNotNull',
  'List.of',
  'Set.of',
  'Arrays.asList',
  'Stream.of',
]);
const PAIRED_MAPS = new Set(['mapOf', 'mutableMapOf', 'hashMapOf', 'linkedMapOf', 'Map.ofEntries']);
/** Last names of calls that make collections. */
const COLLECTIONS = new Set(
  [...LISTS, ...PAIRED_MAPS, 'Map.of', 'Map.entry', 'entry'].map((path) => path.slice(path.lastIndexOf('.') + 1)),
);

const calleeName = (expr: Expr): string => (expr.kind === 'name' || expr.kind === 'member' ? expr.name : '');

const isCreation = (callee: Expr): boolean =>
  callee.kind === 'name' && /^[A-Z]\w*(?:Builder|Options|Request|Config|Params)$/.test(callee.name);

const PATH_JOINS = /(?:^|\.)(?:Paths\.get|Path\.of)$/;

export interface Invocation {
  readonly receiver: Expr | undefined;
  readonly name: string;
  /** How many arguments are written. */
  readonly count: number;
  /** Lowers them; costs only where somebody asks. */
  readonly args: () => readonly Arg[];
  readonly at: Place;
}

/** A call of a name or of a method. */
export function invoke({ receiver, name, count, args, at }: Invocation, lo: Lowering): Expr {
  const callee: Expr = receiver ? { kind: 'member', object: receiver, name } : { kind: 'name', name };
  if (receiver?.kind === 'call' && (BUILDER.test(calleeName(receiver.callee)) || isCreation(receiver.callee))) {
    const all = args();
    const [first] = all;
    // `.args("-y", "package")`
    if (first && all.length > 1 && /^(?:args|arguments|command)$/.test(name))
      return { ...receiver, args: [...receiver.args, { name, value: { kind: 'list', items: all.map((arg) => arg.value) } }] };
    // `.build()` adds nothing; a setter adds a keyword to the object that is built.
    if (!first) return receiver.args.length > 0 || name.startsWith('build') ? receiver : { kind: 'call', callee, args: [], ...at };
    return { ...receiver, args: [...receiver.args, { name, value: first.value }] };
  }
  const path = dotted(callee) ?? '';
  const joins = PATH_JOINS.test(path);
  const wanted = joins || /env|property/i.test(name) || path === 'String.format' || COLLECTIONS.has(name) || lo.wantsArgs(name);
  const given = wanted ? args() : [];
  if (receiver && PASS_THROUGH.has(name) && count === 0) return receiver;
  if (joins && given.length > 1)
    return joinedPath(
      given.map((arg) => arg.value),
      at,
    );
  return collection(path, given) ?? envRead(name, given, at) ?? { kind: 'call', callee, args: given, ...at };
}

/** `mapOf("a" to b)`, `Map.of("a", b)`, `List.of(a)`. */
function collection(path: string, args: readonly Arg[]): Expr | undefined {
  if (LISTS.has(path)) return { kind: 'list', items: args.map((arg) => arg.value) };
  if (PAIRED_MAPS.has(path)) {
    const entries = args.flatMap(({ value }) => (value.kind === 'dict' ? value.entries : []));
    return { kind: 'dict', entries, spreads: [] };
  }
  if (path === 'Map.of') {
    const entries = args.flatMap(({ value }, index) => {
      const next = args[index + 1];
      return index % 2 === 0 && next ? [{ key: value, value: next.value }] : [];
    });
    return { kind: 'dict', entries, spreads: [] };
  }
  const [key, value] = args;
  if ((path === 'Map.entry' || path === 'entry') && key && value)
    return { kind: 'dict', entries: [{ key: key.value, value: value.value }], spreads: [] };
  return undefined;
}

/** `config.get(key, fallback)`: what resolution reads as a question to configuration. */
const configRead = (key: Expr, fallback: Expr | undefined, at: Place): Expr => ({
  kind: 'call',
  callee: { kind: 'member', object: { kind: 'name', name: 'config' }, name: 'get' },
  args: [{ value: key }, ...(fallback ? [{ value: fallback }] : [])],
  ...at,
});

/** `@Value("${key:default}")` as a read of configuration. */
function placeholderRead(text: string, at: Place): Expr | undefined {
  const match = /^\$\{([\w.\-[\]]{1,120})(?::([^}]*))?\}$/.exec(text);
  if (!match) return undefined;
  const [, key = '', fallback] = match;
  return configRead(
    { kind: 'string', value: key, ...at },
    fallback !== undefined && fallback !== '' ? { kind: 'string', value: fallback, ...at } : undefined,
    at,
  );
}

/** What an annotation before a field or parameter gives it: `@Value`, `@ConfigProperty`. */
export function injectedBy(annotation: string, args: readonly Arg[], at: Place): Expr | undefined {
  if (annotation === 'Value') {
    const value = args[0]?.value;
    return value?.kind === 'string' ? (placeholderRead(value.value, at) ?? value) : undefined;
  }
  if (annotation === 'ConfigProperty') {
    const key = args.find((arg) => arg.name === 'name')?.value;
    return key?.kind === 'string' ? configRead(key, args.find((arg) => arg.name === 'defaultValue')?.value, at) : undefined;
  }
  return undefined;
}
