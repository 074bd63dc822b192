import { facts } from './shared/facts.ts';
import { problemsOf } from './shared/integrity.ts';
import { defineRule, type Hit } from './rule.ts';

const CODES = new Set(['legacy']);

/** A signature in a form that the specification has left behind; once per bundle. */
export const legacySignature = defineRule({
  id: 'legacy-signature',
  check: (input) =>
    input.integrity.flatMap((result): Hit[] => {
      const [first] = problemsOf([result], CODES);
      if (!first) return [];
      return [{ location: first.location, severity: result.status === 'verified' ? 'info' : 'medium', subject: result.subject, args: facts({ subject: result.subject, detail: first.problem.detail }) }];
    }),
});
