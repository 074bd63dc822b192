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

const compacted = new WeakMap<TemplateStringsArray, readonly string[]>();

/** Indentation of the source is nothing to a reader: of white space with a line break, the line break stays. */
function compact(strings: TemplateStringsArray): readonly string[] {
  const known = compacted.get(strings);
  if (known !== undefined) return known;
  const made = strings.map((text) => text.replaceAll(/\s*\n\s*/g, '\n'));
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
