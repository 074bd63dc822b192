import { mapLimit } from '../../core/async.ts';
import { covers, DEFAULT_IGNORED, type ModelTree, type TreeFile } from '../model-tree.ts';
import type { Problem } from '../result.ts';
import type { Manifest, Resource } from './statement.ts';

export interface CompareOptions {
  /** Paths that the caller leaves out, beside the signed ones. */
  readonly ignorePaths: readonly string[];
  /** The signature's own path inside the model, if it lies there. */
  readonly bundlePath?: string | undefined;
  readonly ignoreUnsigned: boolean;
  readonly concurrency: number;
}

export interface Comparison {
  /** What makes the verification fail. */
  readonly problems: readonly Problem[];
  /** What a user should know although it holds: unsigned or ignored files that are there. */
  readonly notices: readonly Problem[];
  /** Digest of every file that is as signed, by path. */
  readonly verified: ReadonlyMap<string, string>;
}

/**
 * Compares the files that are there with the signed manifest. Files are found by the walk, never by
 * a path from the manifest, so a signed name cannot make the verifier read anything else.
 */
export async function compareTree(tree: ModelTree, manifest: Manifest, options: CompareOptions): Promise<Comparison> {
  const problems: Problem[] = [];
  const notices: Problem[] = [];
  const ignored = new Set<string>();
  const isIgnored = (path: string): boolean =>
    path === options.bundlePath ||
    [...DEFAULT_IGNORED, ...manifest.ignorePaths, ...options.ignorePaths].some((pattern) => covers(pattern, path));
  for (const item of tree.problems) {
    if (!isIgnored(item.path)) problems.push({ code: item.code, path: item.path, detail: item.detail });
  }
  const byPath = new Map<string, TreeFile>();
  for (const file of tree.files) {
    if (isIgnored(file.path)) ignored.add(file.path);
    else if (file.link === true && !manifest.allowSymlinks)
      problems.push({ code: 'symlink', path: file.path, detail: 'symbolic link in a model whose signature does not allow them' });
    else byPath.set(file.path, file);
  }
  const wanted = new Map<string, Resource[]>();
  for (const resource of manifest.resources) {
    // Writers name the only file of a single-file model `.`, as they do its directory.
    const path = resource.path === '.' && tree.files.length >= 1 && byPath.size === 1 ? ([...byPath.keys()][0] ?? '.') : resource.path;
    const list = wanted.get(path);
    if (list) list.push(resource);
    else wanted.set(path, [resource]);
  }
  const verified = new Map<string, string>();
  await mapLimit([...wanted], options.concurrency, async ([path, resources]) => {
    const file = byPath.get(path);
    if (!file) {
      problems.push({ code: 'missing', path, ...(ignored.has(path) ? { detail: 'it is signed, and left out by an ignore path' } : {}) });
      return;
    }
    const found = await compareFile(tree, file, resources, manifest);
    if (found.length > 0) problems.push(...found);
    else verified.set(path, resources.length === 1 ? (resources[0]?.digest ?? '') : '');
  });
  for (const [path, file] of byPath) {
    if (wanted.has(path)) continue;
    // Shards have no resource for an empty file; the specification cannot see one appear.
    if (manifest.method === 'shards' && file.size === 0)
      notices.push({ code: 'unsigned', path, detail: 'empty file, which a shard manifest cannot list' });
    else (options.ignoreUnsigned ? notices : problems).push({ code: 'unsigned', path });
  }
  for (const path of ignored) {
    if (path !== options.bundlePath && !DEFAULT_IGNORED.some((pattern) => covers(pattern, path)))
      notices.push({ code: 'ignored-present', path });
  }
  const byName = (a: Problem, b: Problem): number => ((a.path ?? '') < (b.path ?? '') ? -1 : 1);
  return { problems: problems.sort(byName), notices: notices.sort(byName), verified };
}

async function compareFile(
  tree: ModelTree,
  { path, size }: TreeFile,
  resources: readonly Resource[],
  { method, hash }: Manifest,
): Promise<Problem[]> {
  const gaps = method === 'shards' ? checkTiling(path, size, resources) : [];
  if (gaps.length > 0) return gaps;
  // All shards of a file are asked for at once, so that several threads can work on one file.
  const found = await Promise.all(
    resources.map(async ({ digest, range }): Promise<Problem | undefined> => {
      try {
        if ((await tree.digest(path, hash, range)) === digest) return undefined;
        return {
          code: 'mismatch',
          path,
          detail: range ? `bytes ${range.start} to ${range.end} differ from the signed digest` : `${hash} differs from the signed digest`,
        };
      } catch (error) {
        return { code: 'mismatch', path, detail: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
      }
    }),
  );
  return found.filter((problem) => problem !== undefined);
}

/** Shards must cover the file exactly: no gap, no overlap, no unsigned tail. */
function checkTiling(path: string, size: number, resources: readonly Resource[]): Problem[] {
  let at = 0;
  for (const { range } of resources.toSorted((a, b) => (a.range?.start ?? 0) - (b.range?.start ?? 0))) {
    if (range?.start !== at)
      return [{ code: 'shard-gap', path, detail: `signed shards ${range && range.start < at ? 'overlap' : 'leave a gap'} at byte ${at}` }];
    at = range.end;
  }
  return at === size ? [] : [{ code: 'shard-gap', path, detail: `signed shards end at byte ${at}, the file at ${size}` }];
}
