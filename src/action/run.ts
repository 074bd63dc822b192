import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import { findTrust } from '../policy/find.ts';
import { DEFAULT_FAIL_ON, exitCodeOf, type Policy } from '../policy/index.ts';
import { loadTexts } from '../reporters/text/load-texts.ts';
import { scan } from '../scan.ts';
import { directorySource } from '../source/directory.ts';
import { posixRelative, readGit, type GitFacts } from '../source/git.ts';
import type { Source } from '../source/source.ts';
import { sourceWithin } from '../source/within.ts';
import type { Engine } from '../workers/engine.ts';
import { Recall } from '../workers/recall.ts';
import { openBase, type Base } from './base.ts';
import { changesOf } from './changes.ts';
import { headCommitOf } from './head-commit.ts';
import { openHead, withInlineSurvey, type Head } from './head.ts';
import type { Outcome, Run } from './job.ts';
import { chooseBaseline, closeKnown } from './known.ts';
import { choosePolicy, policyChanged } from './choose-policy.ts';
import { publish } from './publish.ts';
import { asWalked } from './same-tree.ts';
import { command } from './workflow.ts';

/** Scans the head, compares it with the base, publishes, and says whether the build fails. Effects come before the verdict. */
export async function runAction(given: Run): Promise<number> {
  const run = await withPullRequest(given);
  const { inputs, context } = run;
  const root = await realpath(context.workspace);
  const folder = posixRelative(
    root,
    await realpath(join(root, inputs.path)).catch(() => Promise.reject(new UserError(`path ${inputs.path} does not exist`))),
  );
  if (folder === '..' || folder.startsWith('../')) throw new UserError(`path ${inputs.path} leads out of the workspace`);
  const git = await readGit(root);
  const headCommit = await headCommitOf(context, git);
  if (context.pullRequest && !headCommit.ofPullRequest)
    run.write(
      command(
        'warning',
        `The check-out does not hold the head of pull request ${context.pullRequest.number} (${context.pullRequest.headSha.slice(0, 12)}): no comment.`,
      ),
    );
  const { base, reason } = await openBase(inputs, context, git, headCommit.commit);
  if (reason !== undefined) run.write(command('warning', `No comparison with the base: ${reason}. All findings count.`));
  const whole = await directorySource(root);
  try {
    const policy = await choosePolicy(run, context.pullRequest?.fork ? base?.committed : whole, folder);
    const head = await openHead(root, context, git, headCommit, [...policy.exclude, ...inputs.exclude]);
    if (!head)
      throw new UserError(
        `the head of pull request ${context.pullRequest?.number ?? 0} is not in this clone; fetch it first: git fetch origin ${headCommit.commit ?? ''}`,
      );
    try {
      const outcome = await judgeRun(run, { root, folder, git, base, whole, policy, head, ofPullRequest: headCommit.ofPullRequest });
      await publish(run, outcome, root);
      return outcome.failed ? 1 : 0;
    } finally {
      await head.close();
    }
  } finally {
    await base?.close();
  }
}

/**
 * A `workflow_run` event does not name the pull request of a fork: it is asked for by its head. Where a newer push
 * is the head by now, that one's run will comment.
 */
async function withPullRequest(run: Run): Promise<Run> {
  const { trigger } = run.context;
  if (!trigger || !run.github) return run;
  try {
    const pullRequest = await (await run.github()).findPullRequest(trigger);
    if (pullRequest) return { ...run, context: { ...run.context, pullRequest } };
    run.write(command('notice', `No open pull request has the head ${trigger.headSha.slice(0, 12)}; nothing is compared or commented.`));
  } catch (error) {
    run.write(
      command(
        'warning',
        `Could not look up the pull request: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}.`,
      ),
    );
  }
  return run;
}

interface Place {
  readonly root: string;
  readonly folder: string;
  readonly git: GitFacts | undefined;
  readonly base: Base | undefined;
  /** The work tree without exclusions. */
  readonly whole: Source;
  readonly policy: Policy;
  readonly head: Head;
  readonly ofPullRequest: boolean;
}

async function judgeRun(run: Run, place: Place): Promise<Outcome> {
  const { root, folder, git, base, whole, policy } = place;
  const { inputs, context, knowledge, now, advisories } = run;
  const texts = loadTexts(knowledge);
  const fork = context.pullRequest?.fork === true;
  const source = sourceWithin(place.head.source, folder);
  const recall = new Recall();
  const engine = place.head.engine(source, knowledge);
  const trust = inputs.verify ? await findTrust(fork && base ? base.committed : whole, policy) : [];
  // The base is scanned with the same policy, keys and advisories: what differs is then the code alone.
  const same = { knowledge, now, trust, policy: { policy }, ...(advisories ? { advisories } : {}) };
  try {
    const unfiltered = await scan({ ...same, source, engine: recall.engine(engine, source), inline: !fork });
    const before = base
      ? await scanBase(
          same,
          sourceWithin(asWalked(await base.source(place.head.source), [...policy.exclude, ...inputs.exclude]), folder),
          engine,
          recall,
        )
      : undefined;
    const known = await chooseBaseline(inputs, before, { workspace: root, git, fork, base: base?.committed });
    const report = known ? closeKnown(unfiltered, known) : unfiltered;
    return {
      head: { ...report, target: { ...report.target, name: `${context.owner}/${context.repo}` } },
      changes: before && base ? changesOf(before, unfiltered, texts, base.commit) : undefined,
      policy,
      policyChanged: !fork && base !== undefined && (await policyChanged(run, whole, base.committed, folder)),
      texts,
      ofPullRequest: place.ofPullRequest,
      failed: exitCodeOf(report, inputs.failOn ?? policy.failOn ?? DEFAULT_FAIL_ON) === 1,
    };
  } finally {
    await engine.close();
  }
}

type Same = Omit<Parameters<typeof scan>[0], 'source' | 'engine'>;

/** Changed source files are parsed by the same threads; weights are read from the object store, which only this thread has. */
const scanBase = (same: Same, source: Source, engine: Engine, recall: Recall): Promise<Report> =>
  scan({ ...same, source, engine: recall.engine(withInlineSurvey(engine, source, same.knowledge), source) });
