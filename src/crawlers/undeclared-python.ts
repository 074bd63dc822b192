import type { Entry } from '../source/source.ts';
import { ancestorsOf, folderOf, nameOf } from './manifests/paths.ts';

/** Folders that are put on the import path beside the one they lie in. */
const ROOTS = ['src', 'lib', 'python', 'app', 'backend', 'packages'];

/** Which Python modules the tree itself holds. */
export interface LocalModules {
  /** Importing the dotted `module` from that file finds a module of the tree. */
  resolves(file: string, module: string): boolean;
  /** Some file or folder of Python code anywhere has this name. */
  anywhere(module: string): boolean;
}

export function localModules(entries: readonly Entry[]): LocalModules {
  const files = new Set<string>();
  /** Folders with an `__init__.py`. */
  const packages = new Set<string>();
  const names = new Set<string>();
  for (const { path } of entries) {
    if (!path.endsWith('.py')) continue;
    files.add(path);
    const folder = folderOf(path);
    const name = nameOf(path).slice(0, -3);
    if (name === '__init__') packages.add(folder);
    else names.add(name);
    for (const part of folder === '' ? [] : folder.split('/')) names.add(part);
  }
  // Packages whose parent is none: what they are imported by is their own name.
  const roots = new Set([...packages].filter((folder) => !packages.has(folderOf(folder)) || folderOf(folder) === '').map(nameOf));
  const inside = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
  const holds = (module: string): boolean => files.has(`${module}.py`) || packages.has(module);

  return {
    anywhere: (module) => names.has(module),
    resolves(file, dotted) {
      const [module = '', ...rest] = dotted.split('.');
      if (roots.has(module)) return true;
      const path = [module, ...rest].join('/');
      for (const folder of ancestorsOf(folderOf(file))) {
        // Run from this folder, the import finds what it says down to the last name. A package may bear the name
        // of the library that it wraps, but does not have its modules.
        if (rest.length > 0 && holds(inside(folder, path))) return true;
        // A package without an `__init__.py` of its own at the top: what shares a namespace with packages of others.
        if (rest.length > 0 && ROOTS.some((root) => holds(inside(inside(folder, root), path)))) return true;
        // Inside a package, neighbours are imported relatively.
        if (packages.has(folder) && folder !== '') continue;
        for (const root of [folder, ...ROOTS.map((name) => inside(folder, name))]) {
          const single = inside(root, `${module}.py`);
          if (single !== file && files.has(single)) return true;
        }
      }
      return false;
    },
  };
}
