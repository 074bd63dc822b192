import type { Arg, CallExpr, Expr, ParamFact } from '../../lang/facts.ts';
import { nameOf } from '../../lang/worth.ts';
import { newQuery } from '../../resolve/bound.ts';
import { scopeOf, type Unit } from '../../resolve/unit.ts';
import { allCalls, callsOf } from './calls.ts';
import { placeOf, symbolOf, type Context } from './context.ts';
import { isAllowed, isWithin, namesIn, pathsOf, runs, startsInterpreter, sureness, type Run } from './tools.ts';

/** A function of the tree. */
export interface OwnFunction {
  readonly unit: Unit;
  readonly scope: number;
}

/** Functions that hand what they are given on to others: `tool → run → _execute`. */
const MAX_HOPS = 3;
/** Rounds in which names take what other names hold. */
const MAX_ROUNDS = 4;
/** Calls that put something into the object that they are a method of: `file.write(code)`, `parts.append(code)`. */
const FILLS = /^(?:write|writelines|write_text|writeText|append|push|extend|add)$/;

/** Parameters that take a program. */
const CODE = /^(?:code|script|source_?code|python_?code|program)$/i;

const RECEIVERS = /^(?:self|cls|this)$/;

/** Functions of the tree that an expression names. */
export function functionsOf(context: Context, expr: Expr, unit: Unit, scope: number): readonly OwnFunction[] {
  if (expr.kind !== 'name' && expr.kind !== 'member') return [];
  return context.resolver.program
    .expand(expr, unit, scope, newQuery())
    .flatMap((bound) =>
      bound.kind === 'local' && !bound.instance && scopeOf(bound.unit, bound.index)?.kind === 'function'
        ? [{ unit: bound.unit, scope: bound.index }]
        : [],
    );
}

const paramsOf = ({ unit, scope }: OwnFunction): readonly ParamFact[] =>
  (scopeOf(unit, scope)?.params ?? []).filter(({ name }, index) => index > 0 || !RECEIVERS.test(name));

/** Parameters that a call fills with an argument that `isGiven` picks. */
export function paramsGiven(own: OwnFunction, args: readonly Arg[], isGiven: (expr: Expr) => boolean): ReadonlySet<string> {
  const params = paramsOf(own);
  const names = args
    .filter(({ value }) => isGiven(value))
    .flatMap((arg) => {
      if (arg.spread) return params.map(({ name }) => name);
      return arg.name ?? params[args.filter(({ name, spread }) => name === undefined && spread === undefined).indexOf(arg)]?.name ?? [];
    });
  return new Set(names);
}

/** A call that runs on the host what is not written there. */
interface RunCall {
  readonly call: CallExpr;
  readonly scope: number;
  readonly path: string;
  readonly confidence: Run['confidence'];
}

/** What the mention of a name leads to: the functions around it, and other names for the same. */
interface Mention {
  readonly inside?: { readonly unit: Unit; readonly scope: number };
  readonly alias?: string;
}

function mentionsIn(units: readonly Unit[]): ReadonlyMap<string, readonly Mention[]> {
  const mentions = new Map<string, Mention[]>();
  const add = (name: string | undefined, mention: Mention): void => {
    if (name === undefined || name === '') return;
    const list = mentions.get(name);
    if (list) list.push(mention);
    else mentions.set(name, [mention]);
  };
  for (const unit of units) {
    const { imports, assigns } = unit.facts;
    for (const { name, local } of imports) if (local !== undefined && local !== name) add(name, { alias: local });
    for (const { target, value } of assigns) add(nameOf(value), { alias: target.slice(target.lastIndexOf('.') + 1) });
    for (const { call, scope } of allCalls(unit)) add(nameOf(call.callee), { inside: { unit, scope } });
  }
  return mentions;
}

/**
 * Names of functions that may run something on the host, and other names for them, by their spelling alone: what is not
 * among them need not be followed, which costs much more.
 */
function namesThatRun(units: readonly Unit[], runsIn: (unit: Unit) => readonly RunCall[]): ReadonlySet<string> {
  const names = new Set<string>();
  const addAround = ({ unit, scope }: OwnFunction): void => {
    for (let at = scope; at > 0; at = scopeOf(unit, at)?.parent ?? -1) {
      const fact = scopeOf(unit, at);
      if (fact?.kind === 'function' && fact.name !== '') names.add(fact.name);
    }
  };
  for (const unit of units) for (const { scope } of runsIn(unit)) addAround({ unit, scope });
  const mentions = mentionsIn(units);
  // What is added on the way is visited as well.
  for (const name of names) {
    for (const { inside, alias } of mentions.get(name) ?? []) {
      if (inside) addAround(inside);
      if (alias !== undefined) names.add(alias);
    }
  }
  return names;
}

/** What the functions of a tree run on the host. */
export class RunsOfTree {
  readonly #context: Context;
  readonly #calls = new Map<Unit, readonly RunCall[]>();
  readonly #may = new Map<string, boolean>();
  readonly #units: readonly Unit[];
  #names: ReadonlySet<string> | undefined;

  constructor(context: Context, units: readonly Unit[]) {
    this.#context = context;
    this.#units = units;
  }

  /** Functions that a call calls, where by its name it may lead to a run. */
  called({ callee }: CallExpr, unit: Unit, scope: number): readonly OwnFunction[] {
    this.#names ??= namesThatRun(this.#units, (one) => this.callsIn(one));
    return this.#names.has(nameOf(callee)) ? functionsOf(this.#context, callee, unit, scope) : [];
  }

  callsIn(unit: Unit): readonly RunCall[] {
    let found = this.#calls.get(unit);
    if (!found) {
      found = unit.facts.calls.flatMap(({ call, scope }): RunCall[] => {
        const confidence = sureness(call);
        const path = confidence && pathsOf(this.#context, unit, call, scope).find((item) => runs(this.#context, unit, item));
        return confidence && path !== undefined && !isAllowed(this.#context, unit, scope, call) ? [{ call, scope, path, confidence }] : [];
      });
      this.#calls.set(unit, found);
    }
    return found;
  }

  /** Whether a function, or one that it calls, runs anything. */
  may({ unit, scope }: OwnFunction, hops = MAX_HOPS): boolean {
    const key = `${unit.path}\0${scope}\0${hops}`;
    const known = this.#may.get(key);
    if (known !== undefined) return known;
    this.#may.set(key, false);
    const may =
      this.callsIn(unit).some((run) => run.scope === scope || isWithin(unit, run.scope, scope)) ||
      (hops > 0 &&
        callsOfFunction(unit, scope).some(({ call, at }) => this.called(call, unit, at).some((next) => this.may(next, hops - 1))));
    this.#may.set(key, may);
    return may;
  }

  /** What a function runs of what stands in these parameters; all of them where none are named. */
  given(own: OwnFunction, given?: ReadonlySet<string>, hops = MAX_HOPS): Run | undefined {
    const { unit, scope } = own;
    const start = given ?? new Set(paramsOf(own).map(({ name }) => name));
    if (start.size === 0 || !this.may(own, hops)) return undefined;
    const calls = callsOfFunction(unit, scope);
    const held = heldBy(
      unit,
      scope,
      calls.map(({ call }) => call),
      start,
    );
    // The code goes through a file, whose name is made here.
    const hasCode = [...start].some((name) => CODE.test(name));
    const holds = (expr: Expr): boolean => namesIn(expr).some((name) => held.has(name));
    for (const run of this.callsIn(unit)) {
      if (run.scope !== scope && !isWithin(unit, run.scope, scope)) continue;
      if (!run.call.args.some(({ value }) => value.kind !== 'dict' && holds(value)) && !(hasCode && startsInterpreter(run.call))) continue;
      return { path: symbolOf(run.path), location: placeOf({ call: run.call, unit, scope: run.scope }), confidence: run.confidence };
    }
    if (hops === 0) return undefined;
    for (const { call, at } of calls) {
      if (!call.args.some(({ value }) => holds(value))) continue;
      for (const next of this.called(call, unit, at)) {
        const run =
          next.unit === unit && next.scope === scope ? undefined : this.given(next, paramsGiven(next, call.args, holds), hops - 1);
        if (run) return run;
      }
    }
    return undefined;
  }
}

/** Calls inside a function, with those that are only kept as what it answers with. */
function callsOfFunction(unit: Unit, scope: number): readonly { readonly call: CallExpr; readonly at: number }[] {
  const inside = unit.facts.calls.flatMap(({ call, scope: at }) => (at === scope || isWithin(unit, at, scope) ? [{ call, at }] : []));
  const returned = (scopeOf(unit, scope)?.returns ?? []).flatMap((expr) => callsOf(expr).map((call) => ({ call, at: scope })));
  return [...inside, ...returned];
}

/** Names of a function, and of those inside it, that hold something of what some names hold. */
function heldBy(unit: Unit, scope: number, calls: readonly CallExpr[], start: ReadonlySet<string>): ReadonlySet<string> {
  const held = new Set(start);
  const assigns = [...unit.assigns].filter(([own]) => own === scope || isWithin(unit, own, scope)).flatMap(([, names]) => [...names]);
  const isHeld = (expr: Expr): boolean => namesIn(expr).some((name) => held.has(name));
  for (let round = 0, before = -1; round < MAX_ROUNDS && held.size > before; round += 1) {
    before = held.size;
    for (const [name, facts] of assigns) if (facts.some(({ value }) => isHeld(value))) held.add(name);
    for (const { callee, args } of calls) {
      if (callee.kind !== 'member' || !FILLS.test(callee.name) || !args.some(({ value }) => isHeld(value))) continue;
      for (const name of namesIn(callee.object)) {
        held.add(name);
        // The path of the file that is written: `with open(path, "w") as file`.
        for (const [known, facts] of assigns)
          if (known === name) for (const { value } of facts) for (const inner of namesIn(value)) held.add(inner);
      }
    }
  }
  for (const name of BUILTIN) if (!start.has(name)) held.delete(name);
  return held;
}

/** Modules and functions that stand in expressions with what is held, and hold nothing. */
const BUILTIN = ['open', 'os', 'sys', 'subprocess', 'tempfile', 'Path', 'json', 'shlex', 'str', 'self', 'this'];
