import type { CallExpr, CallFact, Expr, ImportFact, LanguageId, ParamFact } from '../lang/facts.ts';
import { goPackage, indexModules, type ModuleIndex } from './modules.ts';
import { enclosingClass, scopeOf, type Unit } from './unit.ts';

/** What a name stands for, as far as it could be followed. */
export type Bound =
  /** An expression that is not a name any more, with where its own names are read. */
  | { readonly kind: 'expr'; readonly expr: Expr; readonly unit: Unit; readonly scope: number }
  /** Something of another package: `openai.OpenAI`, `openai#default`, `openai.OpenAI().chat`. `?` where unknown. `module`: its members follow a `#`. */
  | { readonly kind: 'external'; readonly path: string; readonly module?: boolean }
  | { readonly kind: 'module'; readonly unit: Unit }
  /** A function or class of the tree, or an object of that class. */
  | { readonly kind: 'local'; readonly unit: Unit; readonly index: number; readonly instance: boolean };

/** Steps of one question. Real chains need fewer than 60; the limit stops mutual recursion. */
const MAX_STEPS = 600;
const MAX_DEPTH = 14;
/** Alternatives that are followed at one name. */
const MAX_ALTERNATIVES = 6;
const MAX_WILDCARDS = 40;
/** Call sites that are asked for the value of one parameter. */
const MAX_CALL_SITES = 12;

export interface Query {
  steps: number;
  depth: number;
}

export const newQuery = (): Query => ({ steps: 0, depth: 0 });

/** Types that say nothing about a value. */
const PLAIN_TYPES = new Set([
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
const TYPE_WRAPPERS = new Set([
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
const UNKNOWN: Bound = { kind: 'external', path: '?' };

export class Program {
  readonly units: readonly Unit[];
  readonly #modules: ModuleIndex;
  readonly #callsByName = new Map<string, { unit: Unit; fact: CallFact }[]>();
  readonly #goPackages = new Map<string, readonly Unit[]>();
  readonly #classes = new Map<string, { unit: Unit; index: number }[]>();
  readonly #found = new Map<Unit, Map<string, Unit | undefined>>();

  constructor(units: readonly Unit[]) {
    this.units = units;
    this.#modules = indexModules(units);
    for (const unit of units) {
      for (const fact of unit.facts.calls) {
        const { callee } = fact.call;
        const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : undefined;
        if (name === undefined) continue;
        const list = this.#callsByName.get(name);
        if (list) list.push({ unit, fact });
        else this.#callsByName.set(name, [{ unit, fact }]);
      }
      for (const [index, scope] of unit.facts.scopes.entries()) {
        if (scope.kind !== 'class') continue;
        const list = this.#classes.get(scope.name);
        if (list) list.push({ unit, index });
        else this.#classes.set(scope.name, [{ unit, index }]);
      }
    }
  }

  /** Follows names, members and look-ups until something else stands there. */
  expand(expr: Expr, unit: Unit, scope: number, query: Query): readonly Bound[] {
    if (++query.steps > MAX_STEPS || query.depth > MAX_DEPTH) return [UNKNOWN];
    query.depth++;
    const result = this.#expand(expr, unit, scope, query);
    query.depth--;
    // A bare name may come from any of a file's wildcard imports.
    return result.length > MAX_ALTERNATIVES && !result.every((bound) => bound.kind === 'external')
      ? result.slice(0, MAX_ALTERNATIVES)
      : result.slice(0, MAX_WILDCARDS);
  }

  #expand(expr: Expr, unit: Unit, scope: number, query: Query): readonly Bound[] {
    switch (expr.kind) {
      case 'name':
        return this.lookup(expr.name, unit, scope, query);
      case 'member':
        return this.expand(expr.object, unit, scope, query).flatMap((base) => this.member(base, expr.name, query));
      case 'index':
        return this.expand(expr.object, unit, scope, query).flatMap((base) => this.#item(base, expr.key, unit, scope, query));
      case 'either':
        return expr.options.flatMap((option) => this.expand(option, unit, scope, query));
      case 'call':
        return this.#called(expr, unit, scope, query);
      default:
        return [{ kind: 'expr', expr, unit, scope }];
    }
  }

  /** A call of something in the tree is what it returns; other calls stay. */
  #called(expr: CallExpr, unit: Unit, scope: number, query: Query): readonly Bound[] {
    const results: Bound[] = [];
    for (const callee of this.expand(expr.callee, unit, scope, query)) {
      if (callee.kind !== 'local') continue;
      const target = scopeOf(callee.unit, callee.index);
      if (target?.kind === 'function') {
        for (const value of target.returns ?? []) results.push(...this.expand(value, callee.unit, callee.index, query));
        if (!target.returns?.length && target.returnType) results.push(...this.#typed(target.returnType, callee.unit, callee.index, query));
      }
    }
    return results.length > 0 ? results : [{ kind: 'expr', expr, unit, scope }];
  }

  lookup(name: string, unit: Unit, scope: number, query: Query): readonly Bound[] {
    if (++query.steps > MAX_STEPS) return [UNKNOWN];
    if (name === 'self' || name === 'this' || name === 'cls') {
      const owner = enclosingClass(unit.facts, scope);
      if (owner !== undefined) return [{ kind: 'local', unit, index: owner, instance: true }];
    }
    for (let current = scope; current >= 0; current = scopeOf(unit, current)?.parent ?? -1) {
      const owner = scopeOf(unit, current);
      // Python methods do not see the names of their class's body.
      if (owner?.kind === 'class' && current !== scope && unit.facts.language === 'python') continue;
      const assigned = unit.assigns.get(current)?.get(name);
      if (assigned) {
        const bounds = assigned.slice(0, MAX_ALTERNATIVES).flatMap((fact) => {
          const values = this.expand(fact.value, unit, current, query);
          return fact.type && values.every(isOpen) ? [...this.#typed(fact.type, unit, current, query), ...values] : values;
        });
        // `try: from x import A`, `except ImportError: A = None`.
        if (current === 0 && bounds.every(isOpen) && unit.imports.has(name)) return this.#imported(name, unit, query) ?? bounds;
        if (bounds.length > 0) return bounds;
      }
      const param = owner?.params?.find((item) => item.name === name);
      if (param) return this.#param(param, unit, current, query);
      const def = unit.defs.get(current)?.get(name);
      if (def !== undefined) return [{ kind: 'local', unit, index: def, instance: false }];
      if (owner?.kind === 'class' && unit.facts.language !== 'python') {
        const found = this.#classMember(unit, current, name, query);
        if (found.length > 0) return found;
      }
    }
    return this.#imported(name, unit, query) ?? this.#shared(name, unit, query);
  }

  #find(from: Unit, module: string): Unit | undefined {
    let known = this.#found.get(from);
    if (!known) this.#found.set(from, (known = new Map()));
    if (!known.has(module)) known.set(module, this.#modules.find(from, module));
    return known.get(module);
  }

  #imported(name: string, unit: Unit, query: Query): readonly Bound[] | undefined {
    const facts = unit.imports.get(name);
    if (facts) return facts.flatMap((fact) => this.#import(fact, unit, query));
    for (const fact of unit.wildcards) {
      const local = this.#find(unit, fact.module);
      if (!local) continue;
      const found = this.#moduleMember(local, name, query);
      if (found.length > 0) return found;
    }
    return undefined;
  }

  #import(fact: ImportFact, unit: Unit, query: Query): readonly Bound[] {
    const { language } = unit.facts;
    if (language === 'go') {
      let members = this.#goPackages.get(fact.module);
      if (!members) this.#goPackages.set(fact.module, (members = goPackage(this.units, fact)));
      const [first] = members;
      return first ? [{ kind: 'module', unit: first }] : [{ kind: 'external', path: withoutMajor(fact.module), module: true }];
    }
    const local = this.#find(unit, fact.module);
    if (fact.name === undefined || fact.name === '*') {
      // `import a.b` of the tree binds `a`; members are then looked up by dotted path.
      if (local && (language !== 'python' || fact.local !== fact.module.split('.')[0] || !fact.module.includes('.')))
        return [{ kind: 'module', unit: local }];
      const bound: string =
        language === 'python' && fact.local !== undefined && fact.local === fact.module.split('.')[0] ? fact.local : fact.module;
      return [
        language === 'javascript' || language === 'typescript'
          ? { kind: 'external', path: bound, module: true }
          : { kind: 'external', path: bound },
      ];
    }
    if (local) {
      const found = this.#moduleMember(local, fact.name, query);
      if (found.length > 0) return found;
    }
    if (language === 'python') {
      const dots = fact.module.endsWith('.') ? fact.module : `${fact.module}.`;
      const submodule = this.#find(unit, `${dots}${fact.name}`);
      if (submodule) return [{ kind: 'module', unit: submodule }];
      return fact.module.startsWith('.') ? [UNKNOWN] : [{ kind: 'external', path: `${fact.module}.${fact.name}` }];
    }
    if (language === 'javascript' || language === 'typescript')
      return fact.module.startsWith('.') ? [UNKNOWN] : [{ kind: 'external', path: `${fact.module}#${fact.name}` }];
    const [type] = this.#classesIn(fact.module, fact.name);
    return type
      ? [{ kind: 'local', ...type, instance: false }]
      : [{ kind: 'external', path: fact.module === '' ? fact.name : `${fact.module}.${fact.name}` }];
  }

  /** Names visible without an import: the same package, a class of the tree, the language's own. */
  #shared(name: string, unit: Unit, query: Query): readonly Bound[] {
    const { language } = unit.facts;
    if (
      language === 'go' ||
      language === 'java' ||
      language === 'kotlin' ||
      language === 'csharp' ||
      language === 'ruby' ||
      language === 'php'
    ) {
      for (const sibling of this.#modules.siblingsWith(unit, name)) {
        const found = this.#moduleMember(sibling, name, query);
        if (found.length > 0) return found;
      }
    }
    if (SHARES_CLASSES.has(language) && /^[A-Z]/.test(name)) {
      const classes = (this.#classes.get(name) ?? []).filter((item) => item.unit.facts.language === language);
      const [only] = classes;
      if (only && classes.length === 1) return [{ kind: 'local', ...only, instance: false }];
    }
    const external = language === 'ruby' ? [] : unit.wildcards.filter((fact) => !this.#find(unit, fact.module));
    if (external.length > 0 && /^[A-Z]/.test(name)) return external.map((fact) => ({ kind: 'external', path: `${fact.module}.${name}` }));
    return BARE.get(language)?.has(name) === false ? [UNKNOWN] : [{ kind: 'external', path: name }];
  }

  #classesIn(namespace: string, name: string): { unit: Unit; index: number }[] {
    return (this.#classes.get(name) ?? []).filter((item) => item.unit.facts.namespace === namespace);
  }

  #moduleMember(unit: Unit, name: string, query: Query): readonly Bound[] {
    const assigned = unit.assigns.get(0)?.get(name);
    if (assigned) return assigned.slice(0, MAX_ALTERNATIVES).flatMap((fact) => this.expand(fact.value, unit, 0, query));
    const def = unit.defs.get(0)?.get(name);
    if (def !== undefined) return [{ kind: 'local', unit, index: def, instance: false }];
    if (query.depth > MAX_DEPTH) return [];
    query.depth++;
    let found = this.#imported(name, unit, query) ?? [];
    const exported = name === 'default' ? undefined : unit.assigns.get(0)?.get('default');
    // module.exports = { name }: the members of the default export.
    if (found.length === 0 && exported)
      found = exported.flatMap((fact) => this.expand(fact.value, unit, 0, query).flatMap((bound) => this.member(bound, name, query)));
    query.depth--;
    return found;
  }

  /** A parameter is what its type says, its default, and what call sites give it. */
  #param(param: ParamFact, unit: Unit, scope: number, query: Query): readonly Bound[] {
    const bounds: Bound[] = [];
    if (param.fallback) bounds.push(...this.expand(param.fallback, unit, scopeOf(unit, scope)?.parent ?? 0, query));
    for (const { value, site, from } of this.#argumentsFor(param, unit, scope, query))
      bounds.push(...this.expand(value, site, from, query));
    if (param.type && bounds.every(isOpen)) bounds.unshift(...this.#typed(param.type, unit, scope, query));
    const known = bounds.filter((bound) => !(bound.kind === 'external' && bound.path.startsWith('?')));
    return known.length > 0 ? known : [UNKNOWN];
  }

  #argumentsFor(param: ParamFact, unit: Unit, scope: number, query: Query): { value: Expr; site: Unit; from: number }[] {
    const fn = scopeOf(unit, scope);
    if (!fn?.params || query.depth > MAX_DEPTH - 2) return [];
    const owner = scopeOf(unit, fn.parent);
    const method = owner?.kind === 'class';
    const constructor = method && CONSTRUCTORS.has(fn.name);
    const name = constructor ? owner.name : fn.name;
    const offset = method && SELF_PARAM.has(fn.params[0]?.name ?? '') ? 1 : 0;
    const position = fn.params.indexOf(param) - offset;
    const values: { value: Expr; site: Unit; from: number }[] = [];
    for (const { unit: site, fact } of (this.#callsByName.get(name) ?? []).slice(0, MAX_CALL_SITES)) {
      const positional = fact.call.args.filter((arg) => arg.name === undefined && !arg.spread);
      const options = param.from === undefined ? undefined : positional[param.from]?.value;
      const given =
        options?.kind === 'dict'
          ? options.entries.find((entry) => entry.key.kind === 'string' && entry.key.value === param.name)?.value
          : (fact.call.args.find((arg) => arg.name === param.name)?.value ??
            (param.from === undefined ? positional[position]?.value : undefined));
      if (!given) continue;
      // A method is believed by its name; a function or class must be the one that is meant.
      if (!method || constructor) {
        const target = this.expand(fact.call.callee, site, fact.scope, query);
        const wanted = constructor ? fn.parent : scope;
        if (!target.some((item) => item.kind === 'local' && item.unit === unit && item.index === wanted)) continue;
      } else if (fact.call.callee.kind !== 'member') continue;
      values.push({ value: given, site, from: fact.scope });
    }
    return values;
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
    if (++query.steps > MAX_STEPS) return [UNKNOWN];
    switch (base.kind) {
      case 'external':
        return [{ kind: 'external', path: joinPath(base, name) }];
      case 'module': {
        const found = this.#moduleMember(base.unit, name, query);
        if (found.length > 0) return found;
        if (base.unit.facts.language === 'go') {
          for (const sibling of this.#modules.siblingsWith(base.unit, name)) {
            const other = this.#moduleMember(sibling, name, query);
            if (other.length > 0) return other;
          }
        }
        const submodule = this.#find(base.unit, base.unit.facts.language === 'python' ? `.${name}` : `./${name}`);
        return submodule ? [{ kind: 'module', unit: submodule }] : unknownMember(name);
      }
      case 'local': {
        const found = this.#classMember(base.unit, base.index, name, query);
        return found.length > 0 ? found : unknownMember(name);
      }
      case 'expr':
        return this.#exprMember(base, name, query);
    }
  }

  #classMember(unit: Unit, index: number, name: string, query: Query): readonly Bound[] {
    if (query.depth > MAX_DEPTH) return [];
    const assigned = unit.members.get(index)?.get(name);
    if (assigned) {
      const bounds = assigned.slice(0, MAX_ALTERNATIVES).flatMap((fact) => {
        const values = this.expand(fact.value, unit, fact.scope, query);
        return fact.type && values.every(isOpen) ? [...this.#typed(fact.type, unit, fact.scope, query), ...values] : values;
      });
      if (bounds.length > 0) return bounds;
    }
    const def = unit.defs.get(index)?.get(name);
    if (def !== undefined) {
      const method = scopeOf(unit, def);
      // A property reads as its value.
      if (method?.decorators?.some((item) => item.kind === 'name' && /^(?:property|cached_property|computed_field)$/.test(item.name)))
        return (method.returns ?? []).flatMap((value) => this.expand(value, unit, def, query));
      return [{ kind: 'local', unit, index: def, instance: false }];
    }
    query.depth++;
    const inherited = (scopeOf(unit, index)?.bases ?? []).flatMap((base): readonly Bound[] =>
      this.expand(base, unit, scopeOf(unit, index)?.parent ?? 0, query).flatMap((bound): readonly Bound[] => {
        if (bound.kind === 'local') return this.#classMember(bound.unit, bound.index, name, query);
        return bound.kind === 'external' && /[.#]/.test(bound.path) ? [{ kind: 'external', path: `${bound.path}().${name}` }] : [];
      }),
    );
    query.depth--;
    if (inherited.length > 0) return inherited;
    return this.#givenToConstructor(unit, index, name, query);
  }

  /** A field without a default is what the tree's constructor calls or struct literals give it. */
  #givenToConstructor(unit: Unit, index: number, name: string, query: Query): readonly Bound[] {
    const owner = scopeOf(unit, index);
    if (!owner || query.depth > MAX_DEPTH - 3) return [];
    return (this.#callsByName.get(owner.name) ?? []).slice(0, MAX_CALL_SITES).flatMap(({ unit: site, fact }): readonly Bound[] => {
      const given = fact.call.args.find((arg) => arg.name === name)?.value;
      if (!given) return [];
      const target = this.expand(fact.call.callee, site, fact.scope, query);
      return target.some((item) => item.kind === 'local' && item.unit === unit && item.index === index)
        ? this.expand(given, site, fact.scope, query)
        : [];
    });
  }

  #exprMember(base: Extract<Bound, { kind: 'expr' }>, name: string, query: Query): readonly Bound[] {
    const { expr, unit, scope } = base;
    if (expr.kind === 'dict') {
      const entry = expr.entries.find(
        (item) => (item.key.kind === 'string' && item.key.value === name) || (item.key.kind === 'name' && item.key.name === name),
      );
      if (entry) return this.expand(entry.value, unit, scope, query);
      const spread = expr.spreads.flatMap((item) =>
        this.expand(item, unit, scope, query).flatMap((bound) => this.member(bound, name, query)),
      );
      return spread.length > 0 ? spread : unknownMember(name);
    }
    if (expr.kind === 'string' || expr.kind === 'concat' || expr.kind === 'env')
      return name === 'value' ? [base] : [{ kind: 'external', path: `"".${name}` }];
    if (expr.kind === 'call') {
      return this.expand(expr.callee, unit, scope, query).flatMap((callee): readonly Bound[] => {
        if (callee.kind === 'local') {
          // A field that the constructor call sets.
          const given = expr.args.find((arg) => arg.name === name)?.value;
          const own = given ? this.expand(given, unit, scope, query) : [];
          const found = this.#classMember(callee.unit, callee.index, name, query);
          return own.length + found.length > 0 ? [...own, ...found] : unknownMember(name);
        }
        if (callee.kind === 'external') return [{ kind: 'external', path: joinPath({ path: instancePath(callee) }, name) }];
        return unknownMember(name);
      });
    }
    return unknownMember(name);
  }

  #item(base: Bound, key: Expr, unit: Unit, scope: number, query: Query): readonly Bound[] {
    if (base.kind === 'external') return [{ kind: 'external', path: `${base.path}[]` }];
    if (base.kind !== 'expr') return [UNKNOWN];
    const { expr } = base;
    if (expr.kind === 'list') {
      const items = key.kind === 'number' ? expr.items.slice(key.value, key.value + 1) : expr.items;
      return items.flatMap((item) => this.expand(item, base.unit, base.scope, query));
    }
    if (expr.kind === 'dict') {
      const keys = this.expand(key, unit, scope, query).flatMap((bound) =>
        bound.kind === 'expr' && bound.expr.kind === 'string' ? [bound.expr.value] : [],
      );
      const entries =
        keys.length > 0 ? expr.entries.filter((entry) => entry.key.kind === 'string' && keys.includes(entry.key.value)) : expr.entries;
      return (entries.length > 0 ? entries : expr.entries).flatMap((entry) => this.expand(entry.value, base.unit, base.scope, query));
    }
    if (expr.kind === 'call') return this.#exprMember(base, '[]', query);
    return [UNKNOWN];
  }

  /**
   * Dotted paths of what an expression is: `transformers.AutoModel.from_pretrained`,
   * `openai#default().chat.completions.create`. Objects are their constructor with `()`.
   */
  paths(expr: Expr, unit: Unit, scope: number, query: Query = newQuery()): readonly string[] {
    return [...new Set(this.expand(expr, unit, scope, query).flatMap((bound) => this.pathsOf(bound, query)))];
  }

  pathsOf(bound: Bound, query: Query): readonly string[] {
    switch (bound.kind) {
      case 'external':
        return [bound.path];
      case 'module':
        return [];
      case 'local':
        return this.#inheritedPaths(bound.unit, bound.index, query).map((path) => (bound.instance ? `${path}()` : path));
      case 'expr': {
        const { expr, unit, scope } = bound;
        if (expr.kind !== 'call') return [];
        return this.expand(expr.callee, unit, scope, query).flatMap((callee) =>
          callee.kind === 'external' ? [instancePath(callee)] : this.pathsOf(callee, query).map((path) => `${path}()`),
        );
      }
    }
  }

  /** A class of the tree goes by the outside classes that it extends. */
  #inheritedPaths(unit: Unit, index: number, query: Query): readonly string[] {
    if (query.depth > MAX_DEPTH) return [];
    query.depth++;
    const scope = scopeOf(unit, index);
    const paths = (scope?.bases ?? []).flatMap((base) =>
      this.expand(base, unit, scope?.parent ?? 0, query).flatMap((bound) => (bound.kind === 'expr' ? [] : this.pathsOf(bound, query))),
    );
    query.depth--;
    return paths;
  }
}

/** Where a language has no other names without an import than these, an unknown name is unknown. */
const SCRIPT_GLOBALS = new Set([
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
const BARE: ReadonlyMap<LanguageId, ReadonlySet<string>> = new Map([
  ['python', new Set(['open', 'eval', 'exec', 'compile', '__import__', 'getattr', 'input', 'print', 'str', 'int', 'dict', 'list'])],
  ['javascript', SCRIPT_GLOBALS],
  ['typescript', SCRIPT_GLOBALS],
  ['go', new Set<string>()],
  ['java', new Set(['System', 'Runtime', 'Class', 'ProcessBuilder', 'String'])],
  ['kotlin', new Set(['System', 'Runtime'])],
]);
const SHARES_CLASSES: ReadonlySet<LanguageId> = new Set(['java', 'kotlin', 'csharp', 'php', 'ruby', 'rust']);
const CONSTRUCTORS = new Set(['__init__', 'constructor', 'initialize', '__construct', '<init>', 'new']);
const SELF_PARAM = new Set(['self', 'cls', 'this']);

/** A member of something unknown: rules for any receiver still see its name. */
const unknownMember = (name: string): readonly Bound[] => [{ kind: 'external', path: `?.${name}` }];

/** Nothing is known of the value beyond its expression. */
const isOpen = (bound: Bound): boolean =>
  (bound.kind === 'external' && bound.path.startsWith('?')) ||
  (bound.kind === 'expr' && (bound.expr.kind === 'null' || bound.expr.kind === 'unknown'));

/** `github.com/x/y/v2` is `github.com/x/y`. */
const withoutMajor = (module: string): string => module.replace(/\/v\d+(?=\/|$)/, '');

/** A called path. Calling a CommonJS module calls its default export. */
const instancePath = (callee: { readonly path: string; readonly module?: boolean }): string =>
  `${callee.module && !callee.path.includes('#') ? `${callee.path}#default` : callee.path}()`;

/** Members of a module are its exports; `require('x').Y` and a default import's member are too. */
function joinPath(base: { readonly path: string; readonly module?: boolean }, name: string): string {
  if (base.module) return `${base.path}#${name}`;
  return base.path.endsWith('#default') ? `${base.path.slice(0, -'default'.length)}${name}` : `${base.path}.${name}`;
}
