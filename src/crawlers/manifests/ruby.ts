import type { LockedPackage, Requirement, Scope } from './model.ts';
import type { ManifestReader } from './reader.ts';

const GEM = /^\s*gem[\s(]+(['"])([\w.-]+)\1(.*)$/;
const ADD = /\.add_(?:(runtime|development)_)?dependency[\s(]+(?:%q[<(])?(['"]?)([\w.-]+)\2[>)]?(.*)$/;
const DEVELOPMENT = /\b(?:development|test|ci|lint|doc)\b/;

/** Leading version arguments: `'~> 1.2', '>= 1.2.3'`. */
function rangeOf(rest: string): string | undefined {
  const versions: string[] = [];
  let left = rest.replace(/#.*$/, '');
  for (
    let match = /^\s*,\s*\[?\s*(['"])([~<>=!\s]*\d[\w.]*)\1\]?/.exec(left);
    match;
    match = /^\s*,\s*(['"])([~<>=!\s]*\d[\w.]*)\1\]?/.exec(left)
  ) {
    versions.push(match[2] as string);
    left = left.slice(match[0].length);
  }
  return versions.length > 0 ? versions.join(', ') : undefined;
}

const originOf = (rest: string): Requirement['origin'] =>
  /\b(?:git|github|gitlab|bitbucket)(?::|\s*=>)/.test(rest) ? 'vcs' : /\bpath(?::|\s*=>)/.test(rest) ? 'path' : undefined;

/** Gemfile and *.gemspec by lines; the files are Ruby programs and are not run. */
export const gemfileReader: ManifestReader = {
  id: 'gemfile',
  matches: (_path, name) => /^(?:Gemfile(?:\..+)?|gems\.rb|.*\.gemfile)$/.test(name) && !name.endsWith('.lock'),
  read: (text) => {
    const requirements: Requirement[] = [];
    let group = '';
    for (const [index, row] of text.split(/\r?\n/).entries()) {
      const opening = /^\s*group\b(.*)\bdo\s*(?:\|.*)?$/.exec(row)?.[1];
      if (opening !== undefined) group = opening;
      else if (/^end\b/.test(row)) group = '';
      const gem = GEM.exec(row.slice(0, 2000));
      if (!gem) continue;
      const rest = gem[3] as string;
      const inline = /\bgroups?(?::|\s*=>)\s*(\[[^\]]*\]|\S+)/.exec(rest)?.[1] ?? '';
      const range = rangeOf(rest);
      const origin = originOf(rest);
      const scope: Scope = DEVELOPMENT.test(group) || DEVELOPMENT.test(inline) ? 'development' : 'runtime';
      requirements.push({
        ecosystem: 'gem',
        name: gem[2] as string,
        line: index + 1,
        scope,
        ...(range ? { range } : {}),
        ...(origin ? { origin } : {}),
      });
    }
    return { reader: 'gemfile', requirements };
  },
};

export const gemspecReader: ManifestReader = {
  id: 'gemspec',
  matches: (_path, name) => name.endsWith('.gemspec'),
  read: (text) => ({
    reader: 'gemspec',
    requirements: text.split(/\r?\n/).flatMap((row, index): Requirement[] => {
      const add = row.trimStart().startsWith('#') ? null : ADD.exec(row.slice(0, 2000));
      if (!add) return [];
      const range = rangeOf(add[4] as string);
      return [
        {
          ecosystem: 'gem',
          name: add[3] as string,
          line: index + 1,
          scope: add[1] === 'development' ? 'development' : 'runtime',
          ...(range ? { range } : {}),
        },
      ];
    }),
    library: true,
  }),
};

/** Gemfile.lock: gems of `specs:` stand with four spaces, what they need with six. */
export const gemfileLockReader: ManifestReader = {
  id: 'gemfile-lock',
  matches: (_path, name) => name === 'Gemfile.lock' || name === 'gems.locked',
  large: true,
  read: (text) => ({
    reader: 'gemfile-lock',
    locked: text.split(/\r?\n/).flatMap((row, index): LockedPackage[] => {
      const entry = /^ {4}([\w.-]+) \(([^)]+)\)$/.exec(row.slice(0, 500));
      return entry ? [{ ecosystem: 'gem', name: entry[1] as string, version: entry[2] as string, line: index + 1 }] : [];
    }),
  }),
};
