import type { Finding } from '../core/finding.ts';
import { decodeText, MAX_TEXT_FILE } from '../crawlers/text.ts';
import type { Source } from '../source/source.ts';
import { inlineIgnores, type InlineIgnore } from './inline.ts';

/** Inline ignores of the text files that have findings; no other file is read for them. */
export async function readInlineIgnores(source: Source, findings: readonly Finding[]): Promise<InlineIgnore[]> {
  const paths = new Set(findings.flatMap(({ location }) => (location.line === undefined ? [] : [location.path])));
  const ignores: InlineIgnore[] = [];
  for (const path of paths) {
    const text = await readText(source, path).catch(() => undefined);
    if (text !== undefined) ignores.push(...inlineIgnores(text, path));
  }
  return ignores;
}

async function readText(source: Source, path: string): Promise<string | undefined> {
  const reader = await source.open(path);
  try {
    return reader.size > MAX_TEXT_FILE ? undefined : decodeText(Buffer.from(await reader.read(0, reader.size)));
  } finally {
    await reader.close?.();
  }
}
