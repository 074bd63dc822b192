import { refOf, type Component } from '../core/component.ts';
import type { Location, Occurrence } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { findingsSection } from '../knowledge/findings.ts';
import { providersSection } from '../knowledge/providers.ts';
import { at, facts, groupBy, isTrue, text } from './shared/facts.ts';
import { idOf, isDataset, isFixed, isUnpinned, loadsOf } from './shared/load.ts';
import { onePerPlace } from './shared/one-per-place.ts';
import { isRecord } from './shared/place.ts';
import { defineRule, type Hit, type RuleInput } from './rule.ts';

/** Parts that come with a model: the same repository, the same missing revision. */
const COMPANIONS = new Set(['tokenizer', 'processor', 'config']);
const isCompanion = (load: Observation): boolean => COMPANIONS.has(text(load.facts, 'part') ?? '');

const hit = (input: RuleInput, load: Observation, related: readonly Location[]): Hit => ({
  ...at(load),
  related,
  args: facts({
    id: idOf(input, load),
    kind: isDataset(load) ? 'dataset' : 'model',
    loader: text(load.facts, 'loader'),
    revision: text(load.facts, 'revision'),
    hub: text(load.facts, 'hub'),
  }),
});

/**
 * Every load is a place to fix, save for the tokenizer, processor or configuration of a model that
 * the same file loads too: those are related places of the model's finding.
 */
function fromCalls(input: RuleInput, loads: readonly Observation[]): Hit[] {
  const groups = groupBy(loads.filter(isUnpinned), (load) => `${load.type}\0${load.location.path}\0${text(load.facts, 'id')?.toLowerCase() ?? ''}`);
  return [...groups.values()].flatMap((group) => {
    const models = group.filter((load) => !isCompanion(load));
    const [first, ...rest] = models.length > 0 ? models : group.slice(0, 1);
    if (!first) return [];
    const companions = group.filter((load) => load !== first && isCompanion(load));
    return [hit(input, first, companions.map((load) => load.location)), ...rest.map((load) => hit(input, load, []))];
  });
}

/** Lines between the key with the id and the key with the revision, or the call around both. */
const NEAR = 3;

/** Keys of recipes that a trainer outside of the repository reads: axolotl, LLaMA-Factory, TRL, diffusers. */
const RECIPE = /^(?:base_model|model_name_or_path|pretrained_model_name_or_path)$/;

/** Keys of lists of what is on offer, and of where a saved model came from: nothing is loaded by them. */
const TOLD = /^(?:(?:\w+s\.)?(?:id|name|title|label|display_?name)|_name_or_path)$/i;

const isNear = (a: Location, b: Location): boolean => a.path === b.path && Math.abs((a.line ?? 0) - (b.line ?? 0)) <= NEAR;

/**
 * Ids in configuration files that code fetches from a hub: data sets always are; a model is where
 * some load takes its id from elsewhere. Without such a load the id may only be the name that a
 * server is asked for.
 */
function fromConfiguration(input: RuleInput, loads: readonly Observation[]): Hit[] {
  const { selfHosted } = input.knowledge.get(providersSection);
  const readsIds = loads.some((load) => load.type === 'model-load' && text(load.facts, 'hub') === 'huggingface' && load.facts['id'] === null);
  const isLoaded = (component: Component, ref: string): boolean =>
    component.kind === 'dataset' || readsIds || loads.some((load) => load.component === ref && isTrue(load.facts, 'indirect'));
  return input.inventory.components.flatMap((component): Hit[] => {
    if ((component.kind !== 'model' && component.kind !== 'dataset') || component.origin !== 'huggingface' || isFixed(component.revision)) return [];
    // A runtime of one's own fetches the model from the hub.
    const asked = component.kind === 'model' && component.provider !== undefined && !selfHosted(component.provider);
    if (asked || (component.kind === 'model' && component.unresolved)) return [];
    const ref = refOf(component);
    const own = loads.filter((load) => load.component === ref);
    const places = component.occurrences.filter(
      (place: Occurrence) => place.crawler === 'config' && !place.reached && !isRecord(place.location.path) && !TOLD.test(place.symbol ?? '') && !own.some((load) => isNear(load.location, place.location)),
    );
    const recipe = places.some(({ symbol }) => RECIPE.test(symbol ?? ''));
    if (places.length === 0 || !(recipe || isLoaded(component, ref))) return [];
    return [...groupBy(places, ({ location }) => `${location.path}\0${location.line ?? ''}`).values()].flatMap(([place]): Hit[] =>
      place
        ? [
            {
              location: place.location,
              component: ref,
              confidence: place.confidence,
              related: own.map((load) => load.location),
              args: facts({ id: component.name, kind: component.kind, loader: place.symbol ?? 'configuration', revision: component.revision, hub: 'huggingface' }),
            },
          ]
        : [],
    );
  });
}

export const unpinnedRevision = defineRule({
  id: 'unpinned-revision',
  check(input) {
    const libraries = input.knowledge.get(findingsSection).get('unpinned-revision').parameters['withoutRevision'];
    const fixed = new Set(Array.isArray(libraries) ? libraries : []);
    const takesNone = (load: Observation): boolean => fixed.has(text(load.facts, 'loader')?.split('.')[0] ?? '');
    const all = loadsOf(input);
    const loads = all.filter((load) => !takesNone(load));
    const never = new Set(all.filter(takesNone).flatMap((load) => load.component ?? []));
    for (const load of loads) if (load.component !== undefined) never.delete(load.component);
    return onePerPlace([...fromCalls(input, loads), ...fromConfiguration(input, loads).filter((found) => !never.has(found.component ?? ''))]);
  },
});
