import type { CallExpr, Expr } from '../../lang/facts.ts';
import { scopeOf, type Unit } from '../../resolve/unit.ts';
import { folderOf } from '../manifests/paths.ts';
import { isTest, observe, placeOf, symbolOf, type Context } from './context.ts';
import { pathsOf, runs, sureness } from './tools.ts';

/** Tools as a model is told of them: names, and names of what it gives them. */
interface Offered {
  readonly names: Set<string>;
  readonly inputs: Set<string>;
}

/** Keys under which APIs take the JSON Schema of a tool's input. */
const SCHEMA = new Set(['parameters', 'input_schema', 'inputSchema']);
/** Nesting of a tool's declaration: list, function, schema, properties. */
const MAX_DEPTH = 6;
/** Names of names that are followed. */
const MAX_HOPS = 5;
/** Inputs that say what is to be run. A path or a query is none. */
const RUNNABLE =
  /^(?:cmd|command|commands|command_?line|code|script|python_?code|bash|shell|source|source_?code|expression|expr|program)$/i;
/** What APIs call the arguments of a tool call. */
const ARGUMENTS =
  /^(?:args|arguments|input|inputs|params|parameters|kwargs|tool_?(?:args|input|call|use|params)|block|call|tc|function_args|fn_args|func_args|payload)$/i;

const entryOf = (expr: Expr, name: string): Expr | undefined =>
  expr.kind === 'dict' ? expr.entries.find(({ key }) => key.kind === 'string' && key.value === name)?.value : undefined;

/** Declarations of tools in an expression: `{"name": "bash", "input_schema": {"properties": {"command": …}}}`. */
function collect(expr: Expr, into: Offered, depth = 0): void {
  if (depth > MAX_DEPTH) return;
  if (expr.kind === 'list') for (const item of expr.items) collect(item, into, depth + 1);
  if (expr.kind !== 'dict') return;
  const name = entryOf(expr, 'name');
  for (const { key, value } of expr.entries) {
    if (key.kind !== 'string') continue;
    const properties = SCHEMA.has(key.value) && name?.kind === 'string' ? entryOf(value, 'properties') : undefined;
    if (properties?.kind !== 'dict') {
      collect(value, into, depth + 1);
      continue;
    }
    if (name?.kind === 'string') into.names.add(name.value);
    for (const { key: input } of properties.entries)
      if (input.kind === 'string' && RUNNABLE.test(input.value)) into.inputs.add(input.value);
  }
}

/** Tools that are declared by hand, by the folder of the declaration. */
function offeredIn(units: readonly Unit[]): ReadonlyMap<string, Offered> {
  const folders = new Map<string, Offered>();
  for (const unit of units) {
    const offered: Offered = folders.get(folderOf(unit.path)) ?? { names: new Set(), inputs: new Set() };
    for (const { value } of unit.facts.assigns) collect(value, offered);
    for (const { call } of unit.facts.calls)
      for (const { name, value } of call.args) if (name === 'tools' || name === 'functions') collect(value, offered);
    if (offered.names.size > 0) folders.set(folderOf(unit.path), offered);
  }
  return folders;
}

/**
 * Loops that run by hand what a model asks for: a call that runs its argument on the host, which is the input of a tool
 * declared in the same folder, or an answer of a model itself.
 */
export function detectToolLoops(context: Context, units: readonly Unit[]): void {
  const folders = offeredIn(units);
  const known = new Set(
    context.observations.flatMap(({ type, location, facts }) =>
      type === 'tool' && facts['callee'] ? [`${location.path}:${location.line ?? ''}`] : [],
    ),
  );
  for (const unit of units) {
    const offered = folders.get(folderOf(unit.path));
    if (isTest(unit)) continue;
    for (const { call, scope } of unit.facts.calls) {
      const confidence = sureness(call);
      const path = confidence && pathsOf(context, unit, call, scope).find((item) => runs(context, unit, item));
      const place = placeOf({ call, unit, scope });
      if (!confidence || path === undefined || known.has(`${place.path}:${place.line ?? ''}`)) continue;
      const [command] = call.args;
      if (!command || !isAsked(context, unit, scope, command.value, offered, 0)) continue;
      observe(
        context,
        'tool',
        place,
        { name: nameOf(unit, scope), framework: 'function calling', callee: symbolOf(path) },
        undefined,
        confidence === 'high' ? 'medium' : confidence,
      );
    }
  }
}

/** The function around the call, as people know the tool. */
function nameOf(unit: Unit, scope: number): string | undefined {
  for (let current = scope; current > 0; current = scopeOf(unit, current)?.parent ?? -1) {
    const fact = scopeOf(unit, current);
    if (fact?.kind === 'function' && fact.name !== '') return fact.name;
  }
  return undefined;
}

/** Whether a model gives the value. */
function isAsked(context: Context, unit: Unit, scope: number, expr: Expr, offered: Offered | undefined, hops: number): boolean {
  if (hops > MAX_HOPS) return false;
  const ask = (other: Expr): boolean => isAsked(context, unit, scope, other, offered, hops + 1);
  switch (expr.kind) {
    case 'list':
      return expr.items.some(ask);
    case 'concat':
      return expr.parts.some(ask);
    case 'either':
      return expr.options.some(ask);
    case 'index':
      return (expr.key.kind === 'string' && offered?.inputs.has(expr.key.value) === true && isArguments(expr.object)) || ask(expr.object);
    case 'member':
      return (offered?.inputs.has(expr.name) === true && isArguments(expr.object)) || ask(expr.object);
    case 'call':
      return isAnswer(context, unit, scope, expr) || isLookup(expr, offered) || (expr.callee.kind === 'member' && ask(expr.callee.object));
    case 'name':
      return isGiven(context, unit, scope, expr.name, offered, hops);
    default:
      return false;
  }
}

const isArguments = (expr: Expr): boolean =>
  expr.kind === 'name' || expr.kind === 'member'
    ? ARGUMENTS.test(expr.name)
    : expr.kind === 'index' || expr.kind === 'call' || expr.kind === 'unknown';

/** `args.get("command")` */
function isLookup({ callee, args }: CallExpr, offered: Offered | undefined): boolean {
  const [key] = args;
  return (
    callee.kind === 'member' &&
    callee.name === 'get' &&
    key?.value.kind === 'string' &&
    offered?.inputs.has(key.value.value) === true &&
    isArguments(callee.object)
  );
}

/** A variable of the function or of those around it, or a parameter that is an input of a tool. */
function isGiven(context: Context, unit: Unit, scope: number, name: string, offered: Offered | undefined, hops: number): boolean {
  for (let current = scope; current >= 0; current = scopeOf(unit, current)?.parent ?? -1) {
    const assigned = unit.assigns.get(current)?.get(name);
    if (assigned) return assigned.some(({ value }) => isAsked(context, unit, scope, value, offered, hops + 1));
    const fact = scopeOf(unit, current);
    if (fact?.kind === 'function' && fact.params?.some((param) => param.name === name))
      return (
        offered !== undefined &&
        offered.inputs.has(name) &&
        [...offered.names].some((tool) => fact.name === tool || fact.name.endsWith(`_${tool}`))
      );
  }
  return false;
}

/** The call asks a model. */
function isAnswer(context: Context, unit: Unit, scope: number, call: CallExpr): boolean {
  const { language } = unit.facts;
  return pathsOf(context, unit, call, scope).some((path) => {
    const maker = path.slice(0, path.lastIndexOf('.'));
    const asks = (rule: { readonly model?: { readonly load?: boolean } }): boolean => rule.model !== undefined && rule.model.load !== true;
    return (
      (/\.(?:create|parse|complete|completion|generate_content|generateContent|chat|generate)$/.test(path) &&
        context.index.match(language, path).some(asks)) ||
      (/\(\)\.(?:invoke|ainvoke|predict|complete|chat|generate)$/.test(path) &&
        context.index.match(language, maker.replace(/\(\)$/, '')).some(asks))
    );
  });
}
