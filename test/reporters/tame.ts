import { expect } from 'vitest';

/** Nothing in the text acts on a terminal or hides from a reader; line feeds are layout. */
export function expectTame(text: string): void {
  const wild = [...text.matchAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu)].filter(([char]) => char !== '\n');
  expect(wild.map((match) => text.slice(Math.max(0, match.index - 20), match.index + 5))).toEqual([]);
}
