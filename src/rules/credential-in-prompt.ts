import { at, facts, nameOf, observed, text } from './shared/facts.ts';
import { isInPrompt, otherThan } from './shared/prompt-files.ts';
import { defineRule } from './rule.ts';

/** A prompt goes to the provider, into its logs, and out again when somebody asks the model for it. */
export const credentialInPrompt = defineRule({
  id: 'credential-in-prompt',
  check: (input) =>
    observed(input, 'credential')
      .filter(isInPrompt(input))
      .map((credential) => ({
        ...at(credential),
        args: facts({
          detector: text(credential.facts, 'detector'),
          redacted: text(credential.facts, 'redacted'),
          service: otherThan(text(credential.facts, 'detector'), nameOf(input, credential.component)),
        }),
      })),
});
