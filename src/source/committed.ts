import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { posixRelative, type GitFacts } from './git.ts';
import { readIndex } from './git-index.ts';
import { ObjectStore } from './git-objects/store.ts';

/**
 * Blobs that git's index names for the files of a checkout. Index and packs are read when the first
 * one is asked for; what cannot be read (a shallow or partial clone) is `undefined`.
 */
export function committedBlobs(git: GitFacts, root: string): (path: string, limit: number) => Promise<Uint8Array | undefined> {
  const below = posixRelative(git.root, root);
  const prefix = below === '' ? '' : `${below}/`;
  const store = new ObjectStore(git.commonDir);
  let index: Promise<ReadonlyMap<string, string>> | undefined;
  return async (path, limit) => {
    index ??= readFile(join(git.gitDir, 'index')).then(readIndex, () => new Map());
    const id = (await index.catch(() => undefined))?.get(prefix + path);
    if (id === undefined) return undefined;
    try {
      return (await store.size(id)) <= limit ? (await store.read(id)).data : undefined;
    } catch {
      return undefined;
    }
  };
}
