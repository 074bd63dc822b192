import { at, facts, nameOf, observed, text } from './shared/facts.ts';
import { defineRule } from './rule.ts';

/** A prompt goes to the provider, into its logs, and out again when somebody asks the model for it. */
export const credentialInPrompt = defineRule({
  id: 'credential-in-prompt',
  check: (input) =>
    observed(input, 'credential')
      .filter(({ facts: values }) => text(values, 'in') === 'prompt')
      .map((credential) => ({
        ...at(credential),
        args: facts({
          detector: text(credential.facts, 'detector'),
          redacted: text(credential.facts, 'redacted'),
          service: nameOf(input, credential.component),
        }),
      })),
});
