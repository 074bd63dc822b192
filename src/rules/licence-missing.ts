import { refOf } from '../core/component.ts';
import { facts } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

/** Only where there is a card to read: without one, nothing is known, and nothing is said. */
export const licenceMissing = defineRule({
  id: 'licence-missing',
  check: (input) =>
    input.inventory.components.flatMap((component): Hit[] => {
      if (component.kind !== 'model' || component.card === undefined || component.licence !== undefined) return [];
      const card = component.occurrences.find(({ location }) => /(?:^|\/)README\.md$/i.test(location.path));
      if (!card) return [];
      return [{ location: card.location, component: refOf(component), confidence: card.confidence, args: facts({ name: component.name }) }];
    }),
});
