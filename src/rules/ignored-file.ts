import { facts, groupBy } from './shared/facts.ts';
import { isCode, pathInTarget, problemsOf } from './shared/integrity.ts';
import { defineRule, type Hit } from './rule.ts';

const CODES = new Set(['ignored-present']);

/** Files that the signer left out and that are here. Code among them is named one by one; the rest is counted. */
export const ignoredFile = defineRule({
  id: 'ignored-file',
  check(input) {
    const groups = groupBy(problemsOf(input.integrity, CODES), (found) => `${found.location.path}\0${isCode(input, pathInTarget(found)) ? pathInTarget(found) : ''}`);
    return [...groups.values()].flatMap((group): Hit[] => {
      const [first] = group;
      if (!first) return [];
      const path = pathInTarget(first);
      const code = isCode(input, path);
      return [
        {
          location: { path },
          related: [first.location, ...group.slice(1, 20).map((found) => ({ path: pathInTarget(found) }))],
          severity: code ? 'medium' : 'info',
          args: facts({ path, subject: first.result.subject, others: group.length > 1 ? group.length - 1 : undefined }),
        },
      ];
    });
  },
});
