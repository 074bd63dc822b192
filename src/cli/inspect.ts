import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { mapLimit } from '../core/async.ts';
import { UserError } from '../core/errors.ts';
import type { SkippedFile } from '../core/report.ts';
import { failedSurvey, type Surveyed } from '../crawlers/artifacts/survey.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { inspectionReport } from '../inspect.ts';
import { renderInspectionJson } from '../reporters/inspect/json.ts';
import { renderInspectionTable } from '../reporters/inspect/table.ts';
import { loadTexts } from '../reporters/text/load-texts.ts';
import { DEFAULT_FAIL_ON, exitCodeOf } from '../policy/gate.ts';
import { directorySource, fileReader } from '../source/directory.ts';
import type { Source } from '../source/source.ts';
import { threadEngine } from '../workers/engine.ts';
import type { InspectFlags } from './flags.ts';
import { parseOutput, printReport, reportTime, terminalOptions, writeFiles } from './output.ts';
import { ProgressLine } from './progress.ts';

interface Opened {
  readonly source: Source;
  readonly root: string;
  readonly paths: readonly string[];
  /** What lies there and cannot be read. */
  readonly skipped: readonly SkippedFile[];
  /** Put before the paths, so that two directories do not mix. */
  readonly prefix: string;
}

async function openTarget(path: string, several: boolean): Promise<Opened> {
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(error.code === 'ENOENT' ? `no such file or directory: ${path}` : `cannot open ${path}: ${error.code}`);
  });
  const info = await stat(real);
  if (info.isDirectory()) {
    const source = await directorySource(real, { gitignore: false });
    const { entries, skipped } = await source.list();
    return { source, root: real, paths: entries.map((entry) => entry.path), skipped, prefix: several ? `${basename(real)}/` : '' };
  }
  if (!info.isFile()) throw new UserError(`not a file or directory: ${path}`);
  const root = dirname(real);
  const name = basename(real);
  const source: Source = {
    target: { name, type: 'file' },
    list: () => Promise.resolve({ entries: [{ path: name, size: info.size }], skipped: [] }),
    open: () => fileReader(real),
  };
  return { source, root, paths: [name], skipped: [], prefix: '' };
}

/** What is not read may be a model: it is listed, and never as clean. */
const reasonOf = ({ reason, detail }: SkippedFile): string =>
  detail === undefined ? reason : reason === 'unreadable' ? detail : `${reason}, ${detail}`;

/** `assay inspect`: every file, whatever its extension. */
export async function runInspect(targets: readonly string[], flags: InspectFlags): Promise<number> {
  const now = reportTime();
  for (const spec of flags.output ?? []) parseOutput(spec);
  const knowledge = loadKnowledge();
  const progress = new ProgressLine(flags.progress && flags.quiet !== true);
  const surveyed: Surveyed[] = [];
  for (const target of targets) {
    const opened = await openTarget(target, targets.length > 1);
    const engine = threadEngine({
      source: opened.source,
      knowledge,
      hash: flags.hash,
      now: Date.now,
      root: opened.root,
      jobs: flags.jobs,
      small: opened.paths.length < 20,
    });
    const placed = (result: Surveyed): Surveyed =>
      opened.prefix === '' ? result : { ...result, report: { ...result.report, path: opened.prefix + result.report.path } };
    let done = 0;
    const results = await mapLimit(opened.paths, engine.concurrency, async (path) => {
      const result = await engine
        .survey(path)
        .catch((error: unknown) => failedSurvey({ path, size: 0 }, error instanceof Error ? error.message : String(error)));
      progress.update('inspect', ++done, opened.paths.length);
      return placed(result);
    }).finally(() => engine.close());
    surveyed.push(...results, ...opened.skipped.map((file) => placed(failedSurvey({ path: file.path, size: 0 }, reasonOf(file)))));
  }
  progress.clear();
  const report = inspectionReport(surveyed, {
    name: targets.length === 1 ? basename(targets[0] ?? '') : `${targets.length} targets`,
    knowledge,
    now,
  });
  const texts = loadTexts(knowledge);
  const options = {
    texts,
    ...(flags.minSeverity ? { minSeverity: flags.minSeverity } : {}),
    ...(flags.minConfidence ? { minConfidence: flags.minConfidence } : {}),
  };
  const render = (format: string): string | undefined => {
    if (format === 'json') return renderInspectionJson(surveyed, texts);
    return undefined;
  };
  await writeFiles(report, flags, options, render);
  const shown = flags.format === 'table' ? renderInspectionTable(surveyed, texts, terminalOptions(flags)) : render(flags.format);
  await printReport(report, flags, options, shown);
  return exitCodeOf(report, flags.failOn ?? DEFAULT_FAIL_ON);
}
