/**
 * Characters that act on what shows them or that a reader cannot see: controls (terminal escapes),
 * format characters (bidirectional controls of CVE-2021-42574, zero-width and tag characters), line and
 * paragraph separators, lone surrogates, and what Unicode draws as nothing (fillers, variation selectors).
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t` };

/** Text from a scanned file, made safe to print on one line anywhere: what acts or hides becomes `\u{…}`. */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (char) => NAMED[char] ?? String.raw`\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);

/** As `visible`, and at most `limit` UTF-16 units, with `…` at the cut. */
export function clip(text: string, limit: number): string {
  const shown = visible(text.length > limit ? text.slice(0, limit + 1) : text);
  return shown.length <= limit ? shown : `${shown.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
