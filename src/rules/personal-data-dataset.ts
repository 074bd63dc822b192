import { refOf } from '../core/component.ts';
import { facts } from './shared/facts.ts';
import { isSideline } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

const PERSONAL = new Set(['personal-data', 'biometric', 'health']);

export const personalDataDataset = defineRule({
  id: 'personal-data-dataset',
  check: (input) =>
    input.inventory.components.flatMap((component): Hit[] => {
      if (component.kind !== 'dataset') return [];
      const concerns = (component.concerns ?? []).filter((concern) => PERSONAL.has(concern));
      const first = component.occurrences.find(({ location }) => !isSideline(location.path)) ?? component.occurrences[0];
      if (concerns.length === 0 || !first) return [];
      return [
        {
          location: first.location,
          related: component.occurrences.filter((other) => other !== first).map((other) => other.location),
          component: refOf(component),
          args: facts({ name: component.name, concerns: concerns.map((concern) => concern.replaceAll('-', ' ')) }),
        },
      ];
    }),
});
