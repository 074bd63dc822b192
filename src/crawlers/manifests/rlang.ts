import type { LockedPackage, Requirement, Scope } from './model.ts';
import type { ManifestReader } from './reader.ts';
import { readJson } from './text/json.ts';
import { at, entriesOf, textOf } from './text/tree.ts';

const FIELDS = new Map<string, Scope>([
  ['Imports', 'runtime'],
  ['Depends', 'runtime'],
  ['LinkingTo', 'build'],
  ['Suggests', 'optional'],
  ['Enhances', 'optional'],
]);

/** DESCRIPTION of an R package or project: a Debian control file. https://cran.r-project.org/doc/manuals/R-exts.html#The-DESCRIPTION-file */
export const descriptionReader: ManifestReader = {
  id: 'r-description',
  matches: (_path, name) => name === 'DESCRIPTION',
  prefilter: (latin1) => /^(?:Imports|Depends|Suggests|LinkingTo):/m.test(latin1),
  read: (text) => {
    const requirements: Requirement[] = [];
    let field = '';
    let library = false;
    for (const [index, row] of text.split(/\r?\n/).entries()) {
      const opening = /^([A-Za-z@/]+):(.*)$/.exec(row);
      if (opening) field = opening[1] as string;
      if (field === 'Package') library = true;
      const scope = FIELDS.get(field);
      if (scope === undefined) continue;
      for (const part of (opening ? (opening[2] as string) : row).split(',')) {
        const entry = /^\s*([A-Za-z][A-Za-z0-9.]*)\s*(?:\(([^)]{1,100})\))?\s*$/.exec(part);
        if (!entry || entry[1] === 'R') continue;
        requirements.push({
          ecosystem: 'cran',
          name: entry[1] as string,
          line: index + 1,
          scope,
          ...(entry[2] ? { range: entry[2].trim() } : {}),
        });
      }
    }
    return { reader: 'r-description', requirements, ...(library ? { library: true as const } : {}) };
  },
};

/**
 * renv.lock names everything that the project library holds. Version 1 does not say what was asked
 * for, so a package of it is a lock entry; DESCRIPTION or an import declares.
 */
export const renvReader: ManifestReader = {
  id: 'renv',
  matches: (_path, name) => name === 'renv.lock',
  large: true,
  read: (text) => ({
    reader: 'renv',
    locked: entriesOf(at(readJson(text), 'Packages')).map(([name, value]): LockedPackage => {
      const version = textOf(at(value, 'Version'));
      return { ecosystem: 'cran', name, line: value.line, ...(version ? { version } : {}) };
    }),
  }),
};
