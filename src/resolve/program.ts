import type { CallExpr, Expr, ParamFact } from '../lang/facts.ts';
import { IMPLICIT } from '../lang/frontend.ts';
import {
  cut,
  instancePath,
  isKnownPath,
  isOpen,
  joinPath,
  MAX_ALTERNATIVES,
  MAX_CALL_SITES,
  MAX_DEPTH,
  MAX_STEPS,
  MAX_WILDCARDS,
  newQuery,
  through,
  UNKNOWN,
  unknownMember,
  type Bound,
  type Origin,
  type Query,
} from './bound.ts';
import { Answers } from './answers.ts';
import { providerIn, served } from './beside.ts';
import { pathsOf } from './called-paths.ts';
import { CallSites, type Arguments, type LibraryNames } from './call-sites.ts';
import { Extensions } from './extensions.ts';
import { environmentSet, fieldAt, isProperty, memberOrigins } from './fields.ts';
import { handedBack } from './given.ts';
import { Hierarchy, type Place } from './hierarchy.ts';
import { Imports } from './imports.ts';
import { itemOf, ONE_OF } from './items.ts';
import { enclosingClass, originOf, scopeOf, type Unit } from './unit.ts';
import { BARE, EXPLICIT_MEMBERS, PLAIN_TYPES, TYPE_WRAPPERS } from './vocabulary.ts';

/** Other expressions stand for themselves. */
const FOLLOWED: ReadonlySet<Expr['kind']> = new Set(['name', 'member', 'index', 'either', 'call']);

/** The files of a tree as one program: follows names to what they stand for. */
export class Program {
  readonly units: readonly Unit[];
  readonly #imports: Imports;
  readonly #calls: CallSites;
  readonly #hierarchy: Hierarchy;
  readonly #extensions: Extensions;
  readonly #environment: ReadonlyMap<string, readonly Origin[]>;
  readonly #answers = new Answers<readonly Bound[]>(() => !this.#calls.isAsking);

  constructor(units: readonly Unit[], library: LibraryNames = () => false) {
    this.units = units;
    this.#imports = new Imports(this);
    this.#hierarchy = new Hierarchy(this);
    this.#extensions = new Extensions(units);
    this.#calls = new CallSites(this, this.#hierarchy, library);
    this.#environment = environmentSet(units);
  }

  /** Follows names, members and look-ups until something else stands there. */
  expand(expr: Expr, unit: Unit, scope: number, query: Query): readonly Bound[] {
    if (++query.steps > MAX_STEPS || query.depth > MAX_DEPTH) return cut(query, [UNKNOWN]);
    if (!FOLLOWED.has(expr.kind)) return [{ kind: 'expr', expr, unit, scope }];
    return this.#answers.ask(expr, unit, scope, query, () => this.#followed(expr, unit, scope, query), [UNKNOWN]);
  }

  #followed(expr: Expr, unit: Unit, scope: number, query: Query): readonly Bound[] {
    query.depth++;
    const found = this.#expand(expr, unit, scope, query);
    query.depth--;
    // A bare name may come from any of a file's wildcard imports.
    return found.length > MAX_ALTERNATIVES && !found.every((bound) => bound.kind === 'external')
      ? found.slice(0, MAX_ALTERNATIVES)
      : found.slice(0, MAX_WILDCARDS);
  }

  #expand(expr: Expr, unit: Unit, scope: number, query: Query): readonly Bound[] {
    switch (expr.kind) {
      case 'name':
        return this.lookup(expr.name, unit, scope, query);
      case 'member':
        return (
          this.#implicit(expr.object, expr.name, query) ??
          this.fieldSet(expr.object, expr.name, unit, scope, query) ??
          this.#inSuper(expr.object, expr.name, unit, scope, query) ??
          this.expand(expr.object, unit, scope, query).flatMap((base) => through(base, this.member(base, expr.name, query)))
        );
      case 'index':
        return (
          (expr.key.kind === 'string' ? this.fieldSet(expr.object, expr.key.value, unit, scope, query) : undefined) ??
          this.expand(expr.object, unit, scope, query).flatMap((base) =>
            through(base, itemOf(this, base, { expr: expr.key, unit, scope }, query)),
          )
        );
      case 'either':
        return expr.options.flatMap((option) => this.expand(option, unit, scope, query));
      case 'call':
        return this.#called(expr, unit, scope, query);
      default:
        return [{ kind: 'expr', expr, unit, scope }];
    }
  }

  /** `.fast`: of the types of the tree that have such a member, the only one; of several, any. */
  #implicit(object: Expr, name: string, query: Query): readonly Bound[] | undefined {
    if (object.kind !== 'name' || object.name !== IMPLICIT) return undefined;
    const places = this.#extensions.typesWith(name);
    const found = this.#membersIn(places, name, query);
    return found.length === 0 ? unknownMember(name) : places.length === 1 ? found : through({ possible: true }, found);
  }

  /** `super().load(…)`: the method of a base class of the tree. */
  #inSuper(object: Expr, name: string, unit: Unit, scope: number, query: Query): readonly Bound[] | undefined {
    const called = object.kind === 'call' ? object.callee : object;
    const index = called.kind === 'name' && called.name === 'super' ? enclosingClass(unit.facts, scope) : undefined;
    if (index === undefined) return undefined;
    const found = this.#membersIn(this.#hierarchy.bases({ unit, index }), name, query);
    return found.length > 0 ? found : undefined;
  }

  /** `cfg.name = …`, `cfg["name"] = …` on a variable in reach. */
  fieldSet(object: Expr, name: string, unit: Unit, scope: number, query: Query = newQuery()): readonly Bound[] | undefined {
    if (object.kind !== 'name') return undefined;
    for (let current = scope; current >= 0; current = scopeOf(unit, current)?.parent ?? -1) {
      const facts = unit.assigns.get(current)?.get(`${object.name}.${name}`);
      if (!facts) continue;
      const bounds = facts.slice(0, MAX_ALTERNATIVES).flatMap((fact) => this.expand(fact.value, unit, fact.scope, query));
      if (!bounds.every(isOpen)) return bounds;
    }
    return undefined;
  }

  /** What the program itself puts into a variable of the environment. */
  readonly environment = (name: string): readonly Origin[] => this.#environment.get(name) ?? [];

  /** A call of something in the tree is what it returns; other calls stay. */
  #called(expr: CallExpr, unit: Unit, scope: number, query: Query): readonly Bound[] {
    const found: Bound[] = [];
    for (const callee of this.expand(expr.callee, unit, scope, query)) {
      // `config.model` of Ruby is a call as well.
      if (callee.kind === 'expr' && expr.args.length === 0 && unit.facts.language === 'ruby') found.push(callee);
      // `models("plan")` of Scala is an entry of a dictionary.
      const [key] = unit.facts.language === 'scala' && callee.kind === 'expr' && callee.expr.kind === 'dict' ? expr.args : [];
      if (key) found.push(...itemOf(this, callee, { expr: key.value, unit, scope }, query));
      if (callee.kind !== 'local') continue;
      const results: Bound[] = [];
      const target = scopeOf(callee.unit, callee.index);
      if (target?.kind === 'function') {
        for (const value of target.returns ?? []) {
          const back = handedBack(value, callee.unit, callee.index, expr);
          if (back?.given) results.push(...this.expand(back.given, unit, scope, query));
          else if (!back) results.push(...this.expand(value, callee.unit, callee.index, query));
          else results.push(...(back.fallback ? this.expand(back.fallback, callee.unit, target.parent, query) : [UNKNOWN]));
        }
        if (!target.returns?.length && target.returnType) results.push(...this.#typed(target.returnType, callee.unit, callee.index, query));
      }
      found.push(...through(callee, results));
    }
    return found.length > 0 ? found : [{ kind: 'expr', expr, unit, scope }];
  }

  lookup(name: string, unit: Unit, scope: number, query: Query): readonly Bound[] {
    if (++query.steps > MAX_STEPS) return cut(query, [UNKNOWN]);
    const own = name === 'self' || name === 'this' || name === 'cls' ? enclosingClass(unit.facts, scope) : undefined;
    if (own !== undefined) return [{ kind: 'local', unit, index: own, instance: true }];
    let inherited: readonly Bound[] = [];
    for (let current = scope; current >= 0; current = scopeOf(unit, current)?.parent ?? -1) {
      const owner = scopeOf(unit, current);
      // Python methods do not see the names of their class's body.
      if (owner?.kind === 'class' && current !== scope && unit.facts.language === 'python') continue;
      // `models = models` keeps under the name what an import or an outer scope gave it.
      const assigned = unit.assigns
        .get(current)
        ?.get(name)
        ?.filter(({ value }) => value.kind !== 'name' || value.name !== name);
      if (assigned && assigned.length > 0) {
        const bounds = assigned.slice(0, MAX_ALTERNATIVES).flatMap((fact) => {
          const values = this.expand(fact.value, unit, fact.scope, query);
          return fact.type && values.every(isOpen) ? [...this.#typed(fact.type, unit, fact.scope, query), ...values] : values;
        });
        // `try: from x import A`, `except ImportError: A = None`.
        if (current === 0 && bounds.every(isOpen) && unit.imports.has(name)) return this.#imports.imported(name, unit, query) ?? bounds;
        if (bounds.length > 0) return bounds;
      }
      const param = owner?.params?.find((item) => item.name === name);
      if (param) return this.#param(param, unit, current, query);
      const def = unit.defs.get(current)?.get(name);
      if (def !== undefined) return this.#defined(unit, def, query);
      if (owner?.kind === 'class' && !EXPLICIT_MEMBERS.has(unit.facts.language)) {
        const found = this.#classMember(unit, current, name, query);
        if (found.some((bound) => bound.kind !== 'external')) return found;
        inherited = inherited.length > 0 ? inherited : found;
      }
    }
    const imported = this.#imports.imported(name, unit, query);
    if (imported) return imported;
    const shared = this.#imports.shared(name, unit, query);
    if (inherited.length === 0) return shared;
    // A base class of elsewhere may have a member of any name: a name that needs no import may be that, or what it says.
    const bare = shared.every((bound) => bound.kind === 'external' && !/[.#]/.test(bound.path));
    const known = BARE.get(unit.facts.language)?.has(name) === true;
    return !bare || known ? shared : shared.some(isOpen) ? inherited : [...inherited, ...shared];
  }

  /** One step back from a name or a field to what was assigned to it or given for it: what only configuration can answer is read there. */
  origins(expr: Expr, unit: Unit, scope: number, query: Query): readonly Origin[] {
    if (++query.steps > MAX_STEPS || query.depth > MAX_DEPTH - 2) return cut(query, []);
    if (expr.kind === 'either') return expr.options.map((option) => ({ expr: option, unit, scope }));
    if (expr.kind === 'member') {
      return this.expand(expr.object, unit, scope, query).flatMap((base) => (base.kind === 'local' ? memberOrigins(base, expr.name) : []));
    }
    if (expr.kind !== 'name') return [];
    for (let current = scope; current >= 0; current = scopeOf(unit, current)?.parent ?? -1) {
      const assigned = unit.assigns.get(current)?.get(expr.name);
      if (assigned) return assigned.slice(0, MAX_ALTERNATIVES).map((fact) => originOf(fact, unit));
      const param = scopeOf(unit, current)?.params?.find((item) => item.name === expr.name);
      if (param) return this.#argumentsFor(param, unit, current, query).given;
    }
    return [];
  }

  /** A parameter is what its type says, its default, and what call sites give it. */
  #param(param: ParamFact, unit: Unit, scope: number, query: Query): readonly Bound[] {
    const { given, overridden } = this.#argumentsFor(param, unit, scope, query);
    const fallback = param.fallback ? this.expand(param.fallback, unit, scopeOf(unit, scope)?.parent ?? 0, query) : [];
    const values: Bound[] = [];
    for (const origin of given) {
      if (values.length >= MAX_ALTERNATIVES) break;
      for (const bound of through(origin, this.expand(origin.expr, origin.unit, origin.scope, query)))
        if (!isKnownPath(bound, values)) values.push(bound);
    }
    const bounds = overridden ? [...values, ...through({ possible: true }, fallback)] : [...fallback, ...values];
    if (param.type && bounds.every(isOpen)) bounds.unshift(...this.#typed(param.type, unit, scope, query));
    const known = bounds.filter((bound) => !(bound.kind === 'external' && bound.path.startsWith('?')));
    return known.length > 0 ? known : [UNKNOWN];
  }

  #argumentsFor(param: ParamFact, unit: Unit, scope: number, query: Query): Arguments {
    return this.#calls.argumentsFor(param, { unit, index: scope }, query);
  }

  #typed(type: Expr, unit: Unit, scope: number, query: Query): readonly Bound[] {
    if (type.kind === 'index' && type.object.kind === 'name' && TYPE_WRAPPERS.has(type.object.name))
      return this.#typed(type.key, unit, scope, query);
    if (type.kind === 'index') return this.#typed(type.object, unit, scope, query);
    if (type.kind === 'list' || type.kind === 'either')
      return (type.kind === 'list' ? type.items : type.options).flatMap((item) => this.#typed(item, unit, scope, query));
    if (type.kind !== 'name' && type.kind !== 'member') return [];
    if (type.kind === 'name' && PLAIN_TYPES.has(type.name)) return [];
    return this.expand(type, unit, scope, query).flatMap((bound): Bound[] => {
      if (bound.kind === 'external')
        return bound.path === '?' || !/[.#]/.test(bound.path) ? [] : [{ kind: 'external', path: `${bound.path}()` }];
      if (bound.kind === 'local' && scopeOf(bound.unit, bound.index)?.kind === 'class') return [{ ...bound, instance: true }];
      return [];
    });
  }

  /** `base.name`. */
  member(base: Bound, name: string, query: Query): readonly Bound[] {
    if (++query.steps > MAX_STEPS) return cut(query, [UNKNOWN]);
    switch (base.kind) {
      case 'external': {
        const added = this.#membersIn(this.#extensions.ofPath(base.path, name), name, query);
        return added.length > 0 ? added : [{ kind: 'external', path: joinPath(base, name) }];
      }
      case 'module': {
        const found = this.#imports.moduleMember(base.unit, name, query);
        if (found.length > 0) return found;
        if (base.unit.facts.language === 'go') {
          for (const sibling of this.#imports.siblingsWith(base.unit, name)) {
            const other = this.#imports.moduleMember(sibling, name, query);
            if (other.length > 0) return other;
          }
        }
        const submodule = this.#imports.find(base.unit, base.unit.facts.language === 'python' ? `.${name}` : `./${name}`);
        return submodule ? [{ kind: 'module', unit: submodule }] : unknownMember(name);
      }
      case 'local': {
        // Ruby calls a method by naming it: `Acme.configuration.model` asks what `configuration` returns.
        const owner = base.unit.facts.language === 'ruby' ? scopeOf(base.unit, base.index) : undefined;
        const made = owner?.kind === 'function' ? (owner.returns ?? []) : undefined;
        if (made) return made.flatMap((value) => this.expand({ kind: 'member', object: value, name }, base.unit, base.index, query));
        if (owner?.kind === 'class' && name === 'new' && !owner.bases?.length) return [base];
        const found = this.#classMember(base.unit, base.index, name, query);
        return found.length > 0 ? found : unknownMember(name);
      }
      case 'expr':
        return this.#exprMember(base, name, query);
    }
  }

  #membersIn(places: readonly Place[], name: string, query: Query): readonly Bound[] {
    return places.flatMap((place) => this.#classMember(place.unit, place.index, name, query));
  }

  #classMember(unit: Unit, index: number, name: string, query: Query): readonly Bound[] {
    if (query.depth > MAX_DEPTH) return cut(query, []);
    const assigned = unit.members.get(index)?.get(name);
    if (assigned) {
      const bounds = assigned.slice(0, MAX_ALTERNATIVES).flatMap((fact) => {
        const values = this.expand(fact.value, unit, fact.scope, query);
        return fact.type && values.every(isOpen) ? [...this.#typed(fact.type, unit, fact.scope, query), ...values] : values;
      });
      // A field that is only declared is what constructor calls give it.
      const given = bounds.every(isOpen) ? this.#givenToConstructor(unit, index, name, query) : [];
      if (bounds.length + given.length > 0) return [...given, ...bounds];
    }
    const def = unit.defs.get(index)?.get(name);
    if (def !== undefined) return this.#defined(unit, def, query);
    const added = this.#membersIn(this.#extensions.ofType({ unit, index }, name), name, query);
    if (added.length > 0) return added;
    query.depth++;
    const { as } = query;
    if (!as || !this.#hierarchy.descends(as, { unit, index })) query.as = { unit, index };
    const inherited = (scopeOf(unit, index)?.bases ?? []).flatMap((base): readonly Bound[] =>
      this.expand(base, unit, scopeOf(unit, index)?.parent ?? 0, query).flatMap((bound): readonly Bound[] => {
        if (bound.kind === 'local') return this.#classMember(bound.unit, bound.index, name, query);
        return bound.kind === 'external' && /[.#]/.test(bound.path) ? [{ kind: 'external', path: `${bound.path}().${name}` }] : [];
      }),
    );
    query.depth--;
    query.as = as;
    if (inherited.length > 0) return inherited;
    return this.#givenToConstructor(unit, index, name, query);
  }

  /** A function or class; a property reads as its value. */
  #defined(unit: Unit, index: number, query: Query): readonly Bound[] {
    const method = scopeOf(unit, index);
    if (!method || !isProperty(method)) return [{ kind: 'local', unit, index, instance: false }];
    const values = (method.returns ?? []).flatMap((value) => this.expand(value, unit, index, query));
    return values.length === 0 && method.returnType ? this.#typed(method.returnType, unit, index, query) : values;
  }

  /** A field without a default is what the tree's constructor calls or struct literals give it. */
  #givenToConstructor(unit: Unit, index: number, name: string, query: Query): readonly Bound[] {
    if (query.base) return [];
    if (query.depth > MAX_DEPTH - 3) return cut(query, []);
    return this.#calls
      .of({ unit, index })
      .slice(0, MAX_CALL_SITES)
      .flatMap((site): readonly Bound[] => {
        const given = site.fact.call.args.find((arg) => arg.name === name)?.value;
        if (!given) return [];
        const provider = providerIn(site.fact.call, site.unit, site.fact.scope);
        return through(site, served(provider, this.expand(given, site.unit, site.fact.scope, query)));
      });
  }

  #exprMember(base: Extract<Bound, { kind: 'expr' }>, name: string, query: Query): readonly Bound[] {
    const { expr, unit, scope } = base;
    if (expr.kind === 'dict') {
      const entry = expr.entries.find(
        (item) => (item.key.kind === 'string' && item.key.value === name) || (item.key.kind === 'name' && item.key.name === name),
      );
      if (entry) return served(providerIn(expr, unit, scope), this.expand(entry.value, unit, scope, query));
      const spread = expr.spreads.flatMap((item) =>
        this.expand(item, unit, scope, query).flatMap((bound) => through(bound, this.member(bound, name, query))),
      );
      return spread.length > 0 ? spread : unknownMember(name);
    }
    if (expr.kind === 'list' && ONE_OF.test(name)) return itemOf(this, base, base, query);
    if (expr.kind === 'string' || expr.kind === 'concat' || expr.kind === 'env')
      return name === 'value' ? [base] : [{ kind: 'external', path: `"".${name}` }];
    if (expr.kind === 'call') {
      return this.expand(expr.callee, unit, scope, query).flatMap((callee): readonly Bound[] => {
        if (callee.kind === 'local') {
          // A field that the constructor call sets.
          const given = expr.args.find((arg) => arg.name === name)?.value ?? fieldAt(callee.unit, callee.index, name, expr);
          const own = given ? served(providerIn(expr, unit, scope), this.expand(given, unit, scope, query)) : [];
          const found = this.#classMember(callee.unit, callee.index, name, query);
          return own.length + found.length > 0 ? [...own, ...found] : unknownMember(name);
        }
        if (callee.kind === 'external') return [{ kind: 'external', path: joinPath({ path: instancePath(callee) }, name) }];
        return unknownMember(name);
      });
    }
    return unknownMember(name);
  }

  /**
   * Dotted paths of what an expression is: `transformers.AutoModel.from_pretrained`,
   * `openai#default().chat.completions.create`. Objects are their constructor with `()`.
   */
  paths(expr: Expr, unit: Unit, scope: number, query: Query = newQuery()): readonly string[] {
    return [...new Set(this.expand(expr, unit, scope, query).flatMap((bound) => pathsOf(this, bound, query)))];
  }
}
