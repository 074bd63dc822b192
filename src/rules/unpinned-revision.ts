import type { Observation } from '../core/observation.ts';
import { at, facts, groupBy, text } from './shared/facts.ts';
import { isDataset, isUnpinned, loadsOf } from './shared/load.ts';
import { defineRule, type Hit } from './rule.ts';

/** Parts that come with a model: the same repository, the same missing revision. */
const COMPANIONS = new Set(['tokenizer', 'processor', 'config']);
const isCompanion = (load: Observation): boolean => COMPANIONS.has(text(load.facts, 'part') ?? '');

function hit(load: Observation, companions: readonly Observation[]): Hit {
  const hub = text(load.facts, 'hub');
  return {
    ...at(load),
    related: companions.map((other) => other.location),
    args: facts({
      id: text(load.facts, 'id'),
      kind: isDataset(load) ? 'dataset' : 'model',
      loader: text(load.facts, 'loader'),
      revision: text(load.facts, 'revision'),
      hub,
    }),
  };
}

/**
 * Every load is a place to fix, save for the tokenizer, processor or configuration of a model that
 * the same file loads too: those are related places of the model's finding.
 */
export const unpinnedRevision = defineRule({
  id: 'unpinned-revision',
  check(input) {
    const unpinned = loadsOf(input).filter(isUnpinned);
    const groups = groupBy(unpinned, (load) => `${load.type}\0${load.location.path}\0${text(load.facts, 'id')?.toLowerCase() ?? ''}`);
    return [...groups.values()].flatMap((loads) => {
      const models = loads.filter((load) => !isCompanion(load));
      const [first, ...rest] = models.length > 0 ? models : loads.slice(0, 1);
      if (!first) return [];
      const companions = loads.filter((load) => load !== first && isCompanion(load));
      return [hit(first, companions), ...rest.map((load) => hit(load, []))];
    });
  },
});
