import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadRenderer } from '../reporters/index.ts';
import type { RenderOptions } from '../reporters/reporter.ts';
import { isOpen, worstFirst } from '../reporters/select.ts';
import { markerOf, renderComment } from './comment.ts';
import { createGitHub, statusOf, type GitHub } from './github.ts';
import { highestSeverity } from './highest.ts';
import type { Outcome, Run } from './run.ts';
import { dependencySnapshot } from './snapshot.ts';
import { command, mask, writeOutputs, writeSummary } from './workflow.ts';

/** GitHub shows ten annotations of a step; the worst are worth more than the first. */
const MAX_ANNOTATIONS = 10;

/** Files, outputs, summary, annotations, comment, SARIF, dependencies, in this order: what cannot fail comes first. */
export async function publish(run: Run, outcome: Outcome): Promise<void> {
  const { inputs, context, write } = run;
  const { head, texts } = outcome;
  const options: RenderOptions = { texts, ...(inputs.minSeverity === undefined ? {} : { minSeverity: inputs.minSeverity }) };
  const render = async (format: Parameters<typeof loadRenderer>[0]): Promise<string> => (await loadRenderer(format))(head, options);

  const paths: Record<string, string> = {};
  for (const [name, format, path] of [
    ['bom-path', 'cyclonedx', inputs.bomFile],
    ['sarif-path', 'sarif', inputs.sarifFile],
    ['report-path', 'json', inputs.reportFile],
  ] as const) {
    if (path === undefined) continue;
    const full = join(context.workspace, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, await render(format));
    paths[name] = path;
  }
  const open = head.findings.filter(isOpen);
  writeOutputs(context.outputFile, {
    outcome: outcome.failed ? 'failed' : 'passed',
    findings: String(head.findings.length),
    'new-findings': String(open.length),
    'highest-severity': highestSeverity(head),
    components: String(head.components.length),
    ...paths,
  });
  if (inputs.summary) writeSummary(context.summaryFile, `${await render('markdown')}\n`);
  if (inputs.annotations) {
    const worst = { ...head, findings: worstFirst(open).slice(0, MAX_ANNOTATIONS) };
    write(await (await loadRenderer('github'))(worst, options));
  }
  write(`${open.length} open findings (highest: ${highestSeverity(head)}), ${head.components.length} AI components\n`);

  if (inputs.token === undefined) return;
  write(mask(inputs.token));
  const github = createGitHub(context, inputs.token, (message) => write(command('warning', message)));
  await attempt(write, 'comment on the pull request', () => comment(run, outcome, github));
  if (inputs.uploadSarif) await attempt(write, 'upload SARIF', async () => github.uploadSarif(await render('sarif')));
  if (inputs.submitDependencies) {
    await attempt(write, 'submit dependencies', () => github.submitDependencies(dependencySnapshot(head, context, `${context.serverUrl}/${context.owner}/${context.repo}`)));
  }
}

/** A token that may not do it (a fork's, or one without the permission) costs one warning, never the build. */
async function attempt(write: Run['write'], what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const status = statusOf(error);
    const why = status === 403 || status === 404 || status === 401 ? `the token has no permission for it (${status})` : `${status ?? ''} ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`.trim();
    write(command('warning', `Could not ${what}: ${why}.`));
  }
}

/** Updated in place, also when everything is fixed; created on success only where the workflow asks for it. */
async function comment({ inputs, context }: Run, outcome: Outcome, github: GitHub): Promise<void> {
  const { pullRequest } = context;
  if (!pullRequest || inputs.comment === 'never') return;
  const body = renderComment({ head: outcome.head, diff: outcome.diff, context, texts: outcome.texts, path: inputs.path });
  const existing = await github.findComment(pullRequest.number, markerOf(inputs.path));
  if (existing) {
    if (existing.body !== body) await github.updateComment(existing.id, body);
  } else if (outcome.failed || inputs.comment === 'always') await github.createComment(pullRequest.number, body);
}
