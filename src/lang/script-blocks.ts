import type { Frontend } from './frontend.ts';
import { javascript, tsx, typescript } from './javascript.ts';

const BLOCK = /<script\b([^>]*)>([\s\S]*?)<\/script\s*>/gi;
/** Script blocks of one component: plain and setup, module and instance. */
const MAX_BLOCKS = 8;

/** The scripts of a Vue, Svelte or Astro component, with everything else blanked so that places stay. */
export function scriptBlocks(text: string): { readonly text: string; readonly frontend: Frontend } | undefined {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, ' ');
  let result = '';
  let at = 0;
  let count = 0;
  let frontend = javascript;
  const front = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text);
  if (front?.[1] !== undefined) {
    result = `   ${text.slice(3, 3 + (front[0].length - 6))}   `;
    at = front[0].length;
    frontend = typescript;
    count++;
  }
  for (const match of text.matchAll(BLOCK)) {
    if (++count > MAX_BLOCKS) break;
    const [whole, attributes = '', body = ''] = match;
    if (match.index < at || /\bsrc\s*=|type\s*=\s*["'](?!module|text\/(?:java|type)script)/i.test(attributes)) continue;
    if (/lang\s*=\s*["']?(?:ts|typescript)\b/i.test(attributes)) frontend = typescript;
    else if (/lang\s*=\s*["']?tsx\b/i.test(attributes)) frontend = tsx;
    const start = match.index + whole.indexOf('>') + 1;
    result += blank(text.slice(at, start)) + body;
    at = start + body.length;
  }
  return count === 0 ? undefined : { text: result, frontend };
}
