import { bytesReader } from '../../core/byte-reader.ts';
import { mapLimit } from '../../core/async.ts';
import { ParseError, UserError } from '../../core/errors.ts';
import type { SkippedFile } from '../../core/report.ts';
import { MAX_DEPTH, MAX_FILES } from '../directory.ts';
import type { Entry, Source } from '../source.ts';
import { ObjectStore } from './store.ts';

const ID = /^[0-9a-f]{40}$/;

interface Blob {
  readonly path: string;
  readonly id: string;
}

/**
 * The tree of one commit, from the repository's object files: what a pull request is compared with,
 * without a second checkout and without running git. `commit` is a full object name.
 * @throws UserError where the commit is not there (a shallow clone).
 */
export async function commitSource(gitDir: string, commit: string, name: string): Promise<Source & { close(): Promise<void> }> {
  if (!ID.test(commit)) throw new UserError(`${commit} is not a full commit id`);
  const store = new ObjectStore(gitDir);
  const tree = await treeOf(store, commit).catch((error: unknown) => {
    if (error instanceof ParseError) throw new UserError(`commit ${commit} is not in this clone (${error.message}); check out with fetch-depth: 0`);
    throw error;
  });
  let walked: Promise<{ blobs: Blob[]; skipped: SkippedFile[]; ids: Map<string, string> }> | undefined;
  const walkOnce = (): NonNullable<typeof walked> =>
    (walked ??= (async () => {
      const skipped: SkippedFile[] = [];
      const blobs: Blob[] = [];
      await walk(store, tree, '', 0, blobs, skipped);
      return { blobs, skipped, ids: new Map(blobs.map(({ path, id }) => [path, id])) };
    })());
  return {
    target: { name, type: 'directory', commit },
    async list() {
      const { blobs, ...rest } = await walkOnce();
      const skipped = [...rest.skipped];
      const entries = await mapLimit(blobs, 8, async ({ path, id }): Promise<Entry | undefined> => {
        try {
          return { path, size: await store.size(id) };
        } catch (error) {
          skipped.push({ path, reason: 'unreadable', detail: error instanceof Error ? error.message : String(error) });
          return undefined;
        }
      });
      const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1);
      return { entries: entries.filter((entry) => entry !== undefined).sort(byPath), skipped: skipped.sort(byPath) };
    },
    async open(path) {
      const id = (await walkOnce()).ids.get(path);
      if (id === undefined) throw new Error(`no such file: ${path}`);
      return bytesReader((await store.read(id)).data);
    },
    close: () => store.close(),
  };
}

async function treeOf(store: ObjectStore, commit: string): Promise<string> {
  const { type, data } = await store.read(commit);
  const tree = type === 'commit' ? /^tree ([0-9a-f]{40})\n/.exec(data.toString('latin1'))?.[1] : undefined;
  if (tree === undefined) throw new ParseError(`${commit} is not a commit`);
  return tree;
}

/** A tree object: mode, space, name, NUL, 20 bytes of object name, again and again. */
async function walk(store: ObjectStore, id: string, directory: string, depth: number, blobs: Blob[], skipped: SkippedFile[]): Promise<void> {
  if (depth > MAX_DEPTH) {
    skipped.push({ path: directory, reason: 'depth' });
    return;
  }
  const { data } = await store.read(id);
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const end = data.indexOf(0, space);
    if (space < 0 || end < 0 || end + 21 > data.length) throw new ParseError(`tree ${id} is damaged`, at);
    const mode = data.toString('latin1', at, space);
    const name = data.toString('utf8', space + 1, end);
    const child = data.toString('hex', end + 1, end + 21);
    at = end + 21;
    const path = directory === '' ? name : `${directory}/${name}`;
    if (name === '' || name === '.' || name === '..' || name.includes('/')) skipped.push({ path, reason: 'invalid-name' });
    else if (mode === '40000') await walk(store, child, path, depth + 1, blobs, skipped);
    else if (mode.startsWith('100') && blobs.length < MAX_FILES) blobs.push({ path, id: child });
  }
}
