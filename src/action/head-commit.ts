import { mergeBase, ObjectStore, readCommit } from '../source/git-objects/index.ts';
import type { GitFacts } from '../source/git.ts';
import type { Context } from './context.ts';

/** Which commit is judged. */
export interface HeadCommit {
  readonly commit: string | undefined;
  /** It is the check-out; else it is read from the object files. */
  readonly laidOut: boolean;
  /** The head of the pull request is in it: only then may anything be said about the pull request. */
  readonly ofPullRequest: boolean;
}

/**
 * The check-out. But runs that have more rights than a fork's (`pull_request_target`, `workflow_run`) check out the
 * default branch, and should: the pull request's commit is then read from the object files, so that the files of a
 * stranger are never laid out where a step could run them.
 */
export async function headCommitOf(context: Context, git: GitFacts | undefined): Promise<HeadCommit> {
  const { pullRequest } = context;
  const commit = git?.commit;
  if (!pullRequest) return { commit, laidOut: true, ofPullRequest: false };
  if (git && commit !== undefined && (await holds(git, commit, pullRequest.headSha))) return { commit, laidOut: true, ofPullRequest: true };
  const privileged = context.trigger !== undefined || context.event === 'pull_request_target';
  if (privileged) return { commit: pullRequest.headSha, laidOut: false, ofPullRequest: true };
  // Without a clone there is only the event's word for what was checked out.
  return { commit, laidOut: true, ofPullRequest: commit === undefined };
}

async function holds(git: GitFacts, commit: string, head: string): Promise<boolean> {
  if (commit === head) return true;
  const store = new ObjectStore(git.commonDir);
  try {
    const { parents } = await readCommit(store, commit).catch(() => ({ parents: [] as readonly string[] }));
    return parents.includes(head) || (await mergeBase(store, commit, head)) === head;
  } finally {
    await store.close();
  }
}
