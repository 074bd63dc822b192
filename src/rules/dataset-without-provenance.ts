import { refOf } from '../core/component.ts';
import { facts } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

/**
 * Data that a model of this repository is trained on, of which nothing says where it came from: a
 * file or a bare URL without licence, digest or revision. Data that is only read, not trained on,
 * is not judged: every repository has CSV files.
 */
export const datasetWithoutProvenance = defineRule({
  id: 'dataset-without-provenance',
  check(input) {
    const trainedOn = new Map(input.inventory.relations.filter(({ type }) => type === 'trained-on').map((relation) => [relation.to, relation]));
    return input.inventory.components.flatMap((component): Hit[] => {
      if (component.kind !== 'dataset' || (component.origin !== 'file' && component.origin !== 'url' && component.origin !== 'unknown')) return [];
      const ref = refOf(component);
      const relation = trainedOn.get(ref);
      const [first] = component.occurrences;
      if (!relation || !first || component.licence !== undefined || component.revision !== undefined || component.sha256 !== undefined) return [];
      return [{ location: relation.location ?? first.location, component: ref, confidence: first.confidence, args: facts({ name: component.name, model: input.inventory.get(relation.from)?.name }) }];
    });
  },
});
