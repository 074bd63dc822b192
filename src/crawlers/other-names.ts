import type { Discovery } from '../core/inventory.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import { providersSection } from '../knowledge/providers.ts';
import { vectorStoresSection } from '../knowledge/vector-stores.ts';

/** Services and vector stores with the other names that people write for them, so that each can be looked up by any. */
export function withOtherNames(discoveries: readonly Discovery[], knowledge: Knowledge): readonly Discovery[] {
  const providers = knowledge.get(providersSection);
  const stores = knowledge.get(vectorStoresSection);
  return discoveries.map((discovery): Discovery => {
    const components = discovery.components?.map((component) => {
      if (component.kind !== 'service' && component.kind !== 'vector-store') return component;
      const names = component.kind === 'service' ? providers.knownAs(component.name) : (stores.bySlug(component.name)?.known_as ?? []);
      return names.length > 0 ? { ...component, aliases: [...(component.aliases ?? []), ...names] } : component;
    });
    return components ? { ...discovery, components } : discovery;
  });
}
