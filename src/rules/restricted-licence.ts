import { refOf, type DatasetComponent, type ModelComponent } from '../core/component.ts';
import { licenceOf, modelsSection } from '../knowledge/models.ts';
import { facts } from './shared/facts.ts';
import { restrictionOf } from './shared/licence.ts';
import { isSideline } from './shared/place.ts';
import { defineRule, type Hit, type RuleInput } from './rule.ts';

interface Restriction {
  readonly licence: string;
  readonly clause?: string;
  readonly url?: string;
  /** `card`, `header`, `catalogue` … */
  readonly source: string;
  /** Another owner publishes it: its licence is the family's and whatever they added. */
  readonly derived: boolean;
  readonly nonCommercial: boolean;
}

/** What the component itself says goes before what is known of its family. */
function restriction(input: RuleInput, component: ModelComponent | DatasetComponent): Restriction | undefined {
  const { licence } = component;
  if (licence && licence.source !== 'catalogue') {
    const known = restrictionOf(licence.id);
    return known && { ...known, ...(licence.url === undefined ? {} : { url: licence.url }), source: licence.source, derived: false };
  }
  if (component.kind === 'dataset') {
    const known = licence && restrictionOf(licence.id);
    return known && { ...known, source: 'catalogue', derived: false };
  }
  const family = licenceOf(input.knowledge, component.canonical ?? component.name, component.provider) ?? licenceOf(input.knowledge, component.name, component.provider);
  // Terms of a hosted service bind its customers; only weights that one can hold are judged.
  if (family?.licence.restricted !== 'yes' || input.knowledge.get(modelsSection).family(family.family)?.weights === 'hosted-only') return undefined;
  const { name, clause, url } = family.licence;
  return {
    licence: name,
    ...(clause === undefined ? {} : { clause }),
    url,
    source: 'catalogue',
    derived: family.derived,
    nonCommercial: /non-?commercial|research/i.test(`${name} ${clause ?? ''}`),
  };
}

/** One finding per model, at its first place in code that runs. */
export const restrictedLicence = defineRule({
  id: 'restricted-licence',
  check: (input) =>
    input.inventory.components.flatMap((component): Hit[] => {
      if (component.kind !== 'model' && component.kind !== 'dataset') return [];
      if (component.kind === 'model' && component.unresolved) return [];
      const found = restriction(input, component);
      const first = component.occurrences.find(({ location }) => !isSideline(location.path)) ?? component.occurrences[0];
      if (!found || !first) return [];
      return [
        {
          location: first.location,
          related: component.occurrences.filter((other) => other !== first).map((other) => other.location),
          component: refOf(component),
          severity: found.nonCommercial ? 'medium' : 'low',
          confidence: found.source === 'catalogue' ? (found.derived || component.kind === 'dataset' ? 'low' : 'medium') : first.confidence,
          args: facts({
            name: component.name,
            kind: component.kind,
            licence: found.licence,
            clause: found.clause,
            url: found.url,
            basis: found.source === 'catalogue' ? 'of its family' : found.source,
          }),
        },
      ];
    }),
});
