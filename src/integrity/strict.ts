import { ParseError } from '../core/errors.ts';
import { decodeUtf8, parseJson } from '../formats/strict-json.ts';

/**
 * JSON in which no object has a key twice: two readers must not be able to see different
 * statements under one signature.
 * @throws ParseError
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  const { duplicates } = parseJson(text, { maxDepth: 64 });
  if (duplicates.length > 0) throw new ParseError(`key ${JSON.stringify(duplicates[0])} stands twice in one object`);
  return JSON.parse(text) as unknown;
}
