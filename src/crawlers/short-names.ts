import { refOf, type Component, type ComponentRef, type DatasetComponent, type ModelComponent } from '../core/component.ts';
import type { Discovery } from '../core/inventory.ts';

/** Nothing else tells who serves or made it; of a data set, a folder that Kaggle mounts under its name without its owner. */
const isBare = (component: Component): component is ModelComponent | DatasetComponent =>
  component.kind === 'model'
    ? component.origin === 'unknown' && component.provider === undefined && !/[/:]/.test(component.name)
    : component.kind === 'dataset' && component.origin === 'kaggle' && !component.name.includes('/');

/** A name with its owner, as the Hub and Kaggle have them. */
const isWhole = (component: Component): component is ModelComponent | DatasetComponent =>
  component.name.includes('/') &&
  ((component.kind === 'model' && component.origin === 'huggingface') || (component.kind === 'dataset' && component.origin === 'kaggle'));

const keyOf = ({ kind }: Component, short: string): string => `${kind}:${short.toLowerCase()}`;

/** `whisper_model: small` beside `whisper-small`, which a call of its library names `small`: a short name that one model of the same role also has. */
function shortNames(components: readonly Component[]): (component: Component) => Component | undefined {
  const full = new Map<string, ModelComponent | undefined>();
  for (const component of components) {
    if (component.kind !== 'model' || component.family === undefined) continue;
    for (const alias of component.aliases ?? []) {
      const key = `${component.role ?? ''}:${alias.toLowerCase()}`;
      const known = full.get(key);
      full.set(key, !full.has(key) || (known && refOf(known) === refOf(component)) ? component : undefined);
    }
  }
  return (component) => {
    const short = component.kind === 'model' && component.origin === 'library' && !/[/:]/.test(component.name) ? component : undefined;
    const other = short && full.get(`${short.role ?? ''}:${short.name.toLowerCase()}`);
    return other && refOf(other) !== refOf(component) ? other : undefined;
  };
}

/** `openai:gpt-4o-mini` of a framework beside `gpt-4o-mini` of the same service: one model, which the first word sends to its service. */
function routedNames(components: readonly Component[]): (component: Component) => Component | undefined {
  const keyed = (provider: string, name: string): string => `${provider} ${name.toLowerCase()}`;
  const bare = new Map<string, ModelComponent>();
  for (const component of components)
    if (component.kind === 'model' && component.origin === 'api' && component.provider !== undefined && !/[/:]/.test(component.name))
      bare.set(keyed(component.provider, component.name), component);
  return (component) =>
    component.kind === 'model' &&
    component.origin === 'api' &&
    component.provider !== undefined &&
    /^[\w-]+[/:][^/:]+$/.test(component.name)
      ? bare.get(keyed(component.provider, component.name.replace(/^[\w-]+[/:]/, '')))
      : undefined;
}

/**
 * `base_model: gemma-3-4b-it` beside `model_id: google/gemma-3-4b-it`: the last part of the one id of the Hub that the
 * target names, and so the same model. So is `/kaggle/input/iris` beside `uciml/iris`. Names that two owners share stay as they are.
 */
export function withWholeNames(discoveries: readonly Discovery[]): readonly Discovery[] {
  const all = discoveries.flatMap(({ components }) => components ?? []);
  const whole = new Map<string, Component | undefined>();
  for (const component of all) {
    if (!isWhole(component)) continue;
    const short = keyOf(component, component.name.slice(component.name.lastIndexOf('/') + 1));
    const known = whole.get(short);
    const same = !whole.has(short) || (known !== undefined && refOf(known) === refOf(component));
    whole.set(short, same ? (known ?? component) : undefined);
  }
  const longer = shortNames(all);
  const direct = routedNames(all);
  return renamed(
    discoveries,
    (component) => (isBare(component) ? whole.get(keyOf(component, component.name)) : undefined) ?? longer(component) ?? direct(component),
  );
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
      const part = component.kind === 'model' && !component.name.toLowerCase().endsWith(full.name.toLowerCase());
      const occurrences = part ? component.occurrences.map((place) => ({ ...place, reached: true as const })) : component.occurrences;
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
