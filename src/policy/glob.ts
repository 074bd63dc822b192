/** Patterns come from a configuration that a pull request may change: matching is linear in both lengths, never exponential. */

interface Token {
  readonly kind: 'char' | 'any' | 'star' | 'globstar';
  readonly char: string;
}

function tokens(pattern: string): Token[] {
  const list: Token[] = [];
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern.charAt(i);
    if (char === '*' && pattern.charAt(i + 1) === '*') {
      i += 1;
      // `**/` also stands for no directory at all.
      if (pattern.charAt(i + 1) === '/') i += 1;
      list.push({ kind: 'globstar', char: pattern.charAt(i) === '/' ? '/' : '' });
    } else list.push({ kind: char === '*' ? 'star' : char === '?' ? 'any' : 'char', char });
  }
  return list;
}

/**
 * Glob over a whole string: `*` stays within a `/` segment, `**` does not, `?` is one character
 * that is no `/`. Simulates the automaton position by position.
 */
export function globMatches(pattern: string, value: string): boolean {
  const list = tokens(pattern);
  let states = closure(list, new Set([0]), '/');
  for (let i = 0; i < value.length; i += 1) {
    const char = value.charAt(i);
    const next = new Set<number>();
    for (const state of states) {
      const token = list[state];
      if (!token) continue;
      if (token.kind === 'globstar' || (token.kind === 'star' && char !== '/')) next.add(state);
      else if (token.kind === 'any' ? char !== '/' : token.kind === 'char' && token.char === char) next.add(state + 1);
    }
    if (next.size === 0) return false;
    states = closure(list, next, char);
  }
  return states.has(list.length);
}

/** Stars match nothing too; `**` followed by `/` only at the start of a segment. */
function closure(list: readonly Token[], states: Set<number>, previous: string): Set<number> {
  for (const state of states) {
    const token = list[state];
    if (token?.kind === 'star' || (token?.kind === 'globstar' && (token.char === '' || previous === '/'))) states.add(state + 1);
  }
  return states;
}

/** Any pattern against any candidate, without regard to case: hub ids, slugs and licence ids have none. */
export const matchesAny = (patterns: readonly string[], candidates: readonly string[]): boolean =>
  patterns.some((pattern) => candidates.some((candidate) => globMatches(pattern.toLowerCase(), candidate.toLowerCase())));
