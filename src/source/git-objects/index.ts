import { bytesReader } from '../../core/byte-reader.ts';
import { mapLimit } from '../../core/async.ts';
import { isCommit } from '../../core/commit.ts';
import { LimitError, ParseError, UserError } from '../../core/errors.ts';
import type { SkippedFile } from '../../core/report.ts';
import { MAX_DEPTH, MAX_FILES } from '../directory.ts';
import type { Entry, Listing, Source } from '../source.ts';
import { readCommit } from './history.ts';
import { followLink } from './links.ts';
import { MissingObject, type ObjectStore } from './store.ts';

export { mergeBase, readCommit } from './history.ts';
export { ObjectStore } from './store.ts';

/** Targets of links are paths. */
const MAX_LINK = 4096;

/** Everything that one tree names, without content. */
export interface Tree {
  /** Path to object name, links to files included. */
  readonly files: ReadonlyMap<string, string>;
  /** Path of a submodule to its commit. */
  readonly submodules: ReadonlyMap<string, string>;
  readonly skipped: readonly SkippedFile[];
}

interface Walked {
  readonly files: Map<string, string>;
  readonly links: Map<string, string>;
  readonly submodules: Map<string, string>;
  readonly skipped: SkippedFile[];
}

/** @throws UserError where the commit or one of its trees is not in the clone. */
export async function readTree(store: ObjectStore, commit: string): Promise<Tree> {
  if (!isCommit(commit)) throw new UserError(`${commit} is not a full commit id`);
  try {
    const walked: Walked = { files: new Map(), links: new Map(), submodules: new Map(), skipped: [] };
    await walk(store, (await readCommit(store, commit)).tree, '', 0, walked);
    const targets = new Map<string, string>();
    for (const [path, id] of walked.links) {
      if ((await store.size(id)) <= MAX_LINK) targets.set(path, (await store.read(id)).data.toString('utf8'));
    }
    for (const path of targets.keys()) {
      const target = followLink(path, targets);
      const id = target === undefined ? undefined : walked.files.get(target);
      // A link to a directory is no file; what is behind it is walked under its own name.
      if (id !== undefined) walked.files.set(path, id);
      else if (target === undefined) walked.skipped.push({ path, reason: 'symlink-outside' });
    }
    return walked;
  } catch (error) {
    if (error instanceof MissingObject)
      throw new UserError(
        `commit ${commit.slice(0, 12)} is not in this clone; check out with fetch-depth: 2, or 0 for a base further back`,
      );
    throw error;
  }
}

/**
 * The tree of one commit, from the repository's object files: what a pull request is compared with,
 * without a second checkout and without running git. `commit` is a full object name. Listing throws a
 * `UserError` where the clone lacks files of the tree: what is missing must not look like something new.
 */
export function commitSource(store: ObjectStore, commit: string, tree: Tree, name: string): Source {
  let listing: Promise<Listing> | undefined;
  return {
    target: { name, type: 'directory', commit },
    list: () => (listing ??= listTree(store, commit, tree)),
    async open(path) {
      const id = tree.files.get(path);
      if (id === undefined) throw new Error(`no such file: ${path}`);
      return bytesReader((await store.read(id)).data);
    },
  };
}

async function listTree(store: ObjectStore, commit: string, tree: Tree): Promise<Listing> {
  const skipped = [...tree.skipped];
  const broken: Error[] = [];
  const entries = await mapLimit([...tree.files], 8, async ([path, id]): Promise<Entry | undefined> => {
    try {
      return { path, size: await store.size(id) };
    } catch (error) {
      if (error instanceof LimitError) skipped.push({ path, reason: 'too-large', detail: error.message });
      else broken.push(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  });
  const [first] = broken;
  if (first) {
    const why =
      first instanceof MissingObject
        ? 'are not in this clone (a partial clone); check out without a filter'
        : `cannot be read (${first.message})`;
    throw new UserError(`${broken.length} files of commit ${commit.slice(0, 12)} ${why}`);
  }
  const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
  return { entries: entries.filter((entry) => entry !== undefined).sort(byPath), skipped: skipped.sort(byPath) };
}

/** A tree object: mode, space, name, NUL, 20 bytes of object name, again and again. */
async function walk(store: ObjectStore, id: string, directory: string, depth: number, walked: Walked): Promise<void> {
  if (depth > MAX_DEPTH) {
    walked.skipped.push({ path: directory, reason: 'depth' });
    return;
  }
  const { data } = await store.read(id);
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const end = data.indexOf(0, space);
    if (space < 0 || end < 0 || end + 21 > data.length) throw new ParseError(`tree ${id} is damaged`, at);
    const mode = data.toString('latin1', at, space);
    const name = data.toString('utf8', space + 1, end);
    const child = data.toString('hex', end + 1, end + 21);
    at = end + 21;
    const path = directory === '' ? name : `${directory}/${name}`;
    if (name === '' || name === '.' || name === '..' || name.includes('/')) walked.skipped.push({ path, reason: 'invalid-name' });
    else if (mode === '40000') await walk(store, child, path, depth + 1, walked);
    else if (mode === '120000') walked.links.set(path, child);
    else if (mode === '160000') walked.submodules.set(path, child);
    else if (walked.files.size < MAX_FILES) walked.files.set(path, child);
    else walked.skipped.push({ path, reason: 'limit' });
  }
}
