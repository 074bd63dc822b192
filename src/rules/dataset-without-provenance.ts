import { refOf } from '../core/component.ts';
import { facts } from './shared/facts.ts';
import { isSideline } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

/**
 * Data that a model of this repository is trained on, of which nothing says where it came from: a
 * bare URL, or a file that a training relation names, without licence, digest or revision. Files
 * that are only read are not judged: every repository has CSV files.
 */
export const datasetWithoutProvenance = defineRule({
  id: 'dataset-without-provenance',
  check(input) {
    const trainedOn = new Map(input.inventory.relations.filter(({ type }) => type === 'trained-on').map((relation) => [relation.to, relation]));
    return input.inventory.components.flatMap((component): Hit[] => {
      if (component.kind !== 'dataset' || component.licence !== undefined || component.revision !== undefined || component.sha256 !== undefined) return [];
      const ref = refOf(component);
      const relation = trainedOn.get(ref);
      const unknown = component.origin === 'url' || ((component.origin === 'file' || component.origin === 'unknown') && relation !== undefined);
      const first = component.occurrences.find(({ location }) => !isSideline(location.path)) ?? component.occurrences[0];
      if (!unknown || !first) return [];
      return [
        {
          location: relation?.location ?? first.location,
          component: ref,
          confidence: first.confidence,
          args: facts({ name: component.name, model: relation && input.inventory.get(relation.from)?.name }),
        },
      ];
    });
  },
});
