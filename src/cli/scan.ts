import { realpath } from 'node:fs/promises';
import { loadKnowledge } from '../knowledge/load.ts';
import { scan } from '../scan.ts';
import { directorySource } from '../source/directory.ts';
import { threadEngine } from '../workers/engine.ts';
import type { ScanFlags } from './flags.ts';
import { parseOutput, reportTime, writeOutputs } from './output.ts';
import { ProgressLine } from './progress.ts';

/** `assay scan`. Resolves to the exit code. */
export async function runScan(target: string, flags: ScanFlags): Promise<number> {
  const now = reportTime();
  for (const spec of flags.output ?? []) parseOutput(spec);
  const source = await directorySource(target, { gitignore: flags.gitignore, exclude: flags.exclude ?? [] });
  const knowledge = loadKnowledge();
  const engine = threadEngine({ source, knowledge, hash: flags.hash, now: Date.now, root: await realpath(target), jobs: flags.jobs });
  const progress = new ProgressLine(flags.progress && flags.quiet !== true);
  const report = await scan({
    source,
    knowledge,
    engine,
    now,
    allLibraries: flags.allLibraries === true,
    onProgress: (stage, done, total) => progress.update(stage, done, total),
  }).finally(() => {
    progress.clear();
    return engine.close();
  });
  await writeOutputs(report, flags, {
    specVersion: flags.specVersion,
    showSuppressed: flags.showSuppressed === true,
    validate: flags.validate === true,
    ...(flags.minSeverity === undefined ? {} : { minSeverity: flags.minSeverity }),
    ...(flags.minConfidence === undefined ? {} : { minConfidence: flags.minConfidence }),
  });
  return 0;
}
