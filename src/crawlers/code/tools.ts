import type { Location } from '../../core/evidence.ts';
import type { Confidence } from '../../core/severity.ts';
import type { DetectRule } from '../../knowledge/detect.ts';
import type { CallExpr, CallFact, Expr, LanguageId } from '../../lang/facts.ts';
import { newQuery } from '../../resolve/bound.ts';
import { scopeOf, type Unit } from '../../resolve/unit.ts';
import { argumentOf, type CallSite } from './arguments.ts';
import { allCalls } from './calls.ts';
import { isChosen, isFixed, isOfFile } from './fixed.ts';
import { startsSession } from './sessions.ts';
import { RUNNABLE } from './tool-schemas.ts';
import { observe, placeOf, symbolOf, allValues, type Context } from './context.ts';

/** A call that runs on the host what it is given. */
export interface Run {
  readonly path: string;
  readonly location: Location;
  readonly confidence: Confidence;
}

/** Functions of functions that are looked into: `run_command` of a tool that hands on to `_execute`. */
const MAX_HOPS = 2;
/** Names made of names that are followed in such a function. */
const MAX_NAMES = 4;
/** Arguments of one call that may be the function. */
const MAX_ARGUMENTS = 24;

/** A function that a framework offers to models, and what it runs. */
export function detectTool(context: Context, rule: DetectRule, site: CallSite, path: string, decorated: number | undefined): void {
  if (!rule.tool) return;
  const owner = decorated === undefined ? undefined : scopeOf(site.unit, decorated);
  const [given] = allValues(context, argumentOf(context.resolver.program, site, rule.args?.['name']));
  const name = given?.exact ? given.text : owner?.name;
  for (const run of runsOf(context, rule, site, path, decorated)) report(context, rule, run, name, placeOf(site));
}

/** What a tool runs; nothing once where it runs nothing. */
function runsOf(
  context: Context,
  rule: DetectRule,
  site: CallSite,
  path: string,
  decorated: number | undefined,
): readonly (Run | undefined)[] {
  if (rule.runs) return [{ path: symbolOf(path), location: placeOf(site), confidence: 'high' }];
  if (decorated !== undefined) return [runIn(context, site.unit, decorated, MAX_HOPS)];
  const given = runOfArguments(context, site);
  const found = given ? [given] : runsInline(context, rule, site);
  return found.length > 0 ? found : [undefined];
}

/** Classes of the tree that extend a framework's tool: a model calls their methods. */
export function detectToolClasses(context: Context, unit: Unit): void {
  const { language } = unit.facts;
  for (const [index, scope] of unit.facts.scopes.entries()) {
    if (scope.kind !== 'class' || !scope.bases?.length) continue;
    const { program } = context.resolver;
    const rule = scope.bases
      .flatMap((base) => program.paths(base, unit, scope.parent))
      .flatMap((path) => context.index.match(language, path))
      .find((item) => item.tool !== undefined && item.runs === undefined);
    if (!rule) continue;
    const method = [...(unit.defs.get(index) ?? [])].find(([name]) => METHODS.has(name))?.[1];
    const run = method === undefined ? undefined : runIn(context, unit, method, MAX_HOPS);
    report(context, rule, run, scope.name, { path: unit.path, line: scope.line });
  }
}

/** What frameworks call when a model uses the tool. */
const METHODS: ReadonlySet<string> = new Set([
  '_run',
  '_arun',
  'run',
  'arun',
  'forward',
  'execute',
  'call',
  '_call',
  '__call__',
  '__invoke',
  'invoke',
  'handle',
]);

function report(context: Context, rule: DetectRule, run: Run | undefined, name: string | undefined, place: Location): void {
  const facts = { name, framework: rule.tool, callee: run?.path };
  observe(context, 'tool', run?.location ?? place, facts, undefined, run?.confidence ?? 'high');
}

/** The function among the arguments: of this tree, or a bound method of something that runs code. */
function runOfArguments(context: Context, site: CallSite): Run | undefined {
  const { program } = context.resolver;
  const given = site.call.args.flatMap(({ value }) => (value.kind === 'dict' ? value.entries.map((entry) => entry.value) : [value]));
  for (const expr of given.slice(0, MAX_ARGUMENTS)) {
    if (expr.kind === 'call') {
      const run = runOfLambda(context, site, expr);
      if (run) return run;
    }
    if (expr.kind !== 'name' && expr.kind !== 'member') continue;
    for (const bound of program.expand(expr, site.unit, site.scope, newQuery())) {
      const own = bound.kind === 'local' && !bound.instance ? runIn(context, bound.unit, bound.index, MAX_HOPS) : undefined;
      if (own) return own;
    }
    const path = program.paths(expr, site.unit, site.scope).find((item) => runs(context, site.unit, item));
    if (path) return { path: symbolOf(path), location: placeOf(site), confidence: 'high' };
  }
  return undefined;
}

/** `func=lambda code: run(code)`: what the function does with what nothing around it declares. */
function runOfLambda(context: Context, { unit, scope }: CallSite, call: CallExpr): Run | undefined {
  const isGiven = (expr: Expr): boolean => namesIn(expr).some((name) => !GLOBALS.has(name) && !isDeclared(unit, scope, name));
  if (!call.args.some(({ value }) => isGiven(value))) return undefined;
  const path = pathsOf(context, unit, call, scope).find((item) => runs(context, unit, item));
  if (path === undefined) return runOfCallee(context, unit, { call, scope }, MAX_HOPS);
  const confidence = sureness(call);
  return confidence && commandsOf(call).some(isGiven)
    ? { path: symbolOf(path), location: placeOf({ call, unit, scope }), confidence }
    : undefined;
}

/**
 * A function in the call is no scope of its own: its parameters are the names that nothing around declares, and what stands
 * below the call and is made of them holds what the model gives. One function may stand for many tools: what it hands on to
 * others is looked at in each of them.
 */
function runsInline(context: Context, rule: DetectRule, site: CallSite): readonly Run[] {
  const { unit, scope, call } = site;
  if (!INLINE.has(unit.facts.language)) return [];
  const found: Run[] = [];
  const sameScope = [...allCalls(unit)].filter((fact) => fact.scope === scope && fact.call.line >= call.line);
  sameScope.sort((a, b) => a.call.line - b.call.line);
  const next = sameScope.find(
    (fact) =>
      fact.call.line > call.line &&
      pathsOf(context, unit, fact.call, scope).some((path) => context.index.match(unit.facts.language, path).includes(rule)),
  );
  const end = next?.call.line ?? Infinity;
  const isGiven = (expr: Expr): boolean => namesIn(expr).some((name) => isGivenName(unit, scope, name, [call.line, end]));
  for (const fact of sameScope) {
    if (fact.call.line >= end) break;
    if (fact.call === call) continue;
    const path = pathsOf(context, unit, fact.call, scope).find((item) => runs(context, unit, item));
    const confidence = path === undefined ? undefined : sureness(fact.call);
    if (path && confidence && !found.some((run) => run.path === symbolOf(path)) && commandsOf(fact.call).some(isGiven))
      found.push({ path: symbolOf(path), location: placeOf({ call: fact.call, unit, scope }), confidence });
    const run =
      path === undefined && fact.call.args.some(({ value }) => isGiven(value)) ? runOfCallee(context, unit, fact, MAX_HOPS) : undefined;
    if (run) found.push(run);
  }
  return found;
}
const INLINE: ReadonlySet<LanguageId> = new Set(['javascript', 'typescript', 'go']);
/** Names of a language that nothing declares. */
const GLOBALS: ReadonlySet<string> = new Set(
  'process String Number Boolean JSON Math Date Object Array Buffer Promise URL RegExp Error console globalThis window require module exports __dirname __filename undefined Deno Bun import parseInt parseFloat encodeURIComponent string len append make nil error true false byte rune int'.split(
    ' ',
  ),
);

/** Whether a name is a parameter of a function in a call, or made of one in these lines. */
function isGivenName(unit: Unit, scope: number, name: string, lines: readonly [number, number], hops = MAX_NAMES): boolean {
  if (GLOBALS.has(name)) return false;
  if (!isDeclared(unit, scope, name)) return true;
  if (hops === 0) return false;
  return (unit.assigns.get(scope)?.get(name) ?? []).some(
    ({ value, line }) =>
      line >= lines[0] &&
      line < lines[1] &&
      namesIn(value).some((inner) => inner !== name && isGivenName(unit, scope, inner, lines, hops - 1)),
  );
}

/** What a call means outside of the tree. `promisify(exec)` is `exec` to its callers. */
export function pathsOf(context: Context, unit: Unit, { callee }: CallExpr, scope: number): readonly string[] {
  const { program } = context.resolver;
  const paths = program.paths(callee, unit, scope);
  if (callee.kind !== 'name' || !paths.some((path) => path.endsWith('promisify()'))) return paths;
  return [...unit.assigns.values()]
    .flatMap((names) => names.get(callee.name) ?? [])
    .flatMap(({ value, scope: at }) => {
      const promised = value.kind === 'call' ? value.args[0]?.value : undefined;
      return promised ? program.paths(promised, unit, at) : [];
    });
}

export const runs = (context: Context, unit: Unit, path: string): boolean =>
  context.index.match(unit.facts.language, path).some((rule) => rule.runs === 'host');

function isDeclared(unit: Unit, scope: number, name: string): boolean {
  for (let current = scope; current >= 0; current = scopeOf(unit, current)?.parent ?? -1) {
    if (unit.assigns.get(current)?.has(name) || unit.defs.get(current)?.has(name)) return true;
    if (scopeOf(unit, current)?.params?.some((param) => param.name === name)) return true;
  }
  return unit.imports.has(name);
}

/** The first call in a function, or in a function that it calls, that runs what is not written there. */
function runIn(context: Context, unit: Unit, scope: number, hops: number): Run | undefined {
  const inside = unit.facts.calls.filter((fact) => fact.scope === scope || isWithin(unit, fact.scope, scope));
  for (const { call, scope: own } of inside) {
    const path = pathsOf(context, unit, call, own).find((item) => runs(context, unit, item));
    const confidence = path === undefined ? undefined : sureness(call);
    if (path && confidence && !isAllowed(context, unit, own, call) && !commandsOf(call).every((expr) => isOfFile(unit, own, expr)))
      return { path: symbolOf(path), location: placeOf({ call, unit, scope: own }), confidence };
  }
  if (hops === 0) return undefined;
  for (const fact of inside) {
    const run = fact.call.args.some(({ value }) => !isFixed(value)) ? runOfCallee(context, unit, fact, hops) : undefined;
    if (run) return run;
  }
  return undefined;
}

/** `repl.run(code)`: a method of an object whose class keeps an interpreter on the host, which gets what the method is given. */
function sessionOf(context: Context, unit: Unit, method: number, { args }: CallExpr): Run | undefined {
  const owner = scopeOf(unit, method)?.parent ?? 0;
  if (scopeOf(unit, owner)?.kind !== 'class' || !args.some(({ value }) => namesIn(value).some((name) => RUNNABLE.test(name))))
    return undefined;
  for (const { call, scope } of unit.facts.calls) {
    if (!startsSession(call) || !isWithin(unit, scope, owner)) continue;
    const path = pathsOf(context, unit, call, scope).find((item) => runs(context, unit, item));
    if (path) return { path: symbolOf(path), location: placeOf({ call, unit, scope }), confidence: 'medium' };
  }
  return undefined;
}

/** What a function of the tree runs that a call calls. */
function runOfCallee(context: Context, unit: Unit, { call, scope }: Pick<CallFact, 'call' | 'scope'>, hops: number): Run | undefined {
  for (const bound of context.resolver.program.expand(call.callee, unit, scope, newQuery())) {
    if (bound.kind !== 'local' || bound.instance || scopeOf(bound.unit, bound.index)?.kind !== 'function') continue;
    const run = runIn(context, bound.unit, bound.index, hops - 1) ?? sessionOf(context, bound.unit, bound.index, call);
    if (run) return run;
  }
  return undefined;
}

export function isWithin(unit: Unit, scope: number, outer: number): boolean {
  let current = scope;
  while (current > outer) current = scopeOf(unit, current)?.parent ?? -1;
  return current === outer;
}

/** Programs that run their arguments. */
const INTERPRETER =
  /^(?:.*[\\/])?(?:(?:ba|z|da|k)?sh|cmd(?:\.exe)?|powershell|pwsh|python[\d.]*|node|deno|bun|perl|ruby|php|sudo|env|ssh|docker|kubectl)$/i;
const SHELL = /^(?:.*[\\/])?(?:(?:ba|z|da|k)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh)$/i;
const COMMAND = /^(?:args|cmd|command|code|source|expression|script|popenargs)$/;

/** What a call runs: its command, or all that a shell is given (`spawn("sh", ["-c", command])`). */
export function commandsOf(call: CallExpr): readonly Expr[] {
  const args = call.args.filter(({ value }) => !isContext(value));
  const command =
    args.find(({ name, spread }) => name === undefined && spread !== 'dict') ?? args.find(({ name }) => COMMAND.test(name ?? ''));
  if (!command) return [];
  return isShell(command.value)
    ? args
        .filter(({ name, value, spread }) => name === undefined && spread === undefined && value.kind !== 'dict')
        .map(({ value }) => value)
    : [command.value];
}

const isShell = (expr: Expr | undefined): boolean => expr?.kind === 'string' && SHELL.test(expr.value);

/** A command that is written out is no model's; arguments of one fixed program are less than a shell. */
export function sureness(call: CallExpr): Confidence | undefined {
  const commands = commandsOf(call);
  const [command] = commands;
  if (!command || commands.every(isFixed)) return undefined;
  const [program] = command.kind === 'list' ? command.items : [];
  return program?.kind === 'string' && !INTERPRETER.test(program.value) ? 'low' : 'high';
}

/** Whether a program chooses what a call runs from what it wrote down. */
export const isAllowed = (context: Context, unit: Unit, scope: number, call: CallExpr): boolean =>
  commandsOf(call).every((expr) => isChosen(context, unit, scope, expr));

/** `[sys.executable, path]`, `["bash", path]`: an interpreter is given a file, or what was written to one. */
export function startsInterpreter({ args }: CallExpr): boolean {
  const [command] = args;
  const [program] = command?.value.kind === 'list' ? command.value.items : [];
  if (!command || !program || isFixed(command.value)) return false;
  return program.kind === 'string' ? INTERPRETER.test(program.value) : program.kind === 'member' && program.name === 'executable';
}

/** Go hands a context to whatever may be cancelled. */
const isContext = (expr: Expr): boolean =>
  (expr.kind === 'name' && /^(?:ctx|context)$/.test(expr.name)) ||
  (expr.kind === 'call' && expr.callee.kind === 'member' && /^(?:Background|TODO|Context)$/.test(expr.callee.name));

/** Names that an expression mentions. */
export function namesIn(expr: Expr | undefined): readonly string[] {
  if (!expr) return [];
  if (expr.kind === 'name') return [expr.name];
  if (expr.kind === 'member') return namesIn(expr.object);
  if (expr.kind === 'list') return expr.items.flatMap(namesIn);
  if (expr.kind === 'dict') return [...expr.entries.map(({ value }) => value), ...expr.spreads].flatMap(namesIn);
  if (expr.kind === 'concat') return expr.parts.flatMap(namesIn);
  if (expr.kind === 'either') return expr.options.flatMap(namesIn);
  if (expr.kind === 'index') return namesIn(expr.object);
  if (expr.kind === 'call') return [expr.callee, ...expr.args.map(({ value }) => value)].flatMap(namesIn);
  return [];
}
