import { isCommit } from '../core/commit.ts';
import { UserError } from '../core/errors.ts';
import { commitSource, mergeBase, ObjectStore, readCommit, readTree, type Tree } from '../source/git-objects/index.ts';
import type { GitFacts } from '../source/git.ts';
import type { Source } from '../source/source.ts';
import type { Context } from './context.ts';
import type { Inputs } from './inputs.ts';
import { withUntracked } from './same-tree.ts';

/** What the head is compared with. */
export interface Base {
  readonly commit: string;
  /** The whole tree of the base, and what no commit holds, which is on both sides. */
  source(head: Source): Promise<Source>;
  /** The tree of the base alone: for configuration, that only a commit may give. */
  readonly committed: Source;
  close(): Promise<void>;
}

/**
 * `base-ref`, else the base of the pull request or merge group, read from the clone's own object files.
 * `undefined` where there is nothing to compare with, with a reason where there should be.
 */
export async function openBase(
  inputs: Inputs,
  context: Context,
  git: GitFacts | undefined,
  headCommit: string | undefined,
): Promise<{ readonly base?: Base; readonly reason?: string }> {
  const wanted = inputs.baseRef === undefined ? (context.pullRequest?.baseSha ?? context.groupBase) : await resolve(inputs.baseRef, git);
  if (wanted === undefined)
    return inputs.baseRef === undefined ? {} : { reason: `base-ref ${inputs.baseRef} is not a commit or a branch of this clone` };
  if (!git) return { reason: 'there is no clone to read the base from' };
  const store = new ObjectStore(git.commonDir);
  try {
    const commit = await pointOfDeparture(store, wanted, inputs, context, headCommit);
    const tree = await readTree(store, commit);
    const head = headCommit === undefined ? undefined : await readTree(store, headCommit);
    const committed = commitSource(store, commit, tree, `${context.owner}/${context.repo}`);
    await committed.list();
    return {
      base: {
        commit,
        committed,
        source: async (source) => (head ? withUntracked(committed, source, bothSides(tree, head)) : committed),
        close: () => store.close(),
      },
    };
  } catch (error) {
    await store.close();
    if (error instanceof UserError) return { reason: error.message };
    throw error;
  }
}

/**
 * A check-out of a pull request is a merge commit: its first parent is the base at that moment, so that what
 * others merged since the event is not taken for the pull request's. Where the head itself is checked out, the
 * base is where it parted from the branch.
 */
async function pointOfDeparture(
  store: ObjectStore,
  wanted: string,
  inputs: Inputs,
  context: Context,
  head: string | undefined,
): Promise<string> {
  if (head === undefined) return wanted;
  const { parents } = await readCommit(store, head).catch(() => ({ parents: [] as readonly string[] }));
  const [first, second] = parents;
  if (inputs.baseRef === undefined && first !== undefined && second !== undefined && second === context.pullRequest?.headSha) return first;
  return (await mergeBase(store, head, wanted)) ?? wanted;
}

/** Whether a file of the work tree is in no commit, or in a submodule that did not move: a pull request does not change it. */
function bothSides(base: Tree, head: Tree): (path: string) => boolean {
  const moved = [...head.submodules].filter(([path, commit]) => base.submodules.get(path) !== commit).map(([path]) => `${path}/`);
  return (path) => !head.files.has(path) && !moved.some((folder) => path.startsWith(folder));
}

async function resolve(ref: string, git: GitFacts | undefined): Promise<string | undefined> {
  if (isCommit(ref)) return ref;
  if (!git) return undefined;
  for (const name of [`refs/remotes/origin/${ref}`, `refs/heads/${ref}`, `refs/tags/${ref}`, ref]) {
    const commit = await git.resolveRef(name);
    if (commit !== undefined) return commit;
  }
  return undefined;
}
