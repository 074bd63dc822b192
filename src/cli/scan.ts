import { realpath } from 'node:fs/promises';
import { completenessOf } from '../completeness/index.ts';
import { completenessSection } from '../knowledge/completeness.ts';
import { loadKnowledgeWith } from '../knowledge/load.ts';
import { findTrust } from '../policy/find.ts';
import { DEFAULT_FAIL_ON, exitCodeOf } from '../policy/index.ts';
import { loadTexts } from '../reporters/text/load-texts.ts';
import { visible } from '../reporters/text/visible.ts';
import { scan } from '../scan.ts';
import { directorySource } from '../source/directory.ts';
import { threadEngine } from '../workers/engine.ts';
import type { ScanFlags } from './flags.ts';
import { parseOutput, reportTime, writeOutputs } from './output.ts';
import { advisoryLookup } from './look-up.ts';
import { loadPolicy, ruleSelector } from './policy.ts';
import { ProgressLine } from './progress.ts';
import { withTimeout } from './timeout.ts';
import { readUserRules } from './user-rules.ts';
import { describeCoverage, StageTimes } from './verbose.ts';

/** `assay scan`. Resolves to the exit code. */
export async function runScan(target: string, flags: ScanFlags): Promise<number> {
  if (/^(?:hf|github|ollama|oci):/.test(target)) return (await import('./audit.ts')).runRemoteScan(target, flags);
  const now = reportTime();
  for (const spec of flags.output ?? []) parseOutput(spec);
  const rules = await readUserRules(flags.rules);
  const knowledge = loadKnowledgeWith(rules);
  const policy = await loadPolicy(await directorySource(target, { gitignore: flags.gitignore }), flags, knowledge);
  const source = await directorySource(target, {
    gitignore: flags.gitignore,
    exclude: [...(flags.exclude ?? []), ...policy.policy.exclude],
  });
  const engine = threadEngine({
    source,
    knowledge,
    hash: flags.hash,
    now: Date.now,
    root: await realpath(target),
    jobs: flags.jobs,
    rules,
  });
  const progress = new ProgressLine(flags.progress && flags.quiet !== true);
  const times = new StageTimes();
  const scanning = scan({
    source,
    knowledge,
    engine,
    now,
    allLibraries: flags.allLibraries === true,
    policy,
    trust: await findTrust(source, policy.policy),
    selectRule: ruleSelector(flags, knowledge),
    ...advisoryLookup(flags, now),
    onProgress: (stage, done, total) => {
      times.enter(stage, Date.now());
      progress.update(stage, done, total);
    },
  });
  const report = await withTimeout(scanning, flags.timeout).finally(() => {
    progress.clear();
    return engine.close();
  });
  times.enter(undefined, Date.now());
  if (flags.verbose === true) for (const line of [...times.lines(), ...describeCoverage(report)]) process.stderr.write(`${line}\n`);
  if (flags.quiet !== true) {
    for (const notice of report.notices ?? []) process.stderr.write(`note: ${visible(notice.source)}: ${visible(notice.message)}\n`);
  }
  const minSeverity = flags.minSeverity ?? policy.policy.minSeverity;
  const minConfidence = flags.minConfidence ?? policy.policy.minConfidence;
  await writeOutputs(report, flags, {
    specVersion: flags.specVersion,
    showSuppressed: flags.showSuppressed === true,
    validate: flags.validate === true,
    texts: loadTexts(knowledge),
    ...(flags.completeness === true
      ? { completeness: completenessOf(report, knowledge.get(completenessSection), policy.policy.declarations) }
      : {}),
    ...(minSeverity === undefined ? {} : { minSeverity }),
    ...(minConfidence === undefined ? {} : { minConfidence }),
  });
  return exitCodeOf(report, flags.failOn ?? policy.policy.failOn ?? DEFAULT_FAIL_ON);
}
