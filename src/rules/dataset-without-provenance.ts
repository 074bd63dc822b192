import { refOf, type DatasetComponent } from '../core/component.ts';
import { facts, observed } from './shared/facts.ts';
import { isSideline } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

const README = /(?:^|\/)readme[\w.-]*$/i;
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/**
 * Data that a model of this repository is trained on, of which nothing says where it came from: a
 * bare URL, or a file that a training relation names, without licence, digest or revision. Files
 * that are only read are not judged: every repository has CSV files.
 */
export const datasetWithoutProvenance = defineRule({
  id: 'dataset-without-provenance',
  check(input) {
    const trainedOn = new Map(input.inventory.relations.filter(({ type }) => type === 'trained-on').map((relation) => [relation.to, relation]));
    const notes = new Set(observed(input, 'data-source').map(({ location }) => location.path));
    const readmes = new Set([...notes].filter((path) => README.test(path)).map(folderOf));
    // Prose in the file that reads the data, in a README beside it or beside the data, or in the README of the whole.
    const isExplained = ({ name, origin, occurrences }: DatasetComponent): boolean =>
      readmes.has('') ||
      occurrences.some(({ location: { path } }) => notes.has(path) || readmes.has(folderOf(path))) ||
      (origin === 'file' && readmes.has(folderOf(name)));
    return input.inventory.components.flatMap((component): Hit[] => {
      if (component.kind !== 'dataset' || component.licence !== undefined || component.revision !== undefined || component.sha256 !== undefined) return [];
      const ref = refOf(component);
      const relation = trainedOn.get(ref);
      const unknown = component.origin === 'url' || ((component.origin === 'file' || component.origin === 'unknown') && relation !== undefined);
      const first = component.occurrences.find(({ location }) => !isSideline(location.path)) ?? component.occurrences[0];
      if (!unknown || !first || isExplained(component)) return [];
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
