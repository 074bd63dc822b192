import type { LockedPackage, Requirement, Scope } from './model.ts';
import type { ManifestReader } from './reader.ts';
import { at, entriesOf, scalarOf, textOf, type TreeNode } from './text/tree.ts';
import { readYaml } from './text/yaml.ts';

const section = (root: TreeNode | undefined, key: string, scope: Scope): Requirement[] =>
  entriesOf(at(root, key)).flatMap(([name, value]): Requirement[] => {
    if (at(value, 'sdk')) return [];
    const range = scalarOf(value) ?? scalarOf(at(value, 'version'));
    const origin = at(value, 'git') ? ('vcs' as const) : at(value, 'path') ? ('path' as const) : undefined;
    return [
      { ecosystem: 'pub', name, line: value.line, scope, ...(range && range !== 'any' ? { range } : {}), ...(origin ? { origin } : {}) },
    ];
  });

/** pubspec.yaml. https://dart.dev/tools/pub/dependencies */
export const pubspecReader: ManifestReader = {
  id: 'pubspec',
  matches: (_path, name) => name === 'pubspec.yaml' || name === 'pubspec.yml',
  read: (text) => {
    const root = readYaml(text)[0];
    const self = textOf(at(root, 'name'));
    return {
      reader: 'pubspec',
      requirements: [...section(root, 'dependencies', 'runtime'), ...section(root, 'dev_dependencies', 'development')],
      ...(self ? { self: { ecosystem: 'pub', name: self } } : {}),
      ...(self && at(root, 'version') && textOf(at(root, 'publish_to')) !== 'none' ? { library: true as const } : {}),
    };
  },
};

export const pubspecLockReader: ManifestReader = {
  id: 'pubspec-lock',
  matches: (_path, name) => name === 'pubspec.lock',
  large: true,
  read: (text) => {
    const locked: LockedPackage[] = [];
    let open: { name: string; line: number } | undefined;
    for (const [index, row] of text.split(/\r?\n/).entries()) {
      const name = /^ {2}(\w+):$/.exec(row)?.[1];
      if (name) open = { name, line: index + 1 };
      const version = /^ {4}version: "?([^"\s]+)"?$/.exec(row)?.[1];
      if (version && open) locked.push({ ecosystem: 'pub', name: open.name, line: open.line, version });
    }
    return { reader: 'pubspec-lock', locked };
  },
};
