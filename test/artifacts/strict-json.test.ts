import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LimitError, ParseError } from '../../src/core/errors.ts';
import { isArray, isObject, parseJson, type JsonValue } from '../../src/formats/strict-json.ts';

const plain = (value: JsonValue): unknown => {
  if (isObject(value)) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  if (isArray(value)) return value.map(plain);
  return typeof value === 'bigint' ? Number(value) : value;
};

describe('strict JSON', () => {
  test('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.stringify(plain(parseJson(text, { lenient: true }).value))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 300 },
    );
  });

  test('accepts a text exactly where JSON.parse does', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"',
      '1',
      '-',
      '0',
      '01',
      '.5',
      'e3',
      'true',
      'null',
      ' ',
      '\n',
      '\\u00e9',
      '"\\x"',
      'NaN',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const text = tokens.join('');
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (valid) expect(() => parseJson(text)).not.toThrow();
        else expect(() => parseJson(text)).toThrow(ParseError);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['duplicate keys', '{"a":1,"b":{"a":1,"a":2}}', ['a']],
    ['a duplicate key spelled by an escape', '{"a":1,"\\u0061":2}', ['a']],
    ['no duplicates', '{"a":{"a":1}}', []],
  ])('finds %s', (_, text, duplicates) => {
    expect(parseJson(text).duplicates).toEqual(duplicates);
  });

  test('keeps 64-bit integers exact', () => {
    expect(parseJson('[9007199254740993]').value).toEqual([9007199254740993n]);
    expect(parseJson('[1,1.0]', { bigints: true }).value).toEqual([1n, 1]);
  });

  test('stops at its limits', () => {
    expect(() => parseJson(`${'['.repeat(200)}${']'.repeat(200)}`)).toThrow(LimitError);
    expect(() => parseJson('[1,2,3]', { maxValues: 3 })).toThrow(LimitError);
    expect(() => parseJson(`[${'9'.repeat(1000)}]`)).toThrow(LimitError);
  });

  test('treats __proto__ as a key', () => {
    const { value } = parseJson('{"__proto__":{"polluted":1}}');
    expect(isObject(value) && value.has('__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
