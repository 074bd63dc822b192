import type { DictEntry, Expr } from '../../lang/facts.ts';
import type { Unit } from '../../resolve/unit.ts';
import { folderOf } from '../manifests/paths.ts';

/** Tools as a model is told of them: names, and names of what it gives them. */
export interface Offered {
  readonly names: Set<string>;
  readonly inputs: Set<string>;
  /** Files that declare them. */
  readonly files: Set<string>;
}

/** Keys under which APIs take the JSON Schema of a tool's input. */
const SCHEMA = new Set(['parameters', 'input_schema', 'inputSchema']);
/** Nesting of a tool's declaration: list, function, schema, properties. */
const MAX_DEPTH = 6;
/** Inputs that say what is to be run. A path or a query is none. */
export const RUNNABLE =
  /^(?:cmd|command|commands|command_?line|code|script|python_?code|bash|shell|source|source_?code|expression|expr|program)$/i;
/** `TOOLS = [tool("shell", "…", {command: text("…")})]`: what a function of one's own makes schemas of. */
const LIST = /(?:^|_|[a-z])tools?(?:_?(?:list|defs?|definitions?|schemas?|specs?))?$/i;
/** Names of tools are identifiers; descriptions are not. */
const TOOL_NAME = /^[A-Za-z_][\w.-]{1,63}$/;

/** Entries of a dictionary, or the keywords of a call that stands for one: `FunctionDeclaration(name="shell", parameters=…)`. */
function entriesOf(expr: Expr): readonly DictEntry[] {
  if (expr.kind === 'dict') return expr.entries;
  if (expr.kind !== 'call') return [];
  return expr.args.flatMap(({ name, value }) =>
    name === undefined ? [] : [{ key: { kind: 'string' as const, value: name, line: 0, column: 0 }, value }],
  );
}

/** Fields of Go and properties of C# begin with a capital. */
export const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
const keyOf = (key: Expr): string | undefined =>
  key.kind === 'string' ? lowerFirst(key.value) : key.kind === 'name' ? lowerFirst(key.name) : undefined;

const entryOf = (expr: Expr, name: string): Expr | undefined => entriesOf(expr).find(({ key }) => keyOf(key) === name)?.value;

/** A name stands for what the file assigns to it. */
function valuesOf(unit: Unit, expr: Expr | undefined): readonly Expr[] {
  if (!expr) return [];
  if (expr.kind !== 'name') return [expr];
  return [...unit.assigns.values()].flatMap((names) => (names.get(expr.name) ?? []).map(({ value }) => value));
}

function addInputs(properties: Expr, into: Offered): void {
  for (const { key } of entriesOf(properties)) if (key.kind === 'string' && RUNNABLE.test(key.value)) into.inputs.add(key.value);
}

/** Declarations of tools in an expression: `{"name": "bash", "input_schema": {"properties": {"command": …}}}`. */
function collect(unit: Unit, expr: Expr, into: Offered, listed: boolean, depth = 0): void {
  if (depth > MAX_DEPTH) return;
  if (expr.kind === 'list') for (const item of expr.items) collect(unit, item, into, listed, depth + 1);
  const name = entryOf(expr, 'name');
  for (const { key, value } of entriesOf(expr)) {
    const schema = SCHEMA.has(keyOf(key) ?? '') && name !== undefined;
    const properties = schema ? valuesOf(unit, entryOf(value, 'properties')).filter(({ kind }) => kind === 'dict' || kind === 'call') : [];
    if (properties.length === 0) {
      collect(unit, value, into, listed, depth + 1);
      continue;
    }
    into.files.add(unit.path);
    if (name?.kind === 'string') into.names.add(name.value);
    for (const item of properties) addInputs(item, into);
  }
  if (expr.kind !== 'call') return;
  const positional = expr.args.flatMap(({ name: keyword, value }) => (keyword === undefined ? [value] : []));
  for (const value of positional) if (value.kind !== 'dict' || !listed) collect(unit, value, into, listed, depth + 1);
  const [first, ...rest] = positional;
  if (!listed || first?.kind !== 'string' || !TOOL_NAME.test(first.value)) return;
  for (const value of rest) {
    if (value.kind !== 'dict') continue;
    into.files.add(unit.path);
    into.names.add(first.value);
    addInputs(value, into);
  }
}

/** Tools that are declared by hand, by the folder of the declaration. */
export function offeredIn(units: readonly Unit[]): ReadonlyMap<string, Offered> {
  const folders = new Map<string, Offered>();
  for (const unit of units) {
    const offered: Offered = folders.get(folderOf(unit.path)) ?? { names: new Set(), inputs: new Set(), files: new Set() };
    for (const { target, value } of unit.facts.assigns) collect(unit, value, offered, LIST.test(target));
    for (const { name, returns } of unit.facts.scopes) for (const value of returns ?? []) collect(unit, value, offered, LIST.test(name));
    for (const { call } of unit.facts.calls) for (const { name, value } of call.args) collect(unit, value, offered, LIST.test(name ?? ''));
    if (offered.files.size > 0) folders.set(folderOf(unit.path), offered);
  }
  return folders;
}
