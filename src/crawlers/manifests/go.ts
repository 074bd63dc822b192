import type { LockedPackage, Requirement } from './model.ts';
import type { ManifestReader } from './reader.ts';

/** go.mod. go.sum is never read: it names versions that were only considered. https://go.dev/ref/mod#go-mod-file */
export const goModReader: ManifestReader = {
  id: 'go-mod',
  matches: (path, name) => name === 'go.mod' && !/(?:^|\/)(?:vendor|testdata)\//.test(path),
  read: (text) => {
    const requirements: Requirement[] = [];
    let block = '';
    let self: string | undefined;
    for (const [index, raw] of text.split(/\r?\n/).entries()) {
      const row = raw.trim();
      if (row.startsWith('//')) continue;
      const opening = /^(\w+)\s*\($/.exec(row)?.[1];
      if (opening !== undefined) block = opening;
      else if (row === ')') block = '';
      else {
        self ??= /^module\s+"?([^\s"]+)/.exec(row)?.[1];
        const entry = /^(?:require\s+)?"?([^\s"]+)"?\s+(v[^\s/]+)(?:\s*\/\/\s*(.*))?$/.exec(row);
        if (!entry || (block !== 'require' && !row.startsWith('require '))) continue;
        requirements.push({
          ecosystem: 'golang',
          name: entry[1] as string,
          range: entry[2] as string,
          line: index + 1,
          scope: 'runtime',
          ...(/^indirect\b/.test(entry[3] ?? '') ? { transitive: true as const } : {}),
        });
      }
    }
    return { reader: 'go-mod', requirements, ...(self ? { self: { ecosystem: 'golang', name: self } } : {}) };
  },
};

/** vendor/modules.txt says what is vendored; `## explicit` marks direct requirements. */
export const vendorModulesReader: ManifestReader = {
  id: 'go-vendor',
  matches: (path) => /(?:^|\/)vendor\/modules\.txt$/.test(path),
  large: true,
  read: (text) => ({
    reader: 'go-vendor',
    locked: text.split('\n').flatMap((row, index): LockedPackage[] => {
      const entry = /^# (\S+) (v\S+)/.exec(row);
      return entry ? [{ ecosystem: 'golang', name: entry[1] as string, version: entry[2] as string, line: index + 1 }] : [];
    }),
  }),
};
