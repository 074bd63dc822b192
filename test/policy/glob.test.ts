import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeAccess } from '../../src/policy/access.ts';
import { globMatches } from '../../src/policy/glob.ts';

describe('globs', () => {
  it.each([
    ['src/*.py', 'src/a.py', true],
    ['src/*.py', 'src/a/b.py', false],
    ['src/**', 'src/a/b.py', true],
    ['**/*.py', 'a.py', true],
    ['**/*.py', 'x/y/a.py', true],
    ['**/test/**', 'a/test/b', true],
    ['**/test/**', 'a/contest/b', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['pkg:huggingface/acme/*', 'pkg:huggingface/acme/chat@main', true],
    ['*', 'a/b', false],
    ['**', 'a/b', true],
    ['', '', true],
    ['a', '', false],
  ])('%s on %s: %s', (pattern, value, expected) => {
    expect(globMatches(pattern, value)).toBe(expected);
  });

  it('agrees with a regular expression', () => {
    const part = fc.constantFrom('a', 'b', '/', '*', '**', '?', '.');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.stringMatching(/^[ab/.]{0,8}$/), (parts, value) => {
        const pattern = parts.join('');
        const source = pattern.replaceAll(
          /\*\*\/|\*\*|\*|\?|\./g,
          (token) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]', '.': '\\.' })[token] ?? token,
        );
        // `**/` in the middle of a segment keeps its slash: no such patterns here.
        fc.pre(!/[^/*]\*\*\/|\*\*\*/.test(pattern));
        expect(globMatches(pattern, value)).toBe(new RegExp(`^${source}$`, 's').test(value));
      }),
    );
  });

  it('does not back-track', () => {
    const start = performance.now();
    expect(globMatches('a*'.repeat(200), `${'a'.repeat(5000)}b/`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('access lists', () => {
  it('allow nothing but what they list, deny wins, and an absent list says nothing', () => {
    expect(judgeAccess({}, ['openai'])).toBeUndefined();
    expect(judgeAccess({ allow: ['OpenAI'] }, ['openai'])).toBeUndefined();
    expect(judgeAccess({ allow: [] }, ['openai'])).toEqual({ reason: 'not allowed' });
    expect(judgeAccess({ allow: ['openai'], deny: ['open*'] }, ['openai'])).toEqual({ reason: 'denied', entry: 'open*' });
  });
});
