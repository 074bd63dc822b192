import type { ManifestReader } from '../reader.ts';
import { installs, mentionsInstall } from './commands.ts';

/** RUN instructions with their first line: continued lines and here-documents belong to them. */
function* instructions(text: string): Generator<{ script: string; line: number }> {
  const rows = text.split(/\r?\n/);
  for (let index = 0; index < rows.length; index += 1) {
    const opening = /^\s*(?:ONBUILD\s+)?RUN\s+(.*)$/i.exec(rows[index] as string);
    if (!opening) continue;
    const line = index + 1;
    const parts = [opening[1] as string];
    const marker = /<<-?\s*["']?(\w+)["']?/.exec(parts[0] as string)?.[1];
    if (marker) {
      parts[0] = (parts[0] as string).replace(/<<-?\s*["']?\w+["']?/, '');
      while (index + 1 < rows.length && (rows[index + 1] as string).trim() !== marker) parts.push(rows[(index += 1)] as string);
    } else {
      const open = (row: string | undefined): boolean => row !== undefined && (row.trimEnd().endsWith('\\') || /^\s*#/.test(row));
      while (open(rows[index]) && index + 1 < rows.length) parts.push(rows[(index += 1)] as string);
    }
    yield { script: parts.map((part) => (/\\\s+$/.test(part) ? part.trimEnd() : part)).join('\n'), line };
  }
}

/** `RUN ["pip", "install", "x"]`: words, not a shell line. */
function execForm(script: string): string {
  if (!/^\s*\[/.test(script)) return script;
  try {
    const words: unknown = JSON.parse(script);
    if (Array.isArray(words)) return words.map((word) => `'${String(word).replaceAll("'", String.raw`'\''`)}'`).join(' ');
  } catch {
    // Not JSON: Docker itself falls back to the shell form.
  }
  return script;
}

/** The scripts of RUN instructions, each with its first line. */
export const runScripts = (text: string): { readonly script: string; readonly line: number }[] =>
  [...instructions(text)].map(({ script, line }) => ({ script: execForm(script), line }));

/** Dockerfile, Containerfile and their named variants. https://docs.docker.com/reference/dockerfile/ */
export const dockerfileReader: ManifestReader = {
  id: 'dockerfile',
  matches: (_path, name) =>
    /^(?:.*[-_.])?(?:dockerfile|containerfile)(?:[-_.].*)?$/i.test(name) && !/\.(?:md|txt|ya?ml|json|dockerignore)$/i.test(name),
  prefilter: mentionsInstall,
  read: (text) => ({
    reader: 'dockerfile',
    requirements: runScripts(text).flatMap(({ script, line }) => installs(script, line, 'runtime')),
  }),
};
