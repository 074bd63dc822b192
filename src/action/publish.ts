import type { Report } from '../core/report.ts';
import { loadRenderer } from '../reporters/index.ts';
import type { RenderOptions } from '../reporters/reporter.ts';
import { aboveFloors, isOpen, worstFirst } from '../reporters/select.ts';
import { count } from '../reporters/text/words.ts';
import { markerOf, renderComment, type CommentInput } from './comment.ts';
import type { Context } from './context.ts';
import { writeReport } from './files.ts';
import type { Analysis, GitHub } from './github.ts';
import { highestSeverity } from './highest.ts';
import type { Outcome, Run } from './job.ts';
import { dependencySnapshot } from './snapshot.ts';
import { statusOf } from './status.ts';
import { command, MAX_SUMMARY, writeOutputs, writeSummary } from './workflow.ts';

/** GitHub shows ten annotations of a step; the worst are worth more than the first. */
const MAX_ANNOTATIONS = 10;

/** Files, outputs, summary, annotations, comment, SARIF, dependencies, in this order: what cannot fail comes first. `root` is the real path of the workspace. */
export async function publish(run: Run, outcome: Outcome, root: string): Promise<void> {
  const { inputs, context, write } = run;
  const { head, texts, policy } = outcome;
  const minSeverity = inputs.minSeverity ?? policy.minSeverity;
  const { minConfidence } = policy;
  const options: RenderOptions = {
    texts,
    ...(minSeverity === undefined ? {} : { minSeverity }),
    ...(minConfidence === undefined ? {} : { minConfidence }),
  };
  const render = async (format: Parameters<typeof loadRenderer>[0], more: RenderOptions = {}): Promise<string> =>
    (await loadRenderer(format))(head, { ...options, ...more });

  const paths: Record<string, string> = {};
  for (const [name, format, path] of [
    ['bom-path', 'cyclonedx', inputs.bomFile],
    ['sarif-path', 'sarif', inputs.sarifFile],
    ['report-path', 'json', inputs.reportFile],
  ] as const) {
    if (path === undefined) continue;
    await writeReport(root, path, await render(format));
    paths[name] = path;
  }
  const open = head.findings.filter(isOpen);
  const highest = highestSeverity(head);
  writeOutputs(context.outputFile, {
    outcome: outcome.failed ? 'failed' : 'passed',
    findings: String(head.findings.length),
    'new-findings': String(open.length),
    'highest-severity': highest,
    components: String(head.components.length),
    ...paths,
  });
  const page: CommentInput = {
    head: aboveFloors(head, options),
    changes: outcome.changes,
    policyChanged: outcome.policyChanged,
    context,
    texts,
    path: inputs.path,
  };
  if (inputs.summary) await summarise(context, page, render);
  if (inputs.annotations) {
    const worst = { ...head, findings: worstFirst(open).slice(0, MAX_ANNOTATIONS) };
    write(await (await loadRenderer('github'))(worst, options));
  }
  for (const { code, source, message } of head.notices ?? [])
    if (code === 'waiver-expired') write(command('notice', `${source}: ${message}`));
  write(
    `Assay: ${count(open.length, outcome.changes ? 'new open finding' : 'open finding')} (highest: ${highest}), ${count(head.components.length, 'AI component')}.\n`,
  );

  if (run.github === undefined) return;
  const load = run.github;
  const attempt = (what: string, work: (github: GitHub) => Promise<void>): Promise<void> =>
    bestEffort(write, what, async () => work(await load()));
  if (outcome.ofPullRequest && inputs.comment !== 'never')
    await attempt('comment on the pull request', (github) => comment(run, page, outcome, github));
  if (inputs.uploadSarif)
    await attempt('upload SARIF', async (github) => github.uploadSarif(await render('sarif'), analysisOf(context, head)));
  if (inputs.submitDependencies) {
    await attempt('submit dependencies', (github) =>
      github.submitDependencies(dependencySnapshot(head, context, analysisOf(context, head).ref, inputs.path)),
    );
  }
}

/** On a pull request what it changes comes first. GitHub refuses a summary that is too long as a whole. */
async function summarise(
  context: Context,
  page: CommentInput,
  render: (format: 'markdown', more: RenderOptions) => Promise<string>,
): Promise<void> {
  const change = page.changes ? `${renderComment(page).split('\n').slice(1).join('\n')}\n\n` : '';
  const fold = (text: string): string =>
    change === '' ? text : `<details>\n<summary>The whole repository</summary>\n\n${text}\n</details>`;
  for (let maxLength = 900_000; maxLength > 10_000; maxLength /= 2) {
    const text = `${change}${fold(await render('markdown', { maxLength: Math.floor(maxLength) }))}\n`;
    if (Buffer.byteLength(text) > MAX_SUMMARY) continue;
    writeSummary(context.summaryFile, text);
    return;
  }
}

/**
 * Code scanning wants the commit that was checked out: of a pull request the merge commit, or its head.
 * Anything else would show findings on lines that are not there.
 */
function analysisOf(context: Context, { target }: Report): Analysis {
  const { pullRequest, sha, ref } = context;
  const commit = target.commit ?? sha;
  return pullRequest && commit === pullRequest.headSha && commit !== sha
    ? { commit, ref: `refs/pull/${pullRequest.number}/head` }
    : { commit, ref };
}

/** A token that may not do it (a fork's, or one without the permission) costs one warning, never the build. */
async function bestEffort(write: Run['write'], what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const status = statusOf(error);
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const limited = /rate limit/i.test(message) || status === 429;
    const denied = !limited && (status === 401 || status === 403 || status === 404);
    write(
      command(
        'warning',
        `Could not ${what}: ${denied ? `the token has no permission for it (${status})` : `${status === undefined ? '' : `${status} `}${message}`}.`,
      ),
    );
  }
}

/** Updated in place, also when everything is fixed; created on success only where the workflow asks for it. */
async function comment({ inputs, context }: Run, page: CommentInput, outcome: Outcome, github: GitHub): Promise<void> {
  const { pullRequest } = context;
  if (!pullRequest) return;
  const marker = markerOf(inputs.path);
  const body = renderComment(page);
  const existing = await github.findComment(pullRequest.number, marker);
  if (existing) {
    if (existing.body !== body) await github.updateComment(existing.id, body);
  } else if (outcome.failed || inputs.comment === 'always') await github.createComment(pullRequest.number, body, marker);
}
