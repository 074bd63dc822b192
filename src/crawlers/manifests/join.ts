import type { FileFacts } from '../crawler.ts';
import type { LockedPackage, ManifestFacts, Requirement, Resolution, ResolvedRequirement } from './model.ts';
import { ownPackages, packageKey } from './own.ts';
import { ancestorsOf, folderOf, isApart } from './paths.ts';

/** A lock file at most this many folders above a manifest covers it (workspaces). */
const MAX_LEVELS = 8;

/** An entry of a lock file, and the reader of that file. */
interface Lock {
  readonly locked: LockedPackage;
  readonly folder: string;
  readonly reader: string;
}

/** Cargo and npm lock several versions of one package; the one that the range begins with is meant. */
function pick(packages: readonly Lock[], range: string | undefined): Lock | undefined {
  const [first] = packages;
  if (packages.length < 2 || range === undefined) return first;
  const digits = /\d+(?:\.\d+)*/.exec(range)?.[0];
  return (
    packages.find(({ locked: { version } }) => digits !== undefined && (version === digits || version?.startsWith(`${digits}.`))) ?? first
  );
}

type LockIndex = (path: string, requirement: Requirement) => Lock | undefined;

/**
 * A lock file above covers a manifest only if it names the package: most folders of a repository
 * are no members of a workspace.
 */
function lockIndex(files: readonly FileFacts<ManifestFacts>[]): LockIndex {
  const byFolder = new Map<string, Map<string, Lock[]>>();
  for (const { path, facts } of files) {
    if (!facts.locked) continue;
    const folder = folderOf(path);
    const packages = byFolder.get(folder) ?? new Map<string, Lock[]>();
    for (const locked of facts.locked) {
      const key = packageKey(locked);
      const known = packages.get(key);
      const lock = { locked, folder, reader: facts.reader };
      if (known) known.push(lock);
      else packages.set(key, [lock]);
    }
    byFolder.set(folder, packages);
  }
  return (path, requirement) => {
    if (byFolder.size === 0) return undefined;
    const key = packageKey(requirement);
    let level = 0;
    for (const folder of ancestorsOf(folderOf(path))) {
      const found = byFolder.get(folder)?.get(key);
      if (found) return pick(found, requirement.range);
      if (level >= MAX_LEVELS) return undefined;
      level += 1;
    }
    return undefined;
  };
}

/** Lock files of tools that read no list of pip's. */
const OF_PROJECTS = new Set(['python-lock', 'pipfile-lock']);
const LISTS = new Set(['requirements', 'included']);

/** A project's lock file says nothing of what pip installs from a list in another folder: no workspace has such members. */
const covers = (lock: Lock, path: string, { reader }: ManifestFacts): boolean =>
  !LISTS.has(reader) || !OF_PROJECTS.has(lock.reader) || lock.folder === folderOf(path);

/** Maven and NuGet refuse a dependency without a version: what has none here gets it from a parent, a BOM or a central file. */
const isManaged = ({ ecosystem, range, from, origin }: Requirement): boolean =>
  (ecosystem === 'maven' || ecosystem === 'nuget' || from !== undefined) && range === undefined && origin === undefined;

/** Joins manifests with the lock files beside or above them. */
export function join(files: readonly FileFacts<ManifestFacts>[]): Resolution {
  const lockFor = lockIndex(files);
  const own = ownPackages(files.map(({ facts }) => facts));
  const isOwn = (requirement: Requirement, facts: ManifestFacts): boolean => {
    const key = packageKey(requirement);
    if (own.published.has(key) || (facts.self && packageKey(facts.self) === key)) return true;
    return requirement.origin === 'path' && own.made.has(key);
  };
  const requirements = files.flatMap(({ path, facts }) =>
    (facts.requirements ?? []).flatMap((requirement): ResolvedRequirement[] => {
      if (isOwn(requirement, facts)) return [];
      const lock = lockFor(path, requirement);
      return [
        {
          path,
          requirement,
          ...(lock?.locked.version ? { lockedVersion: lock.locked.version } : {}),
          inLock: lock !== undefined && covers(lock, path, facts),
          managed: isManaged(requirement),
          // An image that installs a package leaves its extras out.
          deployable:
            (!facts.library || (facts.deployed === true && requirement.scope !== 'optional')) &&
            !facts.casual &&
            requirement.scope !== 'development' &&
            !isApart(path),
        },
      ];
    }),
  );
  const locks = files
    .filter(({ facts }) => facts.reader !== 'constraints')
    .flatMap(({ path, facts }) =>
      (facts.locked ?? []).filter((locked) => !own.made.has(packageKey(locked))).map((locked) => ({ path, locked })),
    );
  return { requirements, locks };
}
