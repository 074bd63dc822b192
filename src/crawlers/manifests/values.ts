import type { FileFacts } from '../crawler.ts';
import type { ManifestFacts, Place, Requirement } from './model.ts';
import { ancestorsOf, folderOf } from './paths.ts';

/** A value, and the entry that states it. */
export interface Value {
  readonly text: string;
  readonly stated?: Place;
}

/** Looks a key up as a file sees it: its own values, then those of the folders above, then of any folder. */
export type Lookup = (path: string, key: string) => Value | undefined;

/** Values of one file by key; the first of a key counts: a profile further down must not win over the project's own value. */
export function valuesIn({ path, facts }: FileFacts<ManifestFacts>): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  for (const [key, text, line] of facts.values ?? [])
    if (!values.has(key)) values.set(key, line === undefined ? { text } : { text, stated: { path, line } });
  return values;
}

export function valuesOf(files: readonly FileFacts<ManifestFacts>[]): Lookup {
  const byFile = new Map<string, Map<string, Value>>();
  const byFolder = new Map<string, Map<string, Value>>();
  const anywhere = new Map<string, Value>();
  const into = (index: Map<string, Map<string, Value>>, key: string): Map<string, Value> => {
    const known = index.get(key);
    if (known) return known;
    const made = new Map<string, Value>();
    index.set(key, made);
    return made;
  };
  for (const file of files) {
    for (const [key, value] of valuesIn(file)) {
      for (const map of [into(byFile, file.path), into(byFolder, folderOf(file.path)), anywhere]) if (!map.has(key)) map.set(key, value);
    }
  }
  return (path, key) => {
    const own = byFile.get(path)?.get(key);
    if (own !== undefined) return own;
    for (const folder of ancestorsOf(folderOf(path))) {
      const found = byFolder.get(folder)?.get(key);
      if (found !== undefined) return found;
    }
    return anywhere.get(key);
  };
}

/** Replaces every requirement of every file. */
export const mapRequirements = (
  files: readonly FileFacts<ManifestFacts>[],
  change: (requirement: Requirement, path: string) => readonly Requirement[],
): FileFacts<ManifestFacts>[] =>
  files.map(({ path, facts }) =>
    facts.requirements
      ? { path, facts: { ...facts, requirements: facts.requirements.flatMap((requirement) => change(requirement, path)) } }
      : { path, facts },
  );

/** The same requirement with another range, and where that stands; `from` is answered. */
export function withRange(
  { from: _answered, range: _old, ...requirement }: Requirement,
  range: string | undefined,
  stated?: Place,
): Requirement {
  return { ...requirement, ...(range ? { range } : {}), ...(stated ? { stated } : {}) };
}
