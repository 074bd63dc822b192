import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectSection } from '../../src/knowledge/detect.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { requiredLiterals } from '../../src/text/required-literals.ts';
import { MAX_PATTERNS, occurs, Sieve } from '../../src/text/sieve.ts';

/** Literals as one word, those at the beginning of a word marked. */
const literalsOf = (pattern: RegExp): string[] | undefined =>
  requiredLiterals(pattern)?.map(({ text, bound }) => (bound ? `^${text}` : text));

describe('literals that every match of a pattern holds', () => {
  it.each<[RegExp, string[] | undefined]>([
    [/from_pretrained/, ['from_pretrained']],
    [/\b(?:torch|pickle)\.loads?\b/, ['^torch.load', '^torch.loads', '^pickle.load', '^pickle.loads']],
    [/\bsk[-_][A-Za-z0-9]/, ['^sk-', '^sk_']],
    [/[mM]odel["']?\s*[:=]/, ['model', 'model"', "model'"]],
    [/(?:hnsw|mtree)\s+dimension/i, ['dimension']],
    [/create\s+extension[^;]{0,40}vector/i, ['extension']],
    [/(?<=x)colou?r(?!s)/, ['color', 'colour']],
    [/a.*b|cdef/, undefined],
    [/["'][a-f0-9]{32}["']/, undefined],
    [/\p{L}+abc/u, ['abc']],
    [/(?:abc)?/, undefined],
    [/(?:abc){2,}d/, ['abc']],
    [/prénom/, ['nom']],
  ])('%s', (pattern, literals) => {
    expect(literalsOf(pattern)).toEqual(literals);
  });
});

/** Patterns of every construct, over few characters so that they match often. */
const { pattern: anyPattern } = fc.letrec<{ pattern: string; sequence: string; item: string }>((tie) => ({
  pattern: fc.oneof(
    { weight: 3, arbitrary: tie('sequence') },
    fc.array(tie('sequence'), { minLength: 2, maxLength: 3 }).map((parts) => parts.join('|')),
  ),
  sequence: fc.array(tie('item'), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
  item: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      'a',
      'b',
      'ab',
      'aab',
      '_',
      ' ',
      '\\.',
      'A',
      '\\w',
      '\\s',
      '.',
      '[ab]',
      '[^a]',
      '[a-b_]',
      '[\\s\\S]',
      '\\b',
      '\\B',
      '^',
      '$',
      'é',
      '\\x61',
      '\\u0062',
    ),
    fc
      .tuple(fc.constantFrom('a', 'b', '[ab]', '\\w', '.'), fc.constantFrom('?', '*', '+', '{2}', '{0,2}', '{1,}', '+?', '??'))
      .map((parts) => parts.join('')),
    fc
      .tuple(fc.constantFrom('(?:', '(', '(?=', '(?!', '(?<!', '(?<n>'), tie('pattern'), fc.constantFrom('', '?', '*', '{2}'))
      // A look-around is not repeated, and a name is given once.
      .map(([open, inside, repeat]) => `${open === '(?<n>' ? '(' : open}${inside})${/[=!]$/.test(open) ? '' : repeat}`),
  ),
}));

describe('whether a pattern occurs in a text', () => {
  it('is what the pattern says, whatever the pattern and the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyPattern, fc.constantFrom('', 'i', 'm')), { minLength: 1, maxLength: 4 }),
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'A', '_', ' ', '.', '\n', 'é', '\u2028'), maxLength: 30 }), {
          minLength: 1,
          maxLength: 4,
        }),
        (sources, texts) => {
          const patterns = sources.map(([source, flags]) => new RegExp(source, flags));
          const sieve = new Sieve();
          for (const text of texts) for (const pattern of patterns) expect(sieve.test(pattern, text)).toBe(pattern.test(text));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is no different for more patterns than are remembered', () => {
    const sieve = new Sieve();
    for (let index = 0; index < MAX_PATTERNS + 5; index++) {
      expect(sieve.test(new RegExp(`word${index}x`), `a word${index}x`)).toBe(true);
      expect(sieve.test(new RegExp(`word${index}x`), 'a word')).toBe(false);
    }
  });

  it('holds for the words that a file is kept for', () => {
    const { words } = loadKnowledge().get(detectSection);
    expect(words.filter((word) => requiredLiterals(word) === undefined)).toEqual([]);
    for (const word of words) {
      const matching = fc.stringMatching(new RegExp(word.source.replaceAll(String.raw`\b`, ''))).filter((text) => word.test(text));
      fc.assert(
        fc.property(fc.string(), matching, (before, text) => occurs(word, `${before}\n${text}`)),
        { numRuns: 50 },
      );
    }
  });
});
