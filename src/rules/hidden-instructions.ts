import { at, facts, nameOf, observed, text } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

/** Characters that no editor shows and no language needs in a prompt: the reader sees one text, the model another. */
const DELIBERATE = new Set(['tag-characters', 'bidi', 'variation-selectors']);

export const hiddenInstructions = defineRule({
  id: 'hidden-instructions',
  check: (input) =>
    observed(input, 'hidden-text').map((hidden): Hit => {
      const kind = text(hidden.facts, 'kind') ?? 'hidden text';
      const count = hidden.facts['count'];
      return {
        ...at(hidden),
        severity: DELIBERATE.has(kind) ? 'high' : 'medium',
        args: facts({
          kind: kind.replaceAll('-', ' '),
          // Of comments it is how many, of characters how many of these.
          count: typeof count === 'number' && kind !== 'html-comment' ? count : undefined,
          name: nameOf(input, hidden.component) ?? hidden.location.path,
        }),
      };
    }),
});
