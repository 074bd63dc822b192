import type { Facts, FactValue } from '../core/observation.ts';

/** `{name}`; inside `[[…]]` the whole segment goes when a name in it has no value. */
const SEGMENT = /\[\[((?:[^\]]|\](?!\]))*)\]\]/g;
const PLACEHOLDER = /\{([a-zA-Z][a-zA-Z0-9]*)\}/g;

function show(value: FactValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((item) => show(item as FactValue)).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const fill = (text: string, args: Facts): string =>
  text.replaceAll(PLACEHOLDER, (_, name: string) => show(Object.hasOwn(args, name) ? args[name] : undefined));

/** Names that a template mentions, for the tests that compare them with what rules give. */
export const placeholders = (template: string): string[] => [
  ...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '')),
];

/** The template without the segments that have no value; placeholders stay. */
export const resolveSegments = (template: string, args: Facts): string =>
  template.replaceAll(SEGMENT, (_, segment: string) =>
    placeholders(segment).every((name) => show(Object.hasOwn(args, name) ? args[name] : undefined) !== '') ? segment : '',
  );

/**
 * The sentence of a finding: the rule's template with its typed values. Values are not escaped
 * here; each reporter escapes the sentence for its own format.
 */
export function renderMessage(template: string, args: Facts): string {
  return fill(resolveSegments(template, args), args).replaceAll(/\s+/g, ' ').trim();
}
