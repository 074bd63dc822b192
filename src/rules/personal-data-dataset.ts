import { refOf } from '../core/component.ts';
import { datasetsSection } from '../knowledge/datasets.ts';
import { facts } from './shared/facts.ts';
import { isSideline } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

const PERSONAL = new Set(['personal-data', 'biometric', 'health']);

/** What the card says is believed; what is generally known of a data set is said with less confidence. */
export const personalDataDataset = defineRule({
  id: 'personal-data-dataset',
  check(input) {
    const known = input.knowledge.get(datasetsSection);
    return input.inventory.components.flatMap((component): Hit[] => {
      if (component.kind !== 'dataset' || component.origin === 'file') return [];
      const entry = known.find(component.name);
      const stated = component.concerns ?? [];
      const concerns = [...new Set([...stated, ...(entry?.concern_kinds ?? [])])].filter((concern) => PERSONAL.has(concern));
      const first = component.occurrences.find(({ location }) => !isSideline(location.path)) ?? component.occurrences[0];
      if (concerns.length === 0 || !first) return [];
      return [
        {
          location: first.location,
          related: component.occurrences.filter((other) => other !== first).map((other) => other.location),
          component: refOf(component),
          confidence: entry === undefined || entry.confirmed ? 'medium' : 'low',
          args: facts({ name: component.name, concerns: concerns.map((concern) => concern.replaceAll('-', ' ')), source: entry?.source }),
        },
      ];
    });
  },
});
