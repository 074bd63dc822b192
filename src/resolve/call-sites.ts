import type { CallFact, Expr, LanguageId, ParamFact, ScopeFact } from '../lang/facts.ts';
import { providerGiven } from './beside.ts';
import { cut, isUnknown, MAX_CALL_SITES, MAX_DEPTH, MAX_STEPS, newQuery, type Bound, type Origin, type Query } from './bound.ts';
import { accepts, entryGiven, givenTo } from './given.ts';
import { Hierarchy, samePlace, type Place } from './hierarchy.ts';
import { isEntrance, isExamplePath, isTestPath } from './places.ts';
import { enclosingClass, scopeOf, type Unit } from './unit.ts';
import { CONSTRUCTORS, JVM } from './vocabulary.ts';

interface Expander {
  readonly units: readonly Unit[];
  expand(expr: Expr, unit: Unit, scope: number, query: Query): readonly Bound[];
}

/** A call of one function. `possible`: only its name says so. */
export interface Site {
  readonly unit: Unit;
  readonly fact: CallFact;
  readonly possible?: true;
}

/** Whether a library has a function or method of this name. */
export type LibraryNames = (language: LanguageId, name: string) => boolean;

/** What call sites give for a parameter. `overridden`: every call gives something, so that its default gets nowhere. */
export interface Arguments {
  readonly given: readonly Origin[];
  readonly overridden: boolean;
}

/** Calls of one name that are asked whom they call: a name with more of them is any program's. */
const MAX_ASKED = 150;
/** Steps that one such answer may take. It is kept, so that a program pays for each call once. */
const CALLEE_STEPS = 200;
/** Answers that wait for one another: deeper is recursion. */
const MAX_WAITING = 6;
/** Functions that hand their `**kwargs` on to each other. */
const MAX_FORWARDED = 3;

/** `embed_query_batch`, `generateSummary`: a name of two words or more is rarely given twice. */
const WORDS = /[A-Za-z\d]_+[A-Za-z\d]|[a-z\d][A-Z]/;

/**
 * Who calls which function of the tree. A call is joined to a function by what its callee
 * resolves to: the class of the receiver, the constructor, the import that binds the name. Where
 * the receiver is not known, a method is believed by its name only if the program defines it once
 * and no library has one like it; else the flow is possible, and nothing may be said of the place
 * that it would reach.
 */
export class CallSites {
  readonly #program: Expander;
  readonly #library: LibraryNames;
  readonly #hierarchy: Hierarchy;
  readonly #byName = new Map<string, Site[]>();
  /** Functions and classes that something calls that facts do not hold: without arguments, or as users of the package do. */
  readonly #plain = new Set<string>();
  /** Functions by the world of their language and their name. */
  readonly #defined = new Map<string, number>();
  readonly #callees = new Map<CallFact, readonly Bound[]>();
  readonly #known = new Map<Unit, Map<number, readonly Site[]>>();
  #waiting = 0;

  constructor(program: Expander, hierarchy: Hierarchy, library: LibraryNames) {
    this.#program = program;
    this.#hierarchy = hierarchy;
    this.#library = library;
    for (const unit of program.units) {
      for (const name of unit.facts.plain ?? []) this.#plain.add(name);
      if (isEntrance(unit.path)) for (const { name } of unit.facts.imports) if (name !== undefined) this.#plain.add(name);
      for (const scope of unit.facts.scopes) {
        const key = worldOf(unit, scope.name);
        if (scope.kind === 'function') this.#defined.set(key, (this.#defined.get(key) ?? 0) + 1);
      }
      for (const fact of unit.facts.calls) {
        const { callee } = fact.call;
        const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : undefined;
        if (name === undefined) continue;
        const list = this.#byName.get(name);
        if (list) list.push({ unit, fact });
        else this.#byName.set(name, [{ unit, fact }]);
      }
    }
  }

  /** Calls of a function, or of a class as its constructor; certain ones first. */
  of(place: Place): readonly Site[] {
    let known = this.#known.get(place.unit);
    if (!known) this.#known.set(place.unit, (known = new Map()));
    const found = known.get(place.index);
    if (found) return found;
    const scope = scopeOf(place.unit, place.index);
    if (!scope) return [];
    const waited = this.#waiting;
    const sites: Site[] = [];
    for (const site of this.#candidates(place, scope)) {
      const join = this.#join(place, scope, site);
      if (join === 'certain') sites.push(site);
      else if (join === 'possible') sites.push({ ...site, possible: true });
    }
    sites.sort((a, b) => Number(a.possible ?? false) - Number(b.possible ?? false));
    // In the midst of another question the answer may lack what that one is about.
    if (waited === 0) known.set(place.index, sites);
    return sites;
  }

  /** What calls give for a parameter of a function. */
  argumentsFor(param: ParamFact, place: Place, query: Query, forwarded = 0): Arguments {
    const fn = scopeOf(place.unit, place.index);
    if (!fn?.params || param.spread === 'list') return { given: [], overridden: false };
    if (query.depth > MAX_DEPTH - 2) return cut(query, { given: [], overridden: false });
    const method = scopeOf(place.unit, fn.parent)?.kind === 'class';
    const sites = this.#seenFrom(query.as, place, fn);
    const given: Origin[] = [];
    let certain = 0;
    let leaving = 0;
    for (const { unit, fact, possible } of sites) {
      if (given.length >= MAX_CALL_SITES) break;
      const outside = isTestPath(unit.path) && !isTestPath(place.unit.path);
      const unsure = possible || outside ? { possible: true as const } : {};
      const direct = givenTo(param, fn, method, fact.call);
      const values: readonly Origin[] = direct
        ? [{ expr: direct, unit, scope: fact.scope }]
        : this.#spreadTo(param.name, { unit, fact }, query, forwarded);
      const provider = providerGiven(fn, method, fact.call);
      const beside = provider ? { provider: { expr: provider, unit, scope: fact.scope } } : {};
      given.push(...values.map((value) => ({ ...beside, ...value, ...unsure })));
      // What an example gives is not what every user gives.
      if (outside || (unit !== place.unit && isExamplePath(unit.path) && !isExamplePath(place.unit.path))) continue;
      if (values.length === 0 || values.some(({ expr }) => expr.kind === 'null')) leaving++;
      else if (!possible && values.some((value) => !value.possible)) certain++;
    }
    given.sort((a, b) => Number(a.possible ?? false) - Number(b.possible ?? false));
    const overridden = certain > 0 && leaving === 0 && sites.length <= MAX_CALL_SITES && !this.#calledPlainly(place, fn);
    return { given, overridden };
  }

  /** Of the calls of a base class's constructor those that an object of one subclass comes from. */
  #seenFrom(as: Place | undefined, place: Place, fn: ScopeFact): readonly Site[] {
    const sites = this.of(place);
    const owner: Place = { unit: place.unit, index: fn.parent };
    if (!as || samePlace(as, owner) || !CONSTRUCTORS.has(fn.name) || !this.#hierarchy.descends(as, owner)) return sites;
    return sites.map((site) => {
      const around = enclosingClass(site.unit.facts, site.fact.scope);
      const from = around === undefined ? undefined : { unit: site.unit, index: around };
      const made = this.#callee(site.unit, site.fact).some((bound) => bound.kind === 'local' && this.#hierarchy.descends(bound, as));
      const own = from !== undefined && (this.#hierarchy.descends(as, from) || this.#hierarchy.descends(from, as));
      return made || own ? site : { ...site, possible: true };
    });
  }

  /** `load(**params)`: an entry of the dictionary, or what the function around it was itself called with. */
  #spreadTo(name: string, { unit, fact }: Site, query: Query, forwarded: number): readonly Origin[] {
    for (const arg of fact.call.args) {
      if (arg.spread !== 'dict') continue;
      const around = arg.value.kind === 'name' ? paramAround(arg.value.name, unit, fact.scope) : undefined;
      if (around?.param.spread === 'dict') {
        if (forwarded >= MAX_FORWARDED) continue;
        const virtual: ParamFact = { name, keyword: true };
        const { given } = this.argumentsFor(virtual, { unit, index: around.index }, query, forwarded + 1);
        // `if kind == "a": return A(**options)`, `return B(**options)`: which of them gets it is not known.
        const unsure = this.#forwardsTo(arg.value, unit, fact.scope) > 1 ? { possible: true as const } : {};
        if (given.length > 0) return given.map((value) => ({ ...value, ...unsure }));
        continue;
      }
      const found = this.#program.expand(arg.value, unit, fact.scope, query).flatMap((bound): Origin[] => {
        const value = bound.kind === 'expr' ? entryGiven(bound.expr, name) : undefined;
        return value && bound.kind === 'expr' ? [{ expr: value, unit: bound.unit, scope: bound.scope }] : [];
      });
      if (found.length > 0) return found;
    }
    return [];
  }

  /** How many functions one function hands its `**kwargs` on to. */
  #forwardsTo(spread: Expr, unit: Unit, scope: number): number {
    const names = new Set<string>();
    for (const { call, scope: from } of unit.facts.calls) {
      if (from !== scope || (call.callee.kind !== 'name' && call.callee.kind !== 'member')) continue;
      const same = call.args.some(
        ({ spread: kind, value }) => kind === 'dict' && value.kind === 'name' && spread.kind === 'name' && value.name === spread.name,
      );
      if (same) names.add(call.callee.name);
    }
    return names.size;
  }

  /** Whether something calls it that facts do not hold: without arguments, or as a framework does. */
  #calledPlainly({ unit }: Place, fn: ScopeFact): boolean {
    const owner = scopeOf(unit, fn.parent);
    if (fn.decorators?.length) return true;
    return this.#plain.has(owner?.kind === 'class' && CONSTRUCTORS.has(fn.name) ? owner.name : fn.name);
  }

  #candidates({ unit, index }: Place, scope: ScopeFact): readonly Site[] {
    const owner = scopeOf(unit, scope.parent);
    if (scope.kind === 'function' && !(owner?.kind === 'class' && CONSTRUCTORS.has(scope.name))) {
      const all = this.#byName.get(scope.name) ?? [];
      return all.filter(({ fact }) => accepts(scope, fact.call, unit.facts.language)).slice(0, MAX_ASKED);
    }
    const place = scope.kind === 'class' ? { unit, index } : { unit, index: scope.parent };
    const subclasses = this.#hierarchy.subclasses(place);
    const names = new Set([place, ...subclasses].map((item) => scopeOf(item.unit, item.index)?.name ?? ''));
    const made = [...names].flatMap((name) => this.#byName.get(name) ?? []);
    // `super().__init__(…)`, `super(…)`: in a class that extends it.
    const above = scope.kind === 'class' ? [] : [...(this.#byName.get(scope.name) ?? []), ...(this.#byName.get('super') ?? [])];
    const fromBelow = above.filter((site) => {
      const around = enclosingClass(site.unit.facts, site.fact.scope);
      return around !== undefined && subclasses.some((item) => item.unit === site.unit && item.index === around);
    });
    return [...made.slice(0, MAX_ASKED), ...fromBelow.slice(0, MAX_ASKED)];
  }

  #join(place: Place, scope: ScopeFact, { unit, fact }: Site): 'certain' | 'possible' | undefined {
    const bounds = this.#callee(unit, fact);
    const owner: Place = { unit: place.unit, index: scope.parent };
    const method = scopeOf(owner.unit, owner.index)?.kind === 'class';
    if (scope.kind === 'class' || (method && CONSTRUCTORS.has(scope.name))) {
      const made = scope.kind === 'class' ? place : owner;
      const hit = bounds.some((bound) => {
        if (bound.kind !== 'local') return false;
        if (scopeOf(bound.unit, bound.index)?.kind === 'function') return samePlace(bound, place);
        return samePlace(bound, made) || samePlace(this.#hierarchy.constructing(bound), made);
      });
      return hit ? (bounds.every((bound) => bound.possible) ? 'possible' : 'certain') : undefined;
    }
    const same = bounds.filter((bound) => {
      if (bound.kind !== 'local') return false;
      const target = scopeOf(bound.unit, bound.index);
      // Overloads are one function here; `accepts` has chosen among them.
      return bound.unit === place.unit && target?.kind === 'function' && target.name === scope.name && target.parent === scope.parent;
    });
    if (same.length > 0) return same.every((bound) => bound.possible) ? 'possible' : 'certain';
    if (!method) return undefined;
    const dispatched = bounds.some((bound) => {
      const target = bound.kind === 'local' ? scopeOf(bound.unit, bound.index) : undefined;
      return (
        bound.kind === 'local' &&
        target?.kind === 'function' &&
        target.name === scope.name &&
        this.#hierarchy.descends(owner, { unit: bound.unit, index: target.parent })
      );
    });
    // A method of a base class is one of several, unless it has one implementation.
    if (dispatched) return (this.#defined.get(worldOf(place.unit, scope.name)) ?? 0) <= 2 ? 'certain' : 'possible';
    if (fact.call.callee.kind !== 'member' || !(bounds.length === 0 || bounds.some((bound) => isUnknown(bound, unit)))) return undefined;
    const unique =
      this.#defined.get(worldOf(place.unit, scope.name)) === 1 &&
      WORDS.test(scope.name) &&
      !this.#library(place.unit.facts.language, scope.name);
    return unique && worldOf(unit, '') === worldOf(place.unit, '') ? 'certain' : 'possible';
  }

  /** Whether it is being found out whom a call calls: answers to other questions may lack what waits for this one. */
  get isAsking(): boolean {
    return this.#waiting > 0;
  }

  /** What a call's callee is, by a question of its own; nothing while that question is being asked. */
  #callee(unit: Unit, fact: CallFact): readonly Bound[] {
    const known = this.#callees.get(fact);
    if (known) return known;
    if (this.#waiting >= MAX_WAITING) return [];
    this.#callees.set(fact, []);
    this.#waiting++;
    const bounds = this.#program.expand(fact.call.callee, unit, fact.scope, { ...newQuery(), steps: MAX_STEPS - CALLEE_STEPS });
    this.#waiting--;
    this.#callees.set(fact, bounds);
    return bounds;
  }
}

const worldOf = ({ facts: { language } }: Unit, name: string): string => {
  const world = JVM.has(language) ? 'jvm' : language === 'typescript' ? 'javascript' : language;
  return `${world} ${name}`;
};

/** The function around a place that has a parameter of this name, nearest first. */
function paramAround(name: string, unit: Unit, scope: number): { readonly param: ParamFact; readonly index: number } | undefined {
  for (let current = scope; current >= 0; current = scopeOf(unit, current)?.parent ?? -1) {
    const param = scopeOf(unit, current)?.params?.find((item) => item.name === name);
    if (param) return { param, index: current };
  }
  return undefined;
}
