import { refOf, type Component, type ComponentRef, type ModelComponent } from '../core/component.ts';
import type { Discovery } from '../core/inventory.ts';

/** Nothing else tells who serves or made it. */
const isBare = (component: Component): component is ModelComponent =>
  component.kind === 'model' && component.origin === 'unknown' && component.provider === undefined && !/[/:]/.test(component.name);

/**
 * `base_model: gemma-3-4b-it` beside `model_id: google/gemma-3-4b-it`: the last part of the one id of the Hub that the
 * target names, and so the same model. Names that two owners share stay as they are.
 */
export function withWholeNames(discoveries: readonly Discovery[]): readonly Discovery[] {
  const whole = new Map<string, Component | undefined>();
  for (const component of discoveries.flatMap(({ components }) => components ?? [])) {
    if (component.kind !== 'model' || component.origin !== 'huggingface' || !component.name.includes('/')) continue;
    const short = component.name.slice(component.name.lastIndexOf('/') + 1).toLowerCase();
    const known = whole.get(short);
    const same = !whole.has(short) || (known !== undefined && refOf(known) === refOf(component));
    whole.set(short, same ? (known ?? component) : undefined);
  }
  return renamed(discoveries, (component) => (isBare(component) ? whole.get(component.name.toLowerCase()) : undefined));
}

/** Discoveries in which some components, with everything that refers to them, are sightings of others. */
export function renamed(discoveries: readonly Discovery[], other: (component: Component) => Component | undefined): readonly Discovery[] {
  const refs = new Map<ComponentRef, ComponentRef>();
  const named = discoveries.map((discovery): Discovery => {
    const components = discovery.components?.map((component): Component => {
      const full = other(component);
      if (!full) return component;
      refs.set(refOf(component), refOf(full));
      const aliases = [...(full.aliases ?? []), component.name];
      // What is said of a model stands where its whole name does.
      const occurrences =
        component.kind === 'model' ? component.occurrences.map((place) => ({ ...place, reached: true as const })) : component.occurrences;
      return { ...component, ...full, occurrences, aliases } as Component;
    });
    return components ? { ...discovery, components } : discovery;
  });
  if (refs.size === 0) return discoveries;
  const meant = (ref: ComponentRef): ComponentRef => refs.get(ref) ?? ref;
  return named.map(({ relations, observations, ...rest }): Discovery => ({
    ...rest,
    ...(relations && { relations: relations.map((relation) => ({ ...relation, from: meant(relation.from), to: meant(relation.to) })) }),
    ...(observations && {
      observations: observations.map((found) => (found.component === undefined ? found : { ...found, component: meant(found.component) })),
    }),
  }));
}
