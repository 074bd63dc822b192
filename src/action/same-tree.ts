import ignore from 'ignore';
import { INSTALLED } from '../source/directory.ts';
import type { Listing, Source } from '../source/source.ts';

/** Remembers the listing: a walk of a large tree is done once. */
export function listedOnce(source: Source): Source {
  let listing: Promise<Listing> | undefined;
  return { ...source, list: () => (listing ??= source.list()) };
}

/**
 * `base`, with those files of the head's work tree that `shared` accepts: what earlier steps downloaded and what
 * is in submodules is no change of the pull request. A file of the base always wins.
 */
export async function withUntracked(base: Source, head: Source, shared: (path: string) => boolean): Promise<Source> {
  const { entries, skipped } = await base.list();
  const known = new Set(entries.map((entry) => entry.path));
  const added = (await head.list()).entries.filter(({ path }) => !known.has(path) && shared(path));
  const fromHead = new Set(added.map((entry) => entry.path));
  return {
    target: base.target,
    list: () => Promise.resolve({ entries: [...entries, ...added].sort((a, b) => (a.path < b.path ? -1 : 1)), skipped }),
    open: (path) => (fromHead.has(path) ? head : base).open(path),
  };
}

/** A source without what a walk of a directory passes over: excluded patterns, installed dependencies, virtual environments. */
export function asWalked(source: Source, exclude: readonly string[]): Source {
  const patterns = ignore().add([...exclude]);
  return {
    target: source.target,
    open: (path) => source.open(path),
    async list() {
      const { entries, skipped } = await source.list();
      const environments = entries
        .filter(({ path }) => path.endsWith('/pyvenv.cfg'))
        .map(({ path }) => path.slice(0, -'pyvenv.cfg'.length));
      const walked = (path: string): boolean =>
        !patterns.ignores(path) &&
        !path
          .split('/')
          .slice(0, -1)
          .some((part) => INSTALLED.has(part)) &&
        !environments.some((folder) => path.startsWith(folder));
      return { entries: entries.filter(({ path }) => walked(path)), skipped: skipped.filter(({ path }) => walked(path)) };
    },
  };
}
