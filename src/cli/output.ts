import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import { formatOfFile, isFormat, loadRenderer, type FormatId } from '../reporters/index.ts';
import type { RenderOptions } from '../reporters/reporter.ts';
import type { OutputFlags } from './flags.ts';

interface OutputFile {
  readonly format: FormatId;
  readonly path: string;
}

/**
 * `format=file`, or a file whose name tells the format.
 * @throws UserError where neither does. Called before the scan, so that a slip costs nothing.
 */
export function parseOutput(spec: string): OutputFile {
  const at = spec.indexOf('=');
  const prefix = at > 0 ? spec.slice(0, at) : undefined;
  if (prefix !== undefined && isFormat(prefix)) {
    const path = spec.slice(at + 1);
    if (path === '') throw new UserError(`--output ${spec}: no file after "="`);
    return { format: prefix, path };
  }
  const format = formatOfFile(spec);
  if (format === undefined) throw new UserError(`--output ${spec}: the name does not tell the format; write it as format=file, for example json=${spec}`);
  return { format, path: spec };
}

/** Width and colours of the terminal, as far as the user left them open. */
export function terminalOptions(flags: Pick<OutputFlags, 'color'>): { color: boolean; width: number } {
  const { env, stdout } = process;
  const color =
    flags.color === 'always' ||
    (flags.color === 'auto' && env['NO_COLOR'] === undefined && (env['FORCE_COLOR'] !== undefined || (stdout.isTTY === true && env['TERM'] !== 'dumb')));
  return { color, width: stdout.columns ?? 80 };
}

/** Writes the files of `--output`, then prints `--format` on stdout. Files never get colours. */
export async function writeOutputs(report: Report, flags: OutputFlags, options: Omit<RenderOptions, 'color' | 'width'>): Promise<void> {
  for (const { format, path } of (flags.output ?? []).map(parseOutput)) {
    const render = await loadRenderer(format);
    const text = await render(report, options);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text).catch((error: NodeJS.ErrnoException) => {
      throw new UserError(`cannot write ${path}: ${error.code}`);
    });
  }
  const render = await loadRenderer(flags.format as FormatId);
  const text = await render(report, { ...options, ...terminalOptions(flags) });
  await new Promise<void>((resolve) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, () => resolve()));
}

/** Time of the report: `SOURCE_DATE_EPOCH` makes two runs equal. */
export function reportTime(): Date {
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  if (epoch === undefined) return new Date();
  if (!/^\d{1,12}$/.test(epoch)) throw new UserError(`SOURCE_DATE_EPOCH is not a number of seconds: ${JSON.stringify(epoch)}`);
  return new Date(Number(epoch) * 1000);
}
