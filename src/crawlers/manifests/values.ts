import type { FileFacts } from '../crawler.ts';
import type { ManifestFacts, Requirement } from './model.ts';
import { ancestorsOf, folderOf } from './paths.ts';

/** Looks a key up as a file sees it: its own values, then those of the folders above, then of any folder. */
export type Lookup = (path: string, key: string) => string | undefined;

export function valuesOf(files: readonly FileFacts<ManifestFacts>[]): Lookup {
  const byFile = new Map<string, Map<string, string>>();
  const byFolder = new Map<string, Map<string, string>>();
  const anywhere = new Map<string, string>();
  const into = (index: Map<string, Map<string, string>>, key: string): Map<string, string> => {
    const known = index.get(key);
    if (known) return known;
    const made = new Map<string, string>();
    index.set(key, made);
    return made;
  };
  for (const { path, facts } of files) {
    for (const [key, value] of facts.values ?? []) {
      // A profile further down must not win over the project's own value.
      for (const map of [into(byFile, path), into(byFolder, folderOf(path)), anywhere]) if (!map.has(key)) map.set(key, value);
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

/** The same requirement with another range; `from` is answered. */
export function withRange({ from: _answered, range: _old, ...requirement }: Requirement, range: string | undefined): Requirement {
  return { ...requirement, ...(range ? { range } : {}) };
}
