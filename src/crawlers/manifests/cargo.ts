import type { ManifestValue, Requirement, Scope } from './model.ts';
import { tomlPackages } from './python/locks.ts';
import type { ManifestReader } from './reader.ts';
import { at, entriesOf, scalarOf, textOf, type TreeNode } from './text/tree.ts';
import { readToml } from './text/toml.ts';

function requirement(name: string, node: TreeNode, scope: Scope): Requirement {
  const real = textOf(at(node, 'package')) ?? name;
  const range = scalarOf(node) ?? scalarOf(at(node, 'version'));
  const git = at(node, 'git');
  const base = {
    ecosystem: 'cargo' as const,
    name: real,
    line: node.line,
    scope: at(node, 'optional')?.value === true ? ('optional' as const) : scope,
  };
  if (at(node, 'workspace')?.value === true) return { ...base, from: `workspace:${name}` };
  if (git) {
    const fixed = textOf(at(node, 'rev')) ?? textOf(at(node, 'tag'));
    return { ...base, origin: 'vcs', ...(fixed ? { range: fixed, fixed: true as const } : range ? { range } : {}) };
  }
  return { ...base, ...(at(node, 'path') ? { origin: 'path' as const } : {}), ...(range === undefined ? {} : { range }) };
}

const TABLES: readonly (readonly [string, Scope])[] = [
  ['dependencies', 'runtime'],
  ['dev-dependencies', 'development'],
  ['dev_dependencies', 'development'],
  ['build-dependencies', 'build'],
];

const tables = (root: TreeNode | undefined): Requirement[] =>
  TABLES.flatMap(([table, scope]) => entriesOf(at(root, table)).map(([name, node]) => requirement(name, node, scope)));

/** Cargo.toml. https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html */
export const cargoTomlReader: ManifestReader = {
  id: 'cargo-toml',
  matches: (_path, name) => name === 'Cargo.toml',
  read: (text) => {
    const root = readToml(text);
    const self = textOf(at(root, 'package', 'name'));
    const values = entriesOf(at(root, 'workspace', 'dependencies')).map(([name, node]): ManifestValue => {
      const shared = requirement(name, node, 'runtime');
      return [
        `workspace:${name}`,
        [shared.name, shared.range ?? '', shared.origin ?? '', shared.fixed ? 'fixed' : ''].join('\0'),
        node.line,
      ];
    });
    return {
      reader: 'cargo-toml',
      requirements: [...tables(root), ...entriesOf(at(root, 'target')).flatMap(([, target]) => tables(target))],
      ...(values.length > 0 ? { values } : {}),
      ...(self ? { self: { ecosystem: 'cargo', name: self } } : {}),
      ...((at(root, 'package', 'categories') ?? at(root, 'package', 'keywords')) ? { library: true as const } : {}),
    };
  },
};

export const cargoLockReader: ManifestReader = {
  id: 'cargo-lock',
  matches: (_path, name) => name === 'Cargo.lock',
  large: true,
  read: (text) => ({ reader: 'cargo-lock', locked: tomlPackages(text, 'cargo') }),
};
