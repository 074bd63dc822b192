import { npmSpecifier } from '../../../lang/specifiers.ts';
import type { ManifestFacts, ManifestValue, Requirement, Scope } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { at, entriesOf, textOf, type TreeNode } from '../text/tree.ts';
import { readJson } from '../text/json.ts';
import { readYaml } from '../text/yaml.ts';

const SECTIONS: readonly (readonly [string, Scope])[] = [
  ['dependencies', 'runtime'],
  ['devDependencies', 'development'],
  ['optionalDependencies', 'optional'],
  ['peerDependencies', 'optional'],
];

/** One entry of a dependency table. https://docs.npmjs.com/cli/configuring-npm/package-json#dependencies */
export function npmRequirement(name: string, spec: string, line: number, scope: Scope): Requirement | undefined {
  const base = { ecosystem: 'npm' as const, name, line, scope };
  const alias = /^npm:(@?[^@]+)(?:@(.*))?$/.exec(spec);
  if (alias) return { ...base, name: alias[1] as string, ...(alias[2] ? { range: alias[2] } : {}) };
  if (/^(?:workspace|portal):/.test(spec)) return { ...base, origin: 'path', range: spec };
  if (/^(?:file|link):|^\.{0,2}\/|^~\//.test(spec)) return { ...base, origin: 'path' };
  if (spec.startsWith('catalog:')) return { ...base, from: spec };
  if (/^(?:git(?:\+\w+)?:|github:|gitlab:|bitbucket:|gist:)|\.git(?:#|$)/.test(spec) || /^[\w.-]+\/[\w.-]+(?:#.*)?$/.test(spec)) {
    const pin = /#([0-9a-f]{40})$/.exec(spec)?.[1];
    return { ...base, origin: 'vcs', ...(pin ? { range: pin } : {}) };
  }
  if (/^https?:/.test(spec)) return { ...base, origin: 'url' };
  // `patch:openai@npm%3A4.1.0#…` (yarn berry)
  const patched = /^patch:.*?@(?:npm(?::|%3A))?([^#]+)#/.exec(spec)?.[1];
  const range = (patched ?? spec.replace(/^(?:npm|jsr):/, '')).trim();
  return { ...base, ...(range === '' ? {} : { range: range.slice(0, 200) }) };
}

/** Entries of `catalog` and `catalogs` as `catalog:` or `catalog:name` NUL package. */
function catalogs(node: TreeNode | undefined): ManifestValue[] {
  const of = (key: string, table: TreeNode | undefined): ManifestValue[] =>
    entriesOf(table).flatMap(([name, value]): ManifestValue[] => {
      const text = textOf(value);
      return text === undefined ? [] : [[`${key}\0${name}`, text, value.line]];
    });
  return [
    ...of('catalog:', at(node, 'catalog')),
    ...entriesOf(at(node, 'catalogs')).flatMap(([name, table]) => of(`catalog:${name}`, table)),
  ];
}

export const packageJsonReader: ManifestReader = {
  id: 'package-json',
  matches: (path, name) => name === 'package.json' && !path.includes('node_modules/'),
  read: (text) => {
    const root = readJson(text);
    const requirements = SECTIONS.flatMap(([section, scope]) =>
      entriesOf(at(root, section)).flatMap(([name, value]) => {
        const spec = textOf(value);
        const requirement = spec === undefined ? undefined : npmRequirement(name, spec, value.line, scope);
        return requirement ? [requirement] : [];
      }),
    );
    // npm: optionalDependencies and peers override what `dependencies` says of the same package.
    const main = new Set(entriesOf(at(root, 'dependencies')).map(([name]) => name));
    const kept = requirements.filter(({ name, scope }) => scope !== 'optional' || !main.has(name));
    const self = textOf(at(root, 'name'));
    const library =
      at(root, 'private')?.value !== true && ['exports', 'module', 'types', 'files', 'publishConfig'].some((key) => at(root, key));
    const values = [...catalogs(root), ...catalogs(at(root, 'workspaces'))];
    return {
      reader: 'package-json',
      requirements: kept,
      ...(self ? { self: { ecosystem: 'npm', name: self } } : {}),
      ...(library ? { library: true as const } : {}),
      ...(values.length > 0 ? { values } : {}),
    };
  },
};

export const pnpmWorkspaceReader: ManifestReader = {
  id: 'pnpm-workspace',
  matches: (_path, name) => name === 'pnpm-workspace.yaml' || name === '.yarnrc.yml',
  prefilter: (latin1) => /^catalogs?:/m.test(latin1),
  read: (text) => ({ reader: 'pnpm-workspace', values: readYaml(text).flatMap((document) => catalogs(document)) }),
};

/** Package that a Deno or browser specifier names: `npm:openai@4`, `https://esm.sh/openai@4`. */
export function specifierRequirement(specifier: string, line: number): Requirement | undefined {
  const found = npmSpecifier(specifier);
  return found
    ? { ecosystem: 'npm', name: found.name, line, scope: 'runtime', ...(found.version ? { range: found.version } : {}) }
    : undefined;
}

/** `imports` of deno.json and import maps. */
export const denoReader: ManifestReader = {
  id: 'deno',
  matches: (_path, name) => /^(?:deno\.jsonc?|import[-_]map\.json|jsr\.jsonc?)$/.test(name),
  read: (text): ManifestFacts => {
    const root = readJson(text);
    const tables = [at(root, 'imports'), ...entriesOf(at(root, 'scopes')).map(([, table]) => table)];
    const seen = new Set<string>();
    const requirements = tables.flatMap((table) =>
      entriesOf(table).flatMap(([, value]) => {
        const requirement = specifierRequirement(textOf(value) ?? '', value.line);
        if (!requirement || seen.has(requirement.name)) return [];
        seen.add(requirement.name);
        return [requirement];
      }),
    );
    return { reader: 'deno', requirements };
  },
};

/** Bower: no lock file, no scopes. */
export const bowerReader: ManifestReader = {
  id: 'bower',
  matches: (_path, name) => name === 'bower.json',
  read: (text) => ({
    reader: 'bower',
    requirements: entriesOf(at(readJson(text), 'dependencies')).flatMap(([name, value]) => {
      const requirement = npmRequirement(name, textOf(value) ?? '', value.line, 'runtime');
      return requirement ? [requirement] : [];
    }),
  }),
};
