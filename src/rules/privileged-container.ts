import { at, facts, isTrue, observed, text } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

/** Either gives whoever takes over the model server the whole host. */
export const privilegedContainer = defineRule({
  id: 'privileged-container',
  check: (input) =>
    observed(input, 'container').flatMap((container): Hit[] => {
      const privileged = isTrue(container.facts, 'privileged');
      const socket = isTrue(container.facts, 'dockerSocket');
      if (!privileged && !socket) return [];
      const what = [...(privileged ? ['runs privileged'] : []), ...(socket ? ['mounts the container runtime socket'] : [])].join(' and ');
      return [{ ...at(container), args: facts({ image: text(container.facts, 'image'), what, via: text(container.facts, 'via') }) }];
    }),
});
