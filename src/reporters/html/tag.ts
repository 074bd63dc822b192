import { escapeMarkup } from '../text/xml.ts';

/** Markup that is already safe. Only `markup` and `trusted` make it. */
export interface Html {
  readonly markup: string;
}

type Child = Html | string | number | false | undefined | readonly Child[];

function show(child: Child): string {
  if (child === undefined || child === false) return '';
  if (typeof child === 'string') return escapeMarkup(child);
  if (typeof child === 'number') return String(child);
  return 'markup' in child ? child.markup : child.map(show).join('');
}

/** Elements around which white space is nothing. Each blank between two rows would be a node of the page. */
const BLOCK =
  '(?:html|head|body|meta|title|style|script|header|nav|main|footer|section|article|search|div|p|h[1-3]|ul|li|table|thead|tbody|tr|t[dh]|details|summary|option|svg|g|path|defs|marker)';
const BEFORE = new RegExp(`\\s*\\n\\s*(?=</?${BLOCK}\\b)`, 'g');
const AFTER = new RegExp(`(?<=</?${BLOCK}\\b[^<>]*>)\\s*\\n\\s*`, 'g');

const compacted = new WeakMap<TemplateStringsArray, readonly string[]>();

/** Indentation of the source is nothing to a reader: it goes beside blocks, and is one line break elsewhere. */
function compact(strings: TemplateStringsArray): readonly string[] {
  const known = compacted.get(strings);
  if (known !== undefined) return known;
  const made = strings.map((text) =>
    text
      .replaceAll(BEFORE, '')
      .replaceAll(AFTER, '')
      .replaceAll(/\s*\n\s*/g, '\n'),
  );
  compacted.set(strings, made);
  return made;
}

/** Template whose every value is escaped, in text and in quoted attributes alike. Lists are joined. */
export function markup(strings: TemplateStringsArray, ...values: readonly Child[]): Html {
  const texts = compact(strings);
  let out = texts[0] ?? '';
  for (const [index, value] of values.entries()) out += show(value) + (texts[index + 1] ?? '');
  return { markup: out };
}

/** For text of ours that is written in this repository. */
export const trusted = (text: string): Html => ({ markup: text });
