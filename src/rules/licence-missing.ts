import { refOf } from '../core/component.ts';
import { facts } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

const CARD = /(?:^|\/)(?:README|MODEL_?CARD)\.md$/i;

/** Only where there is a card of the model itself to read: without one, nothing is known, and nothing is said. */
export const licenceMissing = defineRule({
  id: 'licence-missing',
  check: (input) =>
    input.inventory.components.flatMap((component): Hit[] => {
      if (component.kind !== 'model' || component.licence !== undefined) return [];
      const card = component.occurrences.find(({ location, symbol }) => CARD.test(location.path) && (symbol === 'model-index' || symbol === 'card'));
      return card ? [{ location: card.location, component: refOf(component), confidence: card.confidence, args: facts({ name: component.name }) }] : [];
    }),
});
