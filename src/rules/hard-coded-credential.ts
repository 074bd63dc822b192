import { at, facts, nameOf, observed, text } from './shared/facts.ts';
import { defineRule } from './rule.ts';

/** Values never reach a finding: four characters and a digest tell two credentials apart. */
export const hardCodedCredential = defineRule({
  id: 'hard-coded-credential',
  check: (input) =>
    observed(input, 'credential')
      .filter(({ facts: values }) => text(values, 'in') !== 'mcp' && text(values, 'in') !== 'prompt')
      .map((credential) => ({
        ...at(credential),
        args: facts({
          detector: text(credential.facts, 'detector'),
          redacted: text(credential.facts, 'redacted'),
          service: nameOf(input, credential.component),
        }),
      })),
});
