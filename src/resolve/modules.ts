import type { ImportFact } from '../lang/facts.ts';
import type { Unit } from './unit.ts';
import { sameWorld } from './vocabulary.ts';

/** Finds the file of the scanned tree that an import means, if it means one. */
export interface ModuleIndex {
  find(from: Unit, module: string): Unit | undefined;
  /** Files of the same folder (Go package, Java package) that define a name at their top level. */
  siblingsWith(of: Unit, name: string): readonly Unit[];
  /** The one file of a package's folder that defines what is imported of the package, where the file that hands it on is not known. */
  inPackage(from: Unit, module: string, name: string): Unit | undefined;
  /** Files that define a name at their top level. */
  definers(name: string): readonly Unit[];
  /** Files that declare a namespace (C#, Java, PHP). */
  namespace(name: string): readonly Unit[];
}

const directoryOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');
const stem = (path: string): string => path.replace(/\.(?:d\.)?[a-z]+$/i, '').replace(/\/(?:__init__|index|mod|lib)$/, '');
const SOURCE_ROOT = /(?:^|\/)(?:src|lib|app)$/;
const JS_PREFIX = /^(?:@\/|~\/|#\/|\$lib\/|src\/|app\/|@app\/|@src\/)/;

function join(directory: string, relative: string): string {
  const parts = directory === '' ? [] : directory.split('/');
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

const sharedPrefix = (a: string, b: string): number => {
  let index = 0;
  while (index < a.length && a[index] === b[index]) index++;
  return index;
};

export function indexModules(units: readonly Unit[]): ModuleIndex {
  const byStem = new Map<string, Unit>();
  /** Last segment of the stem → units, for imports from a root that is not the root of the tree. */
  const byTail = new Map<string, Unit[]>();
  const byDirectory = new Map<string, Unit[]>();
  const byNamespace = new Map<string, Unit[]>();
  const add = (map: Map<string, Unit[]>, key: string, unit: Unit): void => {
    const list = map.get(key);
    if (list) list.push(unit);
    else map.set(key, [unit]);
  };
  for (const unit of units) {
    const key = stem(unit.path);
    if (!byStem.has(key)) byStem.set(key, unit);
    add(byTail, key.slice(key.lastIndexOf('/') + 1), unit);
    add(byDirectory, directoryOf(unit.path), unit);
    if (unit.facts.namespace !== undefined) add(byNamespace, unit.facts.namespace, unit);
  }

  const namesIn = new Map<string, ReadonlyMap<string, readonly Unit[]>>();

  function bySuffix(from: Unit, path: string): Unit | undefined {
    const tail = path.slice(path.lastIndexOf('/') + 1);
    const own = directoryOf(from.path);
    let best: Unit | undefined;
    let bestScore = -1;
    for (const unit of byTail.get(tail) ?? []) {
      const key = stem(unit.path);
      if (key !== path && !key.endsWith(`/${path}`)) continue;
      const root = key.slice(0, Math.max(0, key.length - path.length - 1));
      // A lone name (`utils`, `agents`) is a file only from a folder on the way up, or of a source root.
      if (!path.includes('/') && !(own === root || root === '' || own.startsWith(`${root}/`) || SOURCE_ROOT.test(root))) continue;
      const score = sharedPrefix(unit.path, from.path);
      if (score > bestScore) {
        best = unit;
        bestScore = score;
      }
    }
    return best === from ? undefined : best;
  }

  function findPython(from: Unit, module: string): Unit | undefined {
    const dots = /^\.+/.exec(module)?.[0].length ?? 0;
    const rest = module.slice(dots).replaceAll('.', '/');
    if (dots === 0) return bySuffix(from, rest);
    let directory = directoryOf(from.path);
    for (let up = 1; up < dots; up++) directory = directoryOf(directory);
    return byStem.get(join(directory, rest));
  }

  function findScript(from: Unit, module: string): Unit | undefined {
    if (module.startsWith('.')) {
      const path = join(directoryOf(from.path), module);
      return byStem.get(stem(path)) ?? byStem.get(path);
    }
    if (!JS_PREFIX.test(module)) return undefined;
    const plain = module.replace(/^(?:@|~|#|\$lib|@app|@src)\//, '');
    return bySuffix(from, stem(plain)) ?? bySuffix(from, stem(module));
  }

  /** Folder that an import means, relative to the tree or to one of its source roots. */
  function folderOf(from: Unit, module: string): { readonly path: string; readonly rooted: boolean } | undefined {
    const own = directoryOf(from.path);
    if (from.facts.language !== 'python') return module.startsWith('.') ? { path: join(own, module), rooted: true } : undefined;
    const dots = /^\.+/.exec(module)?.[0].length ?? 0;
    const rest = module.slice(dots).replaceAll('.', '/');
    return dots === 0 ? { path: rest, rooted: false } : { path: join(own, `${'../'.repeat(dots - 1)}${rest}`), rooted: true };
  }

  let definers: ReadonlyMap<string, readonly Unit[]> | undefined;
  const definersOf = (name: string): readonly Unit[] => (definers ??= topLevelNames(units)).get(name) ?? [];

  function inPackage(from: Unit, module: string, name: string): Unit | undefined {
    const folder = folderOf(from, module);
    if (folder === undefined || folder.path === '') return undefined;
    const found = definersOf(name).filter((unit) => {
      if (unit === from || !sameWorld(unit.facts.language, from.facts.language)) return false;
      if (unit.path.startsWith(`${folder.path}/`)) return true;
      const at = folder.rooted ? -1 : unit.path.indexOf(`/${folder.path}/`);
      return at >= 0 && SOURCE_ROOT.test(unit.path.slice(0, at));
    });
    return found.length === 1 ? found[0] : undefined;
  }

  return {
    inPackage,
    find(from, module) {
      switch (from.facts.language) {
        case 'python':
          return findPython(from, module);
        case 'javascript':
        case 'typescript':
          return findScript(from, module);
        case 'dart':
          return module.startsWith('.') ? byStem.get(join(directoryOf(from.path), module)) : undefined;
        case 'ruby':
          return bySuffix(from, module.replace(/^\.\//, ''));
        default:
          return undefined;
      }
    },
    siblingsWith(of, name) {
      const directory = directoryOf(of.path);
      let names = namesIn.get(directory);
      if (!names) namesIn.set(directory, (names = topLevelNames(byDirectory.get(directory) ?? [])));
      return (names.get(name) ?? []).filter((unit) => unit !== of && sameWorld(unit.facts.language, of.facts.language));
    },
    definers: definersOf,
    namespace: (name) => byNamespace.get(name) ?? [],
  };
}

function topLevelNames(units: readonly Unit[]): ReadonlyMap<string, readonly Unit[]> {
  const names = new Map<string, Unit[]>();
  for (const unit of units) {
    for (const name of new Set([...(unit.assigns.get(0)?.keys() ?? []), ...(unit.defs.get(0)?.keys() ?? [])])) {
      const list = names.get(name);
      if (list) list.push(unit);
      else names.set(name, [unit]);
    }
  }
  return names;
}

/** Directory of a Go package of the tree: the import path's tail is a folder of it. */
export function goPackage(units: readonly Unit[], fact: ImportFact): readonly Unit[] {
  return units.filter((unit) => {
    const directory = directoryOf(unit.path);
    return unit.facts.language === 'go' && directory !== '' && (fact.module === directory || fact.module.endsWith(`/${directory}`));
  });
}
