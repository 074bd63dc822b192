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
  if (format === undefined)
    throw new UserError(`--output ${spec}: the name does not tell the format; write it as format=file, for example json=${spec}`);
  return { format, path: spec };
}

/** Width and colours of the terminal, as far as the user left them open. */
export function terminalOptions(flags: Pick<OutputFlags, 'color'>): { color: boolean; width: number } {
  const { env, stdout } = process;
  const color =
    flags.color === 'always' ||
    (flags.color === 'auto' &&
      env['NO_COLOR'] === undefined &&
      (env['FORCE_COLOR'] !== undefined || (stdout.isTTY === true && env['TERM'] !== 'dumb')));
  return { color, width: stdout.columns ?? 80 };
}

/** Renders a format in a command's own way; `undefined` leaves it to the report's reporter. */
export type OwnRender = (format: FormatId) => string | undefined;

/** Writes the files of `--output`. Files never get colours. */
export async function writeFiles(
  report: Report,
  flags: OutputFlags,
  options: Omit<RenderOptions, 'color' | 'width'>,
  own?: OwnRender,
): Promise<void> {
  for (const { format, path } of (flags.output ?? []).map(parseOutput)) {
    await writeText(path, own?.(format) ?? (await (await loadRenderer(format))(report, options)));
  }
}

/** @throws UserError where the file cannot be written. */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** On stdout, with a line end; resolves when it is written. */
export const printText = (text: string): Promise<void> =>
  new Promise((resolve) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, () => resolve()));

/** Prints `--format` on stdout, or `text` where the command has rendered it itself. */
export async function printReport(
  report: Report,
  flags: OutputFlags,
  options: Omit<RenderOptions, 'color' | 'width'>,
  text?: string,
): Promise<void> {
  if (!isFormat(flags.format)) throw new UserError(`unknown format ${flags.format}`);
  await printText(text ?? (await (await loadRenderer(flags.format))(report, { ...options, ...terminalOptions(flags) })));
}

/** Files first, then stdout: a closed pipe must not cost the files. */
export async function writeOutputs(report: Report, flags: OutputFlags, options: Omit<RenderOptions, 'color' | 'width'>): Promise<void> {
  await writeFiles(report, flags, options);
  await printReport(report, flags, options);
}

/** Time of the report: `SOURCE_DATE_EPOCH` makes two runs equal. */
export function reportTime(): Date {
  const epoch = process.env['SOURCE_DATE_EPOCH'];
  if (epoch === undefined) return new Date();
  if (!/^\d{1,12}$/.test(epoch)) throw new UserError(`SOURCE_DATE_EPOCH is not a number of seconds: ${JSON.stringify(epoch)}`);
  return new Date(Number(epoch) * 1000);
}
