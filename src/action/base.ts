import { UserError } from '../core/errors.ts';
import { commitSource } from '../source/git-objects/index.ts';
import type { GitFacts } from '../source/git.ts';
import type { Source } from '../source/source.ts';
import type { Context } from './context.ts';
import type { Inputs } from './inputs.ts';

export type BaseSource = Source & { close(): Promise<void> };

/**
 * What the run is compared with: `base-ref`, else the base of the pull request, read from the
 * clone's own object files. `undefined` with a reason where the clone does not hold it.
 */
export async function openBase(inputs: Inputs, context: Context, git: GitFacts | undefined): Promise<{ readonly source?: BaseSource; readonly reason?: string }> {
  const commit = inputs.baseRef === undefined ? context.pullRequest?.baseSha : await resolve(inputs.baseRef, git);
  if (commit === undefined) return inputs.baseRef === undefined ? {} : { reason: `base-ref ${inputs.baseRef} is not a commit or a branch of this clone` };
  if (!git) return { reason: 'there is no clone to read the base from' };
  try {
    return { source: await commitSource(git.commonDir, commit, `${context.owner}/${context.repo}`) };
  } catch (error) {
    if (error instanceof UserError) return { reason: error.message };
    throw error;
  }
}

async function resolve(ref: string, git: GitFacts | undefined): Promise<string | undefined> {
  if (/^[0-9a-f]{40}$/.test(ref)) return ref;
  if (!git) return undefined;
  for (const name of [`refs/remotes/origin/${ref}`, `refs/heads/${ref}`, `refs/tags/${ref}`, ref]) {
    const commit = await git.resolveRef(name);
    if (commit !== undefined) return commit;
  }
  return undefined;
}
