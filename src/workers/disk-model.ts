import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { ModelTree, TreeFile } from '../integrity/model-tree.ts';
import { hashPool } from './hash-pool.ts';
import { blobStore, MAX_DEPTH } from '../source/directory.ts';

/** A model on disk. `close` ends its threads. */
export interface DiskModel extends ModelTree {
  /** Files whose digests are computed at once. */
  readonly concurrency: number;
  close(): Promise<void>;
}

/**
 * Every file of a model on disk, for verification: nothing is left out by name. Links to files are
 * listed as such; links that leave the model, lead nowhere or to a directory are problems, so the
 * walk ends. In a Hugging Face cache, links from `snapshots/` to `../../blobs/` are the layout itself.
 * @throws UserError where there is no such model.
 */
export async function modelTree(path: string): Promise<DiskModel> {
  const root = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`no such model: ${path} (${error.code})`);
  });
  const info = await stat(root);
  if (info.isFile()) {
    return diskModel([{ path: basename(root), size: info.size }], [], () => Promise.resolve(root));
  }
  const files: TreeFile[] = [];
  const problems: { path: string; code: 'symlink' | 'special'; detail: string }[] = [];
  const blobs = blobStore(root);
  const within = (target: string, directory: string): boolean => target.startsWith(directory + sep);

  const visit = async (directory: string, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH) {
      problems.push({ path: directory, code: 'special', detail: `more than ${MAX_DEPTH} directories deep` });
      return;
    }
    for (const item of await readdir(join(root, directory), { withFileTypes: true })) {
      const relative = directory === '' ? item.name : `${directory}/${item.name}`;
      const full = join(root, relative);
      if (item.isDirectory()) await visit(relative, depth + 1);
      else if (item.isFile()) files.push({ path: relative, size: (await lstat(full)).size });
      else if (item.isSymbolicLink()) {
        const target = await realpath(full).catch(() => undefined);
        const kind = target === undefined ? undefined : await stat(target);
        if (target === undefined || !kind) problems.push({ path: relative, code: 'symlink', detail: 'leads nowhere or in a circle' });
        else if (kind.isFile() && blobs !== undefined && within(target, blobs)) files.push({ path: relative, size: kind.size });
        else if (!within(target, root)) problems.push({ path: relative, code: 'symlink', detail: 'leads out of the model' });
        else if (kind.isFile()) files.push({ path: relative, size: kind.size, link: true });
        else problems.push({ path: relative, code: 'symlink', detail: 'leads to a directory' });
      } else problems.push({ path: relative, code: 'special', detail: 'neither file nor directory' });
    }
  };
  await visit('', 0);
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return diskModel(files, problems, async (file) => {
    const target = await realpath(join(root, file));
    if (!within(target, root) && !(blobs !== undefined && within(target, blobs))) throw new Error('leads out of the model');
    return target;
  });
}

function diskModel(files: readonly TreeFile[], problems: ModelTree['problems'], locate: (path: string) => Promise<string>): DiskModel {
  const sizes = new Map(files.map((file) => [file.path, file.size]));
  const pool = hashPool(files.reduce((sum, file) => sum + file.size, 0));
  return {
    files,
    problems,
    concurrency: pool.concurrency,
    async digest(path, algorithm, range) {
      const size = sizes.get(path) ?? 0;
      return pool.digest({ path: await locate(path), size, algorithm, start: range?.start ?? 0, end: range?.end ?? size });
    },
    close: () => pool.close(),
  };
}
