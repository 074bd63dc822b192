import type { LockedPackage, Requirement, Scope } from './model.ts';
import type { ManifestReader } from './reader.ts';
import { readJson } from './text/json.ts';
import { at, entriesOf, itemsOf, textOf, type TreeNode } from './text/tree.ts';

/** Names without a slash are the platform: php, ext-json, composer-runtime-api. */
const section = (root: TreeNode, key: string, scope: Scope): Requirement[] =>
  entriesOf(at(root, key)).flatMap(([name, value]): Requirement[] => {
    const range = textOf(value);
    return name.includes('/') ? [{ ecosystem: 'composer', name, line: value.line, scope, ...(range ? { range } : {}) }] : [];
  });

export const composerReader: ManifestReader = {
  id: 'composer',
  matches: (path, name) => name === 'composer.json' && !path.includes('vendor/'),
  read: (text) => {
    const root = readJson(text);
    const self = textOf(at(root, 'name'));
    return {
      reader: 'composer',
      requirements: [...section(root, 'require', 'runtime'), ...section(root, 'require-dev', 'development')],
      ...(self ? { self: { ecosystem: 'composer', name: self } } : {}),
      ...(textOf(at(root, 'type')) === 'library' ? { library: true as const } : {}),
    };
  },
};

export const composerLockReader: ManifestReader = {
  id: 'composer-lock',
  matches: (path, name) => name === 'composer.lock' && !path.includes('vendor/'),
  large: true,
  read: (text) => {
    const root = readJson(text, (path) =>
      path.length === 1
        ? !['packages', 'packages-dev'].includes(path[0] as string)
        : path.length > 1 && !['name', 'version'].includes(path.at(-1) as string),
    );
    return {
      reader: 'composer-lock',
      locked: ['packages', 'packages-dev'].flatMap((key) =>
        itemsOf(at(root, key)).flatMap((item): LockedPackage[] => {
          const name = textOf(at(item, 'name'));
          const version = textOf(at(item, 'version'));
          return name ? [{ ecosystem: 'composer', name, line: at(item, 'name')?.line ?? item.line, ...(version ? { version } : {}) }] : [];
        }),
      ),
    };
  },
};
