import { UserError } from '../core/errors.ts';
import { compare, DIFF_FORMATS, exitCodeOf, readSnapshot, renderDiff, type DiffFormat } from '../diff/index.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { DEFAULT_FAIL_ON } from '../policy/index.ts';
import { loadTexts } from '../reporters/text/load-texts.ts';
import type { OutputFlags } from './flags.ts';
import { parseOutput, printText, terminalOptions, writeText } from './output.ts';
import { readGiven } from './read.ts';

const isDiffFormat = (format: string): format is DiffFormat => (DIFF_FORMATS as readonly string[]).includes(format);

function diffFormat(format: string): DiffFormat {
  if (!isDiffFormat(format)) throw new UserError(`a comparison can be shown as ${DIFF_FORMATS.join(', ')}, not as ${format}`);
  return format;
}

/** `assay diff <old> <new>`: 1 where a new finding is at or above `--fail-on`. */
export async function runDiff(oldPath: string, newPath: string, flags: OutputFlags): Promise<number> {
  const format = diffFormat(flags.format);
  const files = (flags.output ?? []).map(parseOutput).map(({ format: wanted, path }) => ({ format: diffFormat(wanted), path }));
  const texts = loadTexts(loadKnowledge());
  const [before, after] = await Promise.all(
    [oldPath, newPath].map(async (path) => readSnapshot((await readGiven(path)).toString('utf8'), path, texts)),
  );
  if (!before || !after) throw new UserError('two documents are needed');
  const diff = compare(before, after);
  for (const file of files) await writeText(file.path, renderDiff(diff, file.format, {}));
  await printText(renderDiff(diff, format, terminalOptions(flags)));
  return exitCodeOf(diff, flags.failOn ?? DEFAULT_FAIL_ON);
}
