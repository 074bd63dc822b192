import { facts } from './shared/facts.ts';
import { problemsOf } from './shared/integrity.ts';
import { defineRule } from './rule.ts';

const CODES = new Set(['unsigned']);

/** Hardly any model is signed today: said only where the configuration asks for signatures. */
export const unsignedModel = defineRule({
  id: 'unsigned-model',
  check: (input) =>
    input.policy?.requireSignatures
      ? problemsOf(input.integrity, CODES).map(({ result, location }) => ({
          location,
          subject: result.subject,
          args: facts({ subject: result.subject }),
        }))
      : [],
});
