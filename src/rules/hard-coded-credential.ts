import { at, facts, nameOf, observed, text } from './shared/facts.ts';
import { isInPrompt, otherThan } from './shared/prompt-files.ts';
import { defineRule } from './rule.ts';

/** Values never reach a finding: four characters and a digest tell two credentials apart. */
export const hardCodedCredential = defineRule({
  id: 'hard-coded-credential',
  check: (input) => {
    const inPrompt = isInPrompt(input);
    return observed(input, 'credential')
      .filter((credential) => text(credential.facts, 'in') !== 'mcp' && !inPrompt(credential))
      .map((credential) => ({
        ...at(credential),
        args: facts({
          detector: text(credential.facts, 'detector'),
          redacted: text(credential.facts, 'redacted'),
          service: otherThan(text(credential.facts, 'detector'), nameOf(input, credential.component)),
        }),
      }));
  },
});
