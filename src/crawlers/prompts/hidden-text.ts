/** Text in instruction files that a reader does not see and a model does. */
export interface HiddenText {
  readonly kind: 'tag-characters' | 'bidi' | 'zero-width' | 'variation-selectors' | 'html-comment';
  readonly count: number;
  /** 1-based, of the first one. */
  readonly line: number;
}

/** Emoji flags of regions are a black flag, tag characters, and an end mark. */
const FLAG = /\u{1F3F4}[\u{E0020}-\u{E007E}]{1,8}\u{E007F}/gu;
const TAGS = /[\u{E0000}-\u{E007F}]/gu;
const BIDI = /[\u202A-\u202E\u2066-\u2069]/gu;
/** Joiners are left out: emoji and several scripts need them. */
const ZERO_WIDTH = /[\u200B\u2060-\u2064\u180E]|(?!^)\uFEFF/gu;
/** One selector styles a character; a run carries bytes. */
const SELECTORS = /[\u{E0100}-\u{E01EF}]{2,}/gu;
const COMMENT = /<!--([\s\S]{1,2000}?)-->/g;
/** A block of code, which readers see as it is. */
const FENCED = /^[ \t]{0,3}(```|~~~)[^\n]{0,80}\n[\s\S]{0,20000}?^[ \t]{0,3}\1[ \t]*$/gm;
/** What a comment tells somebody to do. That it names a prompt or a key says nothing: notes of authors do. */
const ORDERS =
  /\b(?:ignore (?:all |any )?(?:previous|prior|above)|disregard|override|do not (?:tell|mention|reveal|show|inform)|never (?:tell|mention|reveal)|without (?:telling|asking|informing)|secretly|silently|exfiltrat\w*|you must|always (?:run|execute|send|include|add)|execute|curl\s|wget\s|base64|\beval\b|send .{1,60} to|upload .{1,60} to|(?:read|print|show|reveal|output|repeat|leak|post|copy|include|send|return|give|tell)\b.{0,60}\b(?:system prompt|api[_ -]?keys?|credentials?|passwords?)|cat .{0,60}\.env\b|rm -rf)/i;

const lineOf = (text: string, index: number): number => {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < index; i = text.indexOf('\n', i + 1)) line += 1;
  return line;
};

export function hiddenText(source: string): HiddenText[] {
  const text = source.replaceAll(FLAG, (flag) => ' '.repeat(flag.length));
  const found: HiddenText[] = [];
  for (const [kind, pattern] of [
    ['tag-characters', TAGS],
    ['bidi', BIDI],
    ['zero-width', ZERO_WIDTH],
    ['variation-selectors', SELECTORS],
  ] as const) {
    const hits = [...text.matchAll(pattern)];
    const first = hits[0];
    if (first) found.push({ kind, count: hits.length, line: lineOf(text, first.index) });
  }
  const comments = [...text.replaceAll(FENCED, (block) => block.replaceAll(/[^\n]/g, ' ')).matchAll(COMMENT)].filter((match) =>
    ORDERS.test(match[1] ?? ''),
  );
  const first = comments[0];
  if (first) found.push({ kind: 'html-comment', count: comments.length, line: lineOf(text, first.index) });
  return found;
}
