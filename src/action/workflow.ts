import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { visible } from '../reporters/text/visible.ts';

/** Escapes of workflow commands. Lines are kept by the runner's own escape; `visible` takes out every other break, so that no text can begin a command. */
const escapeData = (text: string): string =>
  text
    .split('\n')
    .map((line) => visible(line).replaceAll('%', '%25'))
    .join('%0A');

export const command = (name: 'error' | 'warning' | 'notice', message: string): string => `::${name}::${escapeData(message)}\n`;

export const mask = (secret: string): string =>
  `::add-mask::${secret.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}\n`;

/** GitHub rejects a summary of more than 1 MiB as a whole. */
export const MAX_SUMMARY = 1024 * 1024;

/** Step outputs, in the form that no value can break out of: a delimiter that nobody can guess. */
export function writeOutputs(file: string | undefined, values: Readonly<Record<string, string>>): void {
  if (file === undefined) return;
  for (const [name, value] of Object.entries(values)) {
    const delimiter = `assay_${randomUUID()}`;
    appendFileSync(file, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
  }
}

export function writeSummary(file: string | undefined, markdown: string): boolean {
  if (file === undefined || Buffer.byteLength(markdown) > MAX_SUMMARY) return false;
  appendFileSync(file, markdown);
  return true;
}
