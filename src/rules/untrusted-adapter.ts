import { refOf } from '../core/component.ts';
import { matchesAny } from '../policy/glob.ts';
import { at, facts, text } from './shared/facts.ts';
import { idOf, isUnpinned, loadsOf, ownerOf } from './shared/load.ts';
import { defineRule, type Hit, type RuleInput } from './rule.ts';

/** Base models of an adapter: by its relation, else what its card names. */
function basesOf(input: RuleInput, adapter: string | undefined): string[] {
  if (adapter === undefined) return [];
  const component = input.inventory.get(adapter);
  const named = component?.kind === 'model' ? (component.baseModels ?? []) : [];
  const related = input.inventory.relations
    .filter((relation) => relation.from === adapter && (relation.type === 'adapter-of' || relation.type === 'base-model'))
    .flatMap((relation) => input.inventory.components.find((candidate) => refOf(candidate) === relation.to)?.name ?? []);
  return [...named, ...related];
}

/** An adapter changes what a model says; one that somebody else publishes and can replace is trusted without being known. */
export const untrustedAdapter = defineRule({
  id: 'untrusted-adapter',
  check: (input) =>
    loadsOf(input).flatMap((load): Hit[] => {
      if (text(load.facts, 'part') !== 'adapter' || !isUnpinned(load)) return [];
      const id = idOf(input, load) ?? '';
      const owner = ownerOf(id);
      const bases = basesOf(input, load.component);
      if (owner === undefined || bases.some((base) => ownerOf(base) === owner)) return [];
      const allowed = input.policy?.models.allow;
      if (allowed && matchesAny(allowed, [id, `pkg:huggingface/${id}`])) return [];
      return [{ ...at(load), args: facts({ id, owner, base: bases[0], loader: text(load.facts, 'loader') }) }];
    }),
});
