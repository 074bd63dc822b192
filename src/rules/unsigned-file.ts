import { facts } from './shared/facts.ts';
import { isCode, pathInTarget, problemsOf } from './shared/integrity.ts';
import { defineRule } from './rule.ts';

/** A link or a device is covered by no digest either. */
const CODES = new Set(['unsigned', 'symlink', 'special']);

/** A file lies in a signed model that its signature does not cover: it came later, or somebody else put it there. */
export const unsignedFile = defineRule({
  id: 'unsigned-file',
  check: (input) =>
    problemsOf(input.integrity, CODES)
      .filter(({ result, problem }) => result.source === 'oms' && problem.path !== undefined)
      .map((found) => {
        const path = pathInTarget(found);
        const code = isCode(input, path);
        return {
          location: { path },
          related: [found.location],
          severity: code ? 'high' : 'medium',
          args: facts({ path, subject: found.result.subject, kind: code ? 'code' : undefined, detail: found.problem.detail }),
        };
      }),
});
