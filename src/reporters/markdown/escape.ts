import type { MessagePart } from '../text/message.ts';
import { visible } from '../text/visible.ts';

/**
 * Untrusted text as a code span: nothing in it is Markdown, HTML, a mention or a link. The fence is longer
 * than any run of backticks inside (CommonMark 6.1).
 */
export function code(text: string): string {
  const shown = visible(text);
  if (shown.trim() === '') return '`\u00A0`';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || /^\s|\s$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Our own prose as plain text: every ASCII punctuation mark that may start markup is escaped. */
export const plain = (text: string): string => visible(text).replaceAll(/[\\`*_{}[\]<>#~@!&]/g, String.raw`\$&`);

export const parts = (all: readonly MessagePart[]): string =>
  all.map(({ kind, text }) => (kind === 'text' ? plain(text) : code(text))).join('');

/** A row of a table: `|` would end a cell even inside code (GFM 4.10). */
export const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;

/** A link whose target we made ourselves. Parentheses are percent-encoded by `pathUri`. */
export const link = (label: string, url: string | undefined): string => (url === undefined ? label : `[${label}](${url})`);
