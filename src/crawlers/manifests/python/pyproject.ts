import type { ManifestFacts, Requirement, Scope } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { at, entriesOf, isMap, itemsOf, scalarOf, textOf, type TreeNode } from '../text/tree.ts';
import { readToml } from '../text/toml.ts';
import { condaRequirement } from './conda-spec.ts';
import { requirementOfUrl } from './pep508.ts';
import { pypiRequirement, scopeOfGroup } from './requirement.ts';

/** A list of PEP 508 texts. */
function list(node: TreeNode | undefined, scope: Scope): Requirement[] {
  return itemsOf(node).flatMap((item) => {
    const text = textOf(item);
    const requirement = text === undefined ? undefined : pypiRequirement(text, item.line, scope);
    return requirement ? [requirement] : [];
  });
}

const groups = (node: TreeNode | undefined, scope: Scope | ((group: string) => Scope)): Requirement[] =>
  entriesOf(node).flatMap(([group, items]) => list(items, typeof scope === 'string' ? scope : scope(group)));

/** `name = "^1"`, `name = {version = "1", git = …}`, `name = [{…}, …]`: Poetry, Pipfile, pixi. */
function keyedRequirement(name: string, node: TreeNode, scope: Scope): Requirement[] {
  const base = { ecosystem: 'pypi' as const, name, line: node.line };
  const text = scalarOf(node);
  if (text !== undefined) return [{ ...base, scope, ...(text === '*' || text === '' ? {} : { range: text }) }];
  const alternatives = itemsOf(node);
  if (alternatives.length > 0)
    return alternatives.slice(0, 1).flatMap((item) => keyedRequirement(name, { line: node.line, value: item.value }, scope));
  if (!isMap(node.value)) return [];
  const version = scalarOf(at(node, 'version'));
  const optional = at(node, 'optional')?.value === true;
  const git = textOf(at(node, 'git'));
  const url = textOf(at(node, 'url')) ?? textOf(at(node, 'file'));
  const path = textOf(at(node, 'path'));
  const rev = textOf(at(node, 'rev')) ?? textOf(at(node, 'ref')) ?? textOf(at(node, 'tag'));
  const repository = git ? requirementOfUrl(`git+${git.replace(/^git\+/, '')}`)?.repository : undefined;
  const range = git ? rev : version === '*' ? undefined : version;
  return [
    {
      ...base,
      scope: optional && scope === 'runtime' ? 'optional' : scope,
      ...(range === undefined ? {} : { range }),
      ...(repository ? { repository } : {}),
      ...(git ? { origin: 'vcs' as const } : url ? { origin: 'url' as const } : path ? { origin: 'path' as const } : {}),
    },
  ];
}

const keyed = (node: TreeNode | undefined, scope: Scope): Requirement[] =>
  entriesOf(node).flatMap(([name, value]) => (name === 'python' ? [] : keyedRequirement(name, value, scope)));

function poetry(tool: TreeNode | undefined): Requirement[] {
  const extras = new Set(entriesOf(at(tool, 'extras')).flatMap(([, names]) => itemsOf(names).map((item) => textOf(item) ?? '')));
  return [
    ...keyed(at(tool, 'dependencies'), 'runtime').map((requirement) =>
      extras.has(requirement.name) ? { ...requirement, scope: 'optional' as const } : requirement,
    ),
    ...keyed(at(tool, 'dev-dependencies'), 'development'),
    ...entriesOf(at(tool, 'group')).flatMap(([group, table]) =>
      keyed(at(table, 'dependencies'), scopeOfGroup(group, at(table, 'optional')?.value === true ? 'optional' : 'runtime')),
    ),
  ];
}

function hatch(tool: TreeNode | undefined): Requirement[] {
  return entriesOf(at(tool, 'envs')).flatMap(([env, table]) => {
    const scope: Scope = env === 'default' ? 'runtime' : 'development';
    return [...list(at(table, 'dependencies'), scope), ...list(at(table, 'extra-dependencies'), scope)];
  });
}

/** pixi mixes conda and PyPI packages, by platform and feature. */
function pixi(tool: TreeNode | undefined): Requirement[] {
  const of = (table: TreeNode | undefined, scope: Scope): Requirement[] => [
    ...entriesOf(at(table, 'dependencies')).flatMap(([name, value]) => {
      const range = scalarOf(value) ?? scalarOf(at(value, 'version'));
      const requirement = condaRequirement(`${name} ${range === undefined || range === '*' ? '' : range}`, value.line, scope);
      return requirement ? [requirement] : [];
    }),
    ...keyed(at(table, 'pypi-dependencies'), scope),
    ...entriesOf(at(table, 'target')).flatMap(([, platform]) => of(platform, scope)),
  ];
  return [
    ...of(tool, 'runtime'),
    ...entriesOf(at(tool, 'feature')).flatMap(([feature, table]) => of(table, scopeOfGroup(feature, 'optional'))),
  ];
}

/** Sources that say where a package comes from instead of the registry. */
function withSources(requirements: readonly Requirement[], sources: TreeNode | undefined): Requirement[] {
  const origins = new Map(
    entriesOf(sources).map(([name, source]) => [
      name.toLowerCase(),
      at(source, 'git')
        ? ('vcs' as const)
        : at(source, 'url')
          ? ('url' as const)
          : at(source, 'path') || at(source, 'workspace')
            ? ('path' as const)
            : undefined,
    ]),
  );
  return requirements.map((requirement) => {
    const origin = origins.get(requirement.name.toLowerCase());
    return origin ? { ...requirement, origin } : requirement;
  });
}

/** PEP 621, PEP 735, PEP 518 and the tables of Poetry, uv, PDM, Hatch, Rye and pixi. */
function readPyproject(root: TreeNode): ManifestFacts {
  const project = at(root, 'project');
  const tool = at(root, 'tool');
  const requirements = [
    ...list(at(project, 'dependencies'), 'runtime'),
    ...groups(at(project, 'optional-dependencies'), (group) => scopeOfGroup(group, 'optional')),
    ...groups(at(root, 'dependency-groups'), (group) => (group === 'main' || group === 'prod' ? 'runtime' : 'development')),
    ...list(at(root, 'build-system', 'requires'), 'build'),
    ...poetry(at(tool, 'poetry')),
    ...list(at(tool, 'uv', 'dev-dependencies'), 'development'),
    ...groups(at(tool, 'pdm', 'dev-dependencies'), 'development'),
    ...list(at(tool, 'rye', 'dev-dependencies'), 'development'),
    ...hatch(at(tool, 'hatch')),
    ...pixi(at(tool, 'pixi')),
  ];
  const self = textOf(at(project, 'name')) ?? textOf(at(tool, 'poetry', 'name'));
  // Metadata that only a package index shows: the project is published.
  const published = at(project, 'classifiers') ?? at(tool, 'poetry', 'classifiers') ?? at(project, 'keywords');
  return {
    reader: 'pyproject',
    requirements: withSources(requirements, at(tool, 'uv', 'sources')),
    ...(self ? { self: { ecosystem: 'pypi', name: self } } : {}),
    ...(published ? { library: true as const } : {}),
  };
}

export const pyprojectReader: ManifestReader = {
  id: 'pyproject',
  matches: (_path, name) => name === 'pyproject.toml',
  read: (text) => readPyproject(readToml(text)),
};

export const pixiReader: ManifestReader = {
  id: 'pixi',
  matches: (_path, name) => name === 'pixi.toml',
  read: (text) => ({ reader: 'pixi', requirements: pixi(readToml(text)) }),
};

export const pipfileReader: ManifestReader = {
  id: 'pipfile',
  matches: (_path, name) => name === 'Pipfile',
  read: (text) => {
    const root = readToml(text);
    const custom = entriesOf(root).filter(
      ([name]) => !['packages', 'dev-packages', 'source', 'requires', 'scripts', 'pipenv', 'pipfile'].includes(name),
    );
    return {
      reader: 'pipfile',
      requirements: [
        ...keyed(at(root, 'packages'), 'runtime'),
        ...keyed(at(root, 'dev-packages'), 'development'),
        ...custom.flatMap(([name, table]) => keyed(table, scopeOfGroup(name, 'optional'))),
      ],
    };
  },
};

/** PEP 723: dependencies in a comment block of a script. https://peps.python.org/pep-0723/ */
export const inlineScriptReader: ManifestReader = {
  id: 'inline-script',
  matches: (_path, name) => name.endsWith('.py'),
  prefilter: (latin1) => latin1.includes('# /// script'),
  read: (text) => {
    const rows = text.split(/\r?\n/);
    const first = rows.findIndex((row) => row.trimEnd() === '# /// script');
    const length = rows.slice(first + 1).findIndex((row) => row.trimEnd() === '# ///');
    const block = rows.slice(first + 1, first + 1 + Math.max(0, length));
    if (first < 0 || block.some((row) => !row.startsWith('#'))) return { reader: 'inline-script' };
    const root = readToml(block.map((row) => row.replace(/^# ?/, '')).join('\n'));
    return {
      reader: 'inline-script',
      requirements: list(at(root, 'dependencies'), 'runtime').map((requirement) => ({
        ...requirement,
        line: requirement.line + first + 1,
      })),
      casual: true,
    };
  },
};
