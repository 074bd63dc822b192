import { facts } from './shared/facts.ts';
import { problemsOf } from './shared/integrity.ts';
import { defineRule, type Hit } from './rule.ts';

const CODES = new Set(['weak-digest']);

/**
 * Files whose only pin is a digest for which collisions can be made; once per file that pins. What
 * another source pins with a strong digest, or a signature covers, is not named.
 */
export const weakDigest = defineRule({
  id: 'weak-digest',
  check(input) {
    const strong = input.integrity.filter((result) => result.status === 'verified' && !result.problems.some((problem) => problem.code === 'weak-digest')).map((result) => result.subject);
    const covered = (path: string): boolean => strong.some((subject) => subject === path || (subject !== '.' && path.startsWith(`${subject}/`)));
    return input.integrity.flatMap((result): Hit[] => {
      const [first, ...rest] = problemsOf([result], CODES).filter(({ problem }) => !covered(problem.path ?? ''));
      if (!first) return [];
      return [
        {
          location: first.location,
          related: rest.slice(0, 20).map(({ problem }) => ({ path: problem.path ?? result.subject })),
          subject: result.subject,
          args: facts({ path: first.problem.path ?? result.subject, algorithm: first.problem.detail, source: result.source, others: rest.length > 0 ? rest.length : undefined }),
        },
      ];
    });
  },
});
