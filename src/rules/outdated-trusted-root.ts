import { facts } from './shared/facts.ts';
import { problemsOf } from './shared/integrity.ts';
import { defineRule, type Hit } from './rule.ts';

const CODES = new Set(['trusted-root-old']);

/** Keyless signatures were checked against keys that may have been replaced; once per scan. */
export const outdatedTrustedRoot = defineRule({
  id: 'outdated-trusted-root',
  check(input) {
    const [first, ...rest] = problemsOf(input.integrity, CODES);
    return first ? [{ location: first.location, related: rest.map((found) => found.location), args: facts({ detail: first.problem.detail }) } satisfies Hit] : [];
  },
});
