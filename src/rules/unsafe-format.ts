import { facts } from './shared/facts.ts';
import { isPickleFamily } from './shared/pickle-family.ts';
import { defineRule } from './rule.ts';

/** Honest weights in a format that could hold code: the next version of the file may not be honest. */
export const unsafeFormat = defineRule({
  id: 'unsafe-format',
  check: (input) =>
    input.artifacts
      .filter((artifact) => artifact.verdict === 'clean' && isPickleFamily(artifact))
      .map((artifact) => ({
        location: { path: artifact.path },
        component: `artifact:${artifact.path}`,
        args: facts({ path: artifact.path, format: artifact.format }),
      })),
});
