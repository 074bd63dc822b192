import { withoutComments } from './jvm/gradle.ts';
import type { LockedPackage, Requirement } from './model.ts';
import type { ManifestReader } from './reader.ts';
import { readJson } from './text/json.ts';
import { lineCounter } from './text/lines.ts';
import { at, itemsOf, textOf } from './text/tree.ts';

/** purl's name of a Swift package: host and path of its repository. */
const swiftName = (url: string): string =>
  url
    .replace(/^(?:https?|ssh|git):\/\/(?:[^@/]+@)?|^git@/, '')
    .replace(/^([^/:]+):/, '$1/')
    .replace(/\.git$/, '')
    .replace(/\/$/, '');

const PACKAGE = /\.package\(\s*(?:name:\s*"[^"]*",\s*)?url:\s*"([^"]+)"\s*,\s*([^)]{0,200}\)?)/g;

function rangeOf(text: string): string | undefined {
  const version = /"([^"]+)"/.exec(text)?.[1];
  if (version === undefined) return undefined;
  if (/^(?:exact:|\.exact\()/.test(text)) return `== ${version}`;
  if (/^(?:revision:|\.revision\()/.test(text)) return version;
  if (/^(?:branch:|\.branch\()/.test(text)) return `branch ${version}`;
  const upper = /"[^"]+"\s*(\.\.[.<])\s*"([^"]+)"/.exec(text);
  return upper ? `${version}${upper[1] as string}${upper[2] as string}` : `from ${version}`;
}

/** Package.swift as text. https://docs.swift.org/package-manager/PackageDescription/ */
export const packageSwiftReader: ManifestReader = {
  id: 'package-swift',
  matches: (_path, name) => /^Package(?:@swift-[\d.]+)?\.swift$/.test(name),
  read: (text) => {
    const source = withoutComments(text);
    const lineOf = lineCounter(source);
    return {
      reader: 'package-swift',
      requirements: [...source.matchAll(PACKAGE)].map((match): Requirement => {
        const range = rangeOf((match[2] as string).trim());
        return {
          ecosystem: 'swift',
          name: swiftName(match[1] as string),
          line: lineOf(match.index),
          scope: 'runtime',
          ...(range ? { range } : {}),
        };
      }),
    };
  },
};

export const packageResolvedReader: ManifestReader = {
  id: 'package-resolved',
  matches: (_path, name) => name === 'Package.resolved',
  large: true,
  read: (text) => {
    const root = readJson(text);
    const pins = [...itemsOf(at(root, 'pins')), ...itemsOf(at(root, 'object', 'pins'))];
    return {
      reader: 'package-resolved',
      locked: pins.flatMap((pin): LockedPackage[] => {
        const url = textOf(at(pin, 'location')) ?? textOf(at(pin, 'repositoryURL'));
        const version = textOf(at(pin, 'state', 'version')) ?? textOf(at(pin, 'state', 'revision'));
        return url
          ? [{ ecosystem: 'swift', name: swiftName(url), line: at(pin, 'location')?.line ?? pin.line, ...(version ? { version } : {}) }]
          : [];
      }),
    };
  },
};

/** Xcode keeps package references in the project file. */
export const xcodeProjectReader: ManifestReader = {
  id: 'xcode-project',
  matches: (_path, name) => name === 'project.pbxproj',
  prefilter: (latin1) => latin1.includes('XCRemoteSwiftPackageReference'),
  read: (text) => {
    const requirements: Requirement[] = [];
    for (const [index, row] of text.split('\n').entries()) {
      const url = /^\s*repositoryURL = "?([^";]+)"?;/.exec(row)?.[1];
      const version = /^\s*minimumVersion = "?([^";]+)"?;/.exec(row)?.[1];
      const last = requirements.at(-1);
      if (url) requirements.push({ ecosystem: 'swift', name: swiftName(url), line: index + 1, scope: 'runtime' });
      else if (version && last && !last.range) requirements[requirements.length - 1] = { ...last, range: `from ${version}` };
    }
    return { reader: 'xcode-project', requirements };
  },
};

export const podfileReader: ManifestReader = {
  id: 'podfile',
  matches: (_path, name) => name === 'Podfile' || name.endsWith('.podspec'),
  read: (text) => ({
    reader: 'podfile',
    requirements: text.split(/\r?\n/).flatMap((row, index): Requirement[] => {
      const pod = /^\s*(?:pod\s+|\w+\.(?:ios\.)?dependency\s+)(['"])([^'"]{1,200})\1(?:\s*,\s*(['"])([^'"]{1,100})\3)?(.*)$/.exec(
        row.slice(0, 2000),
      );
      if (!pod) return [];
      const origin = /:(?:git|podspec)\s*=>|\bgit:/.test(pod[5] as string)
        ? ('vcs' as const)
        : /:path\s*=>|\bpath:/.test(pod[5] as string)
          ? ('path' as const)
          : undefined;
      return [
        {
          ecosystem: 'cocoapods',
          name: pod[2] as string,
          line: index + 1,
          scope: 'runtime',
          ...(pod[4] ? { range: pod[4] } : {}),
          ...(origin ? { origin } : {}),
        },
      ];
    }),
  }),
};

export const podfileLockReader: ManifestReader = {
  id: 'podfile-lock',
  matches: (_path, name) => name === 'Podfile.lock',
  large: true,
  read: (text) => ({
    reader: 'podfile-lock',
    locked: text.split(/\r?\n/).flatMap((row, index): LockedPackage[] => {
      const pod = /^ {2}- "?([^\s("]+) \(([\d.][^)]*)\)"?:?$/.exec(row.slice(0, 500));
      return pod ? [{ ecosystem: 'cocoapods', name: pod[1] as string, version: pod[2] as string, line: index + 1 }] : [];
    }),
  }),
};
