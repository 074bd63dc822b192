import { libraryKey } from '../../knowledge/libraries.ts';
import type { FileFacts } from '../crawler.ts';
import type { LockedPackage, ManifestFacts, Requirement, Resolution, ResolvedRequirement } from './model.ts';
import { ancestorsOf, folderOf, isApart } from './paths.ts';

/** A lock file at most this many folders above a manifest covers it (workspaces). */
const MAX_LEVELS = 8;

const keyOf = ({ ecosystem, name }: { readonly ecosystem: LockedPackage['ecosystem']; readonly name: string }): string =>
  `${ecosystem}:${libraryKey(ecosystem, name)}`;

type LockIndex = (path: string, requirement: Requirement) => LockedPackage | undefined;

/**
 * A lock file above covers a manifest only if it names the package: most folders of a repository
 * are no members of a workspace.
 */
function lockIndex(files: readonly FileFacts<ManifestFacts>[]): LockIndex {
  const byFolder = new Map<string, Map<string, LockedPackage>>();
  for (const { path, facts } of files) {
    if (!facts.locked) continue;
    const folder = folderOf(path);
    const packages = byFolder.get(folder) ?? new Map<string, LockedPackage>();
    for (const locked of facts.locked) if (!packages.has(keyOf(locked))) packages.set(keyOf(locked), locked);
    byFolder.set(folder, packages);
  }
  return (path, requirement) => {
    if (byFolder.size === 0) return undefined;
    const key = keyOf(requirement);
    let level = 0;
    for (const folder of ancestorsOf(folderOf(path))) {
      const found = byFolder.get(folder)?.get(key);
      if (found || level >= MAX_LEVELS) return found;
      level += 1;
    }
    return undefined;
  };
}

/** Maven and NuGet refuse a dependency without a version: what has none here gets it from a parent, a BOM or a central file. */
const isManaged = ({ ecosystem, range, from, origin }: Requirement): boolean =>
  (ecosystem === 'maven' || ecosystem === 'nuget' || from !== undefined) && range === undefined && origin === undefined;

/** Joins manifests with the lock files beside or above them. */
export function join(files: readonly FileFacts<ManifestFacts>[]): Resolution {
  const lockFor = lockIndex(files);
  // Packages that this repository publishes: its own projects depend on each other.
  const published = new Set<string>();
  for (const { facts } of files) {
    const ecosystem = facts.requirements?.[0]?.ecosystem;
    if (facts.self && ecosystem && facts.library) published.add(keyOf({ ecosystem, name: facts.self }));
  }
  const requirements = files.flatMap(({ path, facts }) =>
    (facts.requirements ?? []).flatMap((requirement): ResolvedRequirement[] => {
      const key = keyOf(requirement);
      if (published.has(key) || (facts.self && key === keyOf({ ecosystem: requirement.ecosystem, name: facts.self }))) return [];
      const lock = lockFor(path, requirement);
      return [
        {
          path,
          requirement,
          ...(lock?.version ? { lockedVersion: lock.version } : {}),
          inLock: lock !== undefined,
          managed: isManaged(requirement),
          deployable: !facts.library && !facts.casual && requirement.scope !== 'development' && !isApart(path),
        },
      ];
    }),
  );
  const locks = files.flatMap(({ path, facts }) =>
    facts.reader === 'constraints'
      ? []
      : (facts.locked ?? []).filter((locked) => !published.has(keyOf(locked))).map((locked) => ({ path, locked })),
  );
  return { requirements, locks };
}
