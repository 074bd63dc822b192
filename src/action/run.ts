import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import { compare, type Diff } from '../diff/index.ts';
import { fromReport } from '../diff/from-report.ts';
import { findingsSection } from '../knowledge/findings.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import { findPolicy, findTrust } from '../policy/find.ts';
import { DEFAULT_FAIL_ON, emptyPolicy, exitCodeOf, parseBaseline, type Baseline, type Policy } from '../policy/index.ts';
import { parsePolicy } from '../policy/parse.ts';
import { isOpen } from '../reporters/select.ts';
import { loadTexts } from '../reporters/text/load-texts.ts';
import type { RuleTexts } from '../reporters/text/rule-text.ts';
import { scan } from '../scan.ts';
import { directorySource } from '../source/directory.ts';
import { posixRelative, readGit } from '../source/git.ts';
import type { Source } from '../source/source.ts';
import { sourceWithin } from '../source/within.ts';
import { inlineEngine, threadEngine } from '../workers/engine.ts';
import { Recall } from '../workers/recall.ts';
import { openBase, type BaseSource } from './base.ts';
import type { Context } from './context.ts';
import type { Inputs } from './inputs.ts';
import { publish } from './publish.ts';
import { command } from './workflow.ts';

export interface Run {
  readonly inputs: Inputs;
  readonly context: Context;
  readonly knowledge: Knowledge;
  readonly now: Date;
  /** Writes to the step's log. */
  readonly write: (text: string) => void;
  readText(path: string): Promise<string>;
}

export interface Outcome {
  readonly head: Report;
  readonly diff: Diff | undefined;
  readonly texts: RuleTexts;
  readonly failed: boolean;
}

/** Scans the head, compares it with the base, publishes, and says whether the build fails. Effects come before the verdict. */
export async function runAction(run: Run): Promise<number> {
  const { inputs, context } = run;
  const root = await realpath(context.workspace);
  const folder = posixRelative(root, await realpath(join(root, inputs.path)).catch(() => Promise.reject(new UserError(`path ${inputs.path} does not exist`))));
  if (folder.startsWith('..')) throw new UserError(`path ${inputs.path} leads out of the workspace`);
  const base = await openBase(inputs, context, await readGit(root));
  if (base.reason !== undefined) run.write(command('warning', `No comparison with the base: ${base.reason}. All findings count.`));
  try {
    const outcome = await judgeRun(run, root, folder, base.source);
    await publish(run, outcome);
    return outcome.failed ? 1 : 0;
  } finally {
    await base.source?.close();
  }
}

async function judgeRun(run: Run, root: string, folder: string, base: BaseSource | undefined): Promise<Outcome> {
  const { inputs, context, knowledge, now } = run;
  const texts = loadTexts(knowledge);
  const fork = context.pullRequest?.fork === true;
  const whole = await directorySource(root);
  const policy = await choosePolicy(run, fork ? base : whole, folder);
  const head: Source = sourceWithin(await directorySource(root, { exclude: [...policy.exclude, ...inputs.exclude] }), folder);
  const recall = new Recall();
  const engine = recall.engine(threadEngine({ source: head, knowledge, hash: true, now: Date.now, root }), head);
  const trust = inputs.verify ? await findTrust(fork && base ? base : whole, policy) : [];
  try {
    // The base is scanned with the same policy: what differs is then the code alone.
    const headScan = scan({ source: head, knowledge, engine, now, trust, policy: { policy }, inline: !fork });
    const unfiltered = await headScan;
    const before = base ? await scanBase(run, base, folder, policy, recall) : undefined;
    const baseline = await chooseBaseline(inputs, before, run);
    const report = baseline ? closeKnown(unfiltered, baseline) : unfiltered;
    const diff = before ? compare(fromReport(before, texts), fromReport(unfiltered, texts)) : undefined;
    const failed = exitCodeOf(report, inputs.failOn ?? policy.failOn ?? DEFAULT_FAIL_ON) === 1;
    return { head: { ...report, target: { ...report.target, name: `${context.owner}/${context.repo}` } }, diff, texts, failed };
  } finally {
    await engine.close();
  }
}

/** On a pull request from a fork the configuration is the base's: a stranger must not decide how a stranger's change is judged. */
async function choosePolicy(run: Run, source: Source | undefined, folder: string): Promise<Policy> {
  const { has } = run.knowledge.get(findingsSection);
  if (!source) {
    run.write(command('warning', 'The configuration of a fork is not trusted, and the base could not be read: the defaults are used.'));
    return emptyPolicy;
  }
  const named = run.inputs.config;
  if (named === undefined) return findPolicy(source, has, folder);
  const reader = await source.open(named).catch(() => undefined);
  if (!reader) throw new UserError(`config ${named} does not exist${run.context.pullRequest?.fork === true ? ' in the base of this pull request' : ''}`);
  const text = Buffer.from(await reader.read(0, reader.size)).toString('utf8');
  await reader.close?.();
  return parsePolicy(text, named, has);
}

async function scanBase({ knowledge, now }: Run, base: BaseSource, folder: string, policy: Policy, recall: Recall): Promise<Report> {
  const source = sourceWithin(base, folder);
  const engine = recall.engine(inlineEngine({ source, knowledge, hash: true, now: Date.now }), source);
  return scan({ source, knowledge, engine, now, policy: { policy }, inline: true });
}

async function chooseBaseline(inputs: Inputs, before: Report | undefined, run: Run): Promise<Baseline | undefined> {
  if (inputs.baseline !== undefined) return parseBaseline(await run.readText(inputs.baseline), inputs.baseline);
  if (!before) return undefined;
  return { source: `base ${before.target.commit?.slice(0, 12) ?? ''}`.trim(), fingerprints: new Set(before.findings.filter(isOpen).map((finding) => finding.fingerprint)) };
}

/** Findings that the base has are marked, never removed: they stay in every output. */
function closeKnown(report: Report, baseline: Baseline): Report {
  return {
    ...report,
    findings: report.findings.map((finding) =>
      finding.status === 'open' && baseline.fingerprints.has(finding.fingerprint)
        ? { ...finding, status: 'baselined', suppression: { kind: 'baseline', reason: 'already in the base', source: baseline.source } }
        : finding,
    ),
  };
}
