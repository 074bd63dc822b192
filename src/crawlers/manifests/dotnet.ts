import type { LockedPackage, ManifestValue, Requirement, Scope } from './model.ts';
import type { ManifestReader } from './reader.ts';
import { readJson } from './text/json.ts';
import { at, entriesOf, textOf } from './text/tree.ts';
import { childText, descendantsOf, readXml } from './text/xml.ts';

const attribute = (attributes: ReadonlyMap<string, string>, name: string): string | undefined =>
  attributes.get(name) ?? attributes.get(name.toLowerCase());

/** *.csproj, *.fsproj, *.vbproj and the Directory.*.props beside them. https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files */
export const projectReader: ManifestReader = {
  id: 'dotnet-project',
  matches: (_path, name) => /\.(?:cs|fs|vb)proj$/i.test(name) || /^(?:.*\.)?(?:props|targets)$/i.test(name),
  prefilter: (latin1) => /Package(?:Reference|Version)|PropertyGroup/.test(latin1),
  read: (text, path) => {
    const root = readXml(text);
    const requirements: Requirement[] = [];
    const values: ManifestValue[] = [];
    const test = /(?:^|[./-])tests?(?:[./-]|$)/i.test(path);
    for (const element of descendantsOf(root)) {
      const { attributes, name } = element;
      const id = attribute(attributes, 'Include') ?? attribute(attributes, 'Update');
      const version =
        attribute(attributes, 'VersionOverride') ??
        attribute(attributes, 'Version') ??
        childText(element, 'Version') ??
        childText(element, 'VersionOverride');
      if (name === 'PackageVersion' && id && version) values.push([`central:${id.toLowerCase()}`, version, element.line]);
      else if ((name === 'PackageReference' || name === 'GlobalPackageReference') && id && attribute(attributes, 'Include')) {
        const assets = attribute(attributes, 'PrivateAssets') ?? childText(element, 'PrivateAssets');
        const scope: Scope = test ? 'development' : /^all$/i.test(assets ?? '') ? 'build' : 'runtime';
        requirements.push({
          ecosystem: 'nuget',
          name: id.trim(),
          line: element.line,
          scope,
          ...(version ? { range: version } : { from: `central:${id.toLowerCase()}` }),
        });
      } else if (element.children.length === 0 && /Version/.test(name) && element.text !== '') values.push([`$(${name})`, element.text]);
    }
    return { reader: 'dotnet-project', requirements, values };
  },
};

export const packagesConfigReader: ManifestReader = {
  id: 'packages-config',
  matches: (_path, name) => name.toLowerCase() === 'packages.config',
  read: (text) => ({
    reader: 'packages-config',
    requirements: descendantsOf(readXml(text)).flatMap(({ name, attributes, line }): Requirement[] => {
      const id = attributes.get('id');
      const version = attributes.get('version');
      const scope: Scope = attributes.get('developmentDependency') === 'true' ? 'development' : 'runtime';
      // packages.config states the one version that is restored.
      return name === 'package' && id ? [{ ecosystem: 'nuget', name: id, line, scope, ...(version ? { range: `[${version}]` } : {}) }] : [];
    }),
  }),
};

export const nugetLockReader: ManifestReader = {
  id: 'nuget-lock',
  matches: (_path, name) => name === 'packages.lock.json',
  large: true,
  read: (text) => {
    const locked = new Map<string, LockedPackage>();
    for (const [, framework] of entriesOf(at(readJson(text), 'dependencies'))) {
      for (const [name, value] of entriesOf(framework)) {
        const version = textOf(at(value, 'resolved'));
        if (textOf(at(value, 'type')) !== 'Project' && !locked.has(name.toLowerCase())) {
          locked.set(name.toLowerCase(), { ecosystem: 'nuget', name, line: value.line, ...(version ? { version } : {}) });
        }
      }
    }
    return { reader: 'nuget-lock', locked: [...locked.values()] };
  },
};

/** paket.dependencies: `nuget Name ~> 1.2`. https://fsprojects.github.io/Paket/dependencies-file.html */
export const paketReader: ManifestReader = {
  id: 'paket',
  matches: (_path, name) => name === 'paket.dependencies',
  read: (text) => {
    let scope: Scope = 'runtime';
    const requirements: Requirement[] = [];
    for (const [index, row] of text.split(/\r?\n/).entries()) {
      const group = /^\s*group\s+(\S+)/.exec(row)?.[1];
      if (group) scope = /test|build/i.test(group) ? 'development' : 'runtime';
      const entry = /^\s*nuget\s+([\w.-]+)\s*([^/#]*)/.exec(row);
      if (!entry) continue;
      const range = (entry[2] as string)
        .replace(/\b(?:framework|content|import_targets|copy_local|restriction|storage|strategy|prerelease)\b.*$/, '')
        .trim();
      requirements.push({ ecosystem: 'nuget', name: entry[1] as string, line: index + 1, scope, ...(range ? { range } : {}) });
    }
    return { reader: 'paket', requirements };
  },
};

export const paketLockReader: ManifestReader = {
  id: 'paket-lock',
  matches: (_path, name) => name === 'paket.lock',
  large: true,
  read: (text) => ({
    reader: 'paket-lock',
    locked: text.split(/\r?\n/).flatMap((row, index): LockedPackage[] => {
      const entry = /^ {4}([\w.-]+) \(([^)\s]+)\)/.exec(row);
      return entry ? [{ ecosystem: 'nuget', name: entry[1] as string, version: entry[2] as string, line: index + 1 }] : [];
    }),
  }),
};

/** `#r "nuget: Name, 1.0"` of scripts and .NET notebooks, `#:package Name@1.0` of single-file programs. */
export const dotnetScriptReader: ManifestReader = {
  id: 'dotnet-script',
  matches: (_path, name) => /\.(?:csx|fsx|dib|cs|ipynb)$/.test(name),
  prefilter: (latin1) => /#r \\?"nuget:|^#:package /m.test(latin1),
  read: (text) => ({
    reader: 'dotnet-script',
    requirements: text.split(/\r?\n/).flatMap((row, index): Requirement[] => {
      const entry =
        /#r \\?"nuget:\s*([\w.-]+)(?:\s*,\s*([^"\\\s]+))?\s*\\?"/.exec(row.slice(0, 2000)) ??
        /^#:package ([\w.-]+)(?:@(\S+))?/.exec(row.slice(0, 2000));
      const range = entry?.[2];
      return entry
        ? [{ ecosystem: 'nuget', name: entry[1] as string, line: index + 1, scope: 'runtime', ...(range ? { range } : {}) }]
        : [];
    }),
    casual: true,
  }),
};
