/** Line feeds and spaces are JSON's own; every other control or invisible character can only stand inside a string. */
const UNSEEN_IN_JSON = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const escapeUnits = (char: string): string =>
  Array.from({ length: char.length }, (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');

/** The same JSON value, with characters that act on a terminal or hide from a reader written as `\uXXXX`. */
export const escapeJson = (json: string): string => json.replace(UNSEEN_IN_JSON, escapeUnits);

/** `JSON.stringify` is well-formed (lone surrogates are escaped); facts may hold 64-bit sizes as bigint. */
export const toJson = (value: unknown): string =>
  escapeJson(JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? item.toString() : item), 2));

/** The value with the keys of all objects sorted. `Object.fromEntries` defines, so that a key `__proto__` stays data. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
