import type { Assignment } from './lines.ts';
import { MAX_NODES, MAX_VALUE } from './node.ts';

/** `CHAT_MODEL[config=Release] = gpt-4o // comment` of a build configuration. */
const SETTING = /^\s*([A-Z][A-Z0-9_]*)(?:\[[^\]\n]{1,80}\])?\s*=\s*(.*)$/;
/** `<key>ChatModel</key><string>gpt-4o</string>` of a property list, without the keys of the system. */
const ENTRY = /<key>(?!(?:CF|NS|UI|LS|IB|DT|BG|SK|kC)[A-Z])([A-Za-z]\w{0,99})<\/key>\s{0,200}<string>([^<\n]{1,500})<\/string>/g;

/** Build settings and property lists of Xcode: a program reads both by the same name. What other settings make up stays out. */
export function readXcode(text: string): Assignment[] {
  const found = text.includes('<plist') ? entries(text) : settings(text);
  return found.filter(({ value }) => value !== '' && !value.includes('$('));
}

function settings(text: string): Assignment[] {
  return text.split(/\r?\n/).flatMap((row, index): Assignment[] => {
    const match = index < MAX_NODES ? SETTING.exec(row.slice(0, MAX_VALUE)) : null;
    if (match?.[1] === undefined) return [];
    // `https:/$()/api.example.com`: two slashes begin a comment.
    const value = (match[2] ?? '').replaceAll('/$()/', '//').replace(/(?<!:)\/\/.*$/, '');
    return [{ name: match[1], value: value.trim().replace(/^"(.*)"$/, '$1'), line: index + 1 }];
  });
}

function entries(text: string): Assignment[] {
  const found: Assignment[] = [];
  let at = 0;
  let line = 1;
  for (const match of text.matchAll(ENTRY)) {
    if (found.length >= MAX_NODES) break;
    const [, name = '', value = ''] = match;
    line += text.slice(at, match.index).split('\n').length - 1;
    at = match.index;
    found.push({ name, value: value.trim(), line: line + (match[0].split('\n').length - 1) });
  }
  return found;
}
