import { hubOwnersSection } from '../knowledge/hub-owners.ts';
import { at, facts, observed, text } from './shared/facts.ts';
import { defineRule } from './rule.ts';

export const lookalikeNamespace = defineRule({
  id: 'lookalike-namespace',
  check(input) {
    const owners = input.knowledge.get(hubOwnersSection);
    return observed(input, 'hub-owner').flatMap((seen) => {
      const owner = text(seen.facts, 'owner');
      const twin = owner === undefined ? undefined : owners.twinOf(owner);
      return twin ? [{ ...at(seen), args: facts({ name: seen.facts['name'], owner, twin: twin.name, difference: twin.difference }) }] : [];
    });
  },
});
