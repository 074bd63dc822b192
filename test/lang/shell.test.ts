import { expect, test } from 'vitest';
import { shellFacts } from '../../src/lang/shell.ts';

test('keeps what variables are set to, with their names', () => {
  const { literals } = shellFacts('EMBED_MODEL="owner/name"\nexport URL=https://example.com/v1\nGREETING="hello there"\nX=$Y\n');
  expect(literals.map(({ key, value, line }) => `${line} ${key} ${value}`)).toEqual([
    '1 EMBED_MODEL owner/name',
    '2 URL https://example.com/v1',
  ]);
});
