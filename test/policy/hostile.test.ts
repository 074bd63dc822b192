import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { parsePolicy } from '../../src/policy/parse.ts';

describe('a configuration made to hurt', () => {
  it.each([
    ['nested without end', '['.repeat(50_000)],
    ['nested maps without end', `a: ${'{a: '.repeat(50_000)}`],
    ['one line of quotes', '"'.repeat(100_000)],
    [
      'aliases that multiply',
      `a: &a [x, x]\n${Array.from({ length: 30 }, (_, i) => `k${i}: &k${i} [*${i === 0 ? 'a' : `k${i - 1}`}, *${i === 0 ? 'a' : `k${i - 1}`}]`).join('\n')}\nexclude: *k29\n`,
    ],
    ['two documents', 'fail-on: high\n---\nfail-on: none\n'],
    ['a key twice', 'fail-on: high\nfail-on: none\n'],
  ])(
    '%s is a user error',
    (_, text) => {
      expect(() => parsePolicy(text, 'assay.yaml', () => true)).toThrow(UserError);
    },
    5000,
  );
});
