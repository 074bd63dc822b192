import type { Expr, ImportFact } from '../lang/facts.ts';
import { bareSpecifier } from '../lang/specifiers.ts';
import { MAX_ALTERNATIVES, MAX_DEPTH, UNKNOWN, type Bound, type Query } from './bound.ts';
import { goPackage, indexModules, type ModuleIndex } from './modules.ts';
import type { Unit } from './unit.ts';
import { BARE, JVM, sameWorld, SHARES_CLASSES, TARGETS } from './vocabulary.ts';

/** What imports need of the program that they belong to. */
interface Expander {
  readonly units: readonly Unit[];
  expand(expr: Expr, unit: Unit, scope: number, query: Query): readonly Bound[];
  member(base: Bound, name: string, query: Query): readonly Bound[];
}

interface ClassPlace {
  readonly unit: Unit;
  readonly index: number;
}

/** Parts of a name that is imported. */
const MAX_NAMES = 24;

/** Names that a file gets from elsewhere: imports, its package, classes of the tree. */
export class Imports {
  readonly #program: Expander;
  readonly #modules: ModuleIndex;
  readonly #goPackages = new Map<string, readonly Unit[]>();
  readonly #classes = new Map<string, ClassPlace[]>();
  /** Classes by the names that files import them by. */
  readonly #types = new Map<string, ClassPlace | undefined>();
  readonly #found = new Map<Unit, Map<string, Unit | undefined>>();

  constructor(program: Expander) {
    this.#program = program;
    this.#modules = indexModules(program.units);
    for (const unit of program.units) {
      for (const [index, scope] of unit.facts.scopes.entries()) {
        if (scope.kind !== 'class') continue;
        const list = this.#classes.get(scope.name);
        if (list) list.push({ unit, index });
        else this.#classes.set(scope.name, [{ unit, index }]);
      }
    }
  }

  /** Files of the folder that define a name at their top level. */
  siblingsWith(of: Unit, name: string): readonly Unit[] {
    return this.#modules.siblingsWith(of, name);
  }

  find(from: Unit, module: string): Unit | undefined {
    let known = this.#found.get(from);
    if (!known) this.#found.set(from, (known = new Map()));
    if (!known.has(module)) known.set(module, this.#modules.find(from, module));
    return known.get(module);
  }

  imported(name: string, unit: Unit, query: Query): readonly Bound[] | undefined {
    const facts = unit.imports.get(name);
    if (facts) return facts.flatMap((fact) => this.#import(fact, unit, query));
    for (const fact of unit.wildcards) {
      const local = this.find(unit, fact.module);
      for (const member of local ? [local] : this.#package(unit, fact.module)) {
        const found = this.moduleMember(member, name, query);
        if (found.length > 0) return found;
      }
      const found = this.#ofType(unit, fact.module, name, query);
      if (found.length > 0) return found;
    }
    return undefined;
  }

  #import(fact: ImportFact, unit: Unit, query: Query): readonly Bound[] {
    const { language } = unit.facts;
    if (language === 'go') {
      let members = this.#goPackages.get(fact.module);
      if (!members) this.#goPackages.set(fact.module, (members = goPackage(this.#program.units, fact)));
      const [first] = members;
      return first ? [{ kind: 'module', unit: first }] : [{ kind: 'external', path: withoutMajor(fact.module), module: true }];
    }
    const local = this.find(unit, fact.module);
    if (fact.name === undefined || fact.name === '*') {
      // `import a.b` of the tree binds `a`; members are then looked up by dotted path.
      if (local && (language !== 'python' || fact.local !== fact.module.split('.')[0] || !fact.module.includes('.')))
        return [{ kind: 'module', unit: local }];
      if (language === 'javascript' || language === 'typescript')
        return [{ kind: 'external', path: bareSpecifier(fact.module), module: true }];
      const bound: string =
        language === 'python' && fact.local !== undefined && fact.local === fact.module.split('.')[0] ? fact.local : fact.module;
      return [{ kind: 'external', path: bound }];
    }
    if (local) {
      const found = this.moduleMember(local, fact.name, query);
      if (found.length > 0) return found;
    }
    // `from package import Name`: the file that hands it on says nothing of AI, and was not read.
    const definer = local ? undefined : this.#modules.inPackage(unit, fact.module, fact.name);
    if (definer) return this.moduleMember(definer, fact.name, query);
    if (language === 'python') {
      const dots = fact.module.endsWith('.') ? fact.module : `${fact.module}.`;
      const submodule = this.find(unit, `${dots}${fact.name}`);
      if (submodule) return [{ kind: 'module', unit: submodule }];
      return fact.module.startsWith('.') ? [UNKNOWN] : [{ kind: 'external', path: `${fact.module}.${fact.name}` }];
    }
    if (language === 'javascript' || language === 'typescript')
      return fact.module.startsWith('.') ? [UNKNOWN] : [{ kind: 'external', path: `${bareSpecifier(fact.module)}#${fact.name}` }];
    const type = this.#type(unit, fact.module === '' ? fact.name : `${fact.module}.${fact.name}`);
    if (type) return [{ kind: 'local', ...type, instance: false }];
    const found = this.#ofPackage(fact.module, fact.name, unit, query);
    return found.length > 0 ? found : [{ kind: 'external', path: fact.module === '' ? fact.name : `${fact.module}.${fact.name}` }];
  }

  /** A function or constant of a package, or a member of one of its classes (`import static`). */
  #ofPackage(module: string, name: string, unit: Unit, query: Query): readonly Bound[] {
    for (const member of this.#package(unit, module)) {
      const found = this.moduleMember(member, name, query);
      if (found.length > 0) return found;
    }
    return this.#ofType(unit, module, name, query);
  }

  /** A member of a class or object whose members a file imports, alone or all: `import desk.Names._`. */
  #ofType(unit: Unit, path: string, name: string, query: Query): readonly Bound[] {
    if (!JVM.has(unit.facts.language)) return [];
    const type = this.#type(unit, path);
    const found = type ? this.#program.member({ kind: 'local', ...type, instance: false }, name, query) : [];
    // A base class of elsewhere may have a member of any name.
    return found.filter((bound) => bound.kind !== 'external' || !(bound.path.startsWith('?') || bound.path.endsWith(`().${name}`)));
  }

  /** A class of the tree by its full name, and inside others; what Scala imports may begin in a package around the file. */
  #type(unit: Unit, path: string): ClassPlace | undefined {
    const { language, namespace = '' } = unit.facts;
    const key = language === 'scala' ? `${namespace}\0${path}` : path;
    if (this.#types.has(key)) return this.#types.get(key);
    const names = path.replace(/^_root_\./, '').split('.', MAX_NAMES);
    const packages = language === 'scala' ? packagesAround(namespace) : [''];
    let type: ClassPlace | undefined;
    for (let at = names.length - 1; at >= 0 && !type; at--) {
      for (const around of packages) {
        const full = [around, ...names.slice(0, at)].filter((part) => part !== '').join('.');
        const [outer] = this.#classesIn(full, names[at] ?? '');
        type ??= outer && names.slice(at + 1).reduce<ClassPlace | undefined>(innerClass, outer);
      }
    }
    this.#types.set(key, type);
    return type;
  }

  #package(unit: Unit, name: string): readonly Unit[] {
    return JVM.has(unit.facts.language) ? this.#modules.namespace(name).filter((member) => member !== unit) : [];
  }

  /** Names visible without an import: the same package, a class of the tree, the language's own. */
  shared(name: string, unit: Unit, query: Query): readonly Bound[] {
    const { language } = unit.facts;
    if (
      language === 'go' ||
      language === 'java' ||
      language === 'kotlin' ||
      language === 'scala' ||
      language === 'dart' ||
      language === 'swift' ||
      language === 'csharp' ||
      language === 'ruby' ||
      language === 'php'
    ) {
      for (const sibling of this.#modules.siblingsWith(unit, name)) {
        const found = this.moduleMember(sibling, name, query);
        if (found.length > 0) return found;
      }
    }
    if (SHARES_CLASSES.has(language) && /^[A-Z]/.test(name)) {
      const classes = (this.#classes.get(name) ?? []).filter((item) => sameWorld(item.unit.facts.language, language));
      const only = classes.length > 1 && TARGETS.has(language) ? nearest(classes, unit) : classes.length === 1 ? classes[0] : undefined;
      if (only) return [{ kind: 'local', ...only, instance: false }];
    }
    if (TARGETS.has(language)) {
      const found = this.#inTarget(name, unit, query);
      if (found.length > 0) return found;
    }
    const external =
      language === 'ruby'
        ? []
        : unit.wildcards.filter((fact) => !this.find(unit, fact.module) && this.#package(unit, fact.module).length === 0);
    if (external.length > 0 && (/^[A-Z]/.test(name) || language === 'swift')) {
      const named = external.map((fact): Bound => ({ kind: 'external', path: `${fact.module}.${name}` }));
      // `MCP.Client`: a module qualifies its own names.
      if (language === 'swift' && external.some(({ module }) => module === name)) return [{ kind: 'external', path: name }, ...named];
      // `new FaissMask.IndexFlatL2(…)`: C# names a namespace in full without importing it.
      // Names of `java.lang` need no import.
      const bare = language === 'csharp' || BARE.get(language)?.has(name) === true;
      return bare ? [...named, { kind: 'external', path: name }] : named;
    }
    return BARE.get(language)?.has(name) === false ? [UNKNOWN] : [{ kind: 'external', path: name }];
  }

  /** A variable or function of the one other file of the tree that has it: files of a target see each other's names. */
  #inTarget(name: string, unit: Unit, query: Query): readonly Bound[] {
    const definers = this.#modules.definers(name).filter((item) => item !== unit && sameWorld(item.facts.language, unit.facts.language));
    const [only] = definers;
    return only && definers.length === 1 ? this.moduleMember(only, name, query) : [];
  }

  #classesIn(namespace: string, name: string): readonly ClassPlace[] {
    return (this.#classes.get(name) ?? []).filter((item) => item.unit.facts.namespace === namespace);
  }

  moduleMember(unit: Unit, name: string, query: Query): readonly Bound[] {
    const assigned = unit.assigns.get(0)?.get(name);
    if (assigned) return assigned.slice(0, MAX_ALTERNATIVES).flatMap((fact) => this.#program.expand(fact.value, unit, 0, query));
    const def = unit.defs.get(0)?.get(name);
    if (def !== undefined) return [{ kind: 'local', unit, index: def, instance: false }];
    if (query.depth > MAX_DEPTH) return [];
    query.depth++;
    let found = this.imported(name, unit, query) ?? [];
    const exported = name === 'default' ? undefined : unit.assigns.get(0)?.get('default');
    // module.exports = { name }: the members of the default export.
    if (found.length === 0 && exported)
      found = exported.flatMap((fact) =>
        this.#program.expand(fact.value, unit, 0, query).flatMap((bound) => this.#program.member(bound, name, query)),
      );
    query.depth--;
    return found;
  }
}

/** Of classes of one name the one whose file shares most of the path; none where two share as much. */
function nearest(classes: readonly ClassPlace[], unit: Unit): ClassPlace | undefined {
  const own = unit.path.split('/');
  const shared = ({ unit: { path } }: ClassPlace): number => {
    const parts = path.split('/');
    const at = parts.findIndex((part, index) => part !== own[index]);
    return at < 0 ? parts.length : at;
  };
  const best = Math.max(...classes.map(shared));
  const found = classes.filter((place) => shared(place) === best);
  return found.length === 1 ? found[0] : undefined;
}

/** A class in the body of another. */
function innerClass(outer: ClassPlace | undefined, name: string): ClassPlace | undefined {
  const index = outer?.unit.defs.get(outer.index)?.get(name);
  return outer && index !== undefined && outer.unit.facts.scopes[index]?.kind === 'class' ? { unit: outer.unit, index } : undefined;
}

/** `a.b.c` stands in `a.b.c`, `a.b`, `a` and in none. */
const packagesAround = (namespace: string): readonly string[] => {
  const names = namespace === '' ? [] : namespace.split('.', MAX_NAMES);
  return [...names.map((_, index) => names.slice(0, names.length - index).join('.')), ''];
};

/** `github.com/x/y/v2` is `github.com/x/y`. */
const withoutMajor = (module: string): string => module.replace(/\/v\d+(?=\/|$)/, '');
