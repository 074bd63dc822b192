import { refOf, type Component, type ComponentRef } from '../core/component.ts';
import type { Occurrence } from '../core/evidence.ts';
import type { Discovery } from '../core/inventory.ts';
import type { Observation } from '../core/observation.ts';
import { APPLICATION, type Relation } from '../core/relation.ts';
import type { IntegrityResult } from '../core/report.ts';
import { unknownRepository, type HubFile, type HubRepository } from '../registries/huggingface-facts.ts';

/** What is known of models and data sets one step away, by name in lower case. */
export type Neighbours = ReadonlyMap<string, HubRepository>;

/** Where facts of the repository's page are shown: its card, else any file of it. */
export const placeOf = (files: readonly { readonly path: string }[]): string =>
  files.find(({ path }) => /^readme\.md$/i.test(path))?.path ?? files[0]?.path ?? 'README.md';

const seen = (path: string, symbol: string): Occurrence => ({
  location: { path },
  technique: 'other',
  crawler: 'registry',
  confidence: 'high',
  symbol,
});

function componentOf(repository: HubRepository, place: string, symbol: string, revision?: string): Component {
  const { name, licence, task, library, baseModels, datasets } = repository;
  const shared = {
    name,
    occurrences: [seen(place, symbol)],
    ...(revision === undefined ? {} : { revision }),
    ...(licence === undefined ? {} : { licence: { id: licence, source: 'card' } }),
  };
  if (repository.type === 'dataset') return { kind: 'dataset', origin: 'huggingface', ...shared };
  return {
    kind: 'model',
    origin: 'huggingface',
    ...shared,
    ...(task === undefined ? {} : { task }),
    ...(library === undefined ? {} : { library }),
    ...(baseModels.length === 0 ? {} : { baseModels }),
    ...(datasets.length === 0 ? {} : { datasets }),
  };
}

/** The repository as a component of its own report; nothing for a Space, which is an application. */
export const selfRef = (repository: HubRepository): ComponentRef | undefined =>
  repository.type === 'space' ? undefined : refOf(componentOf(repository, 'README.md', 'hub'));

/** What the hub says of a repository and its neighbours: components, relations, and what rules judge. */
export function hubDiscovery(repository: HubRepository, files: readonly HubFile[], neighbours: Neighbours): Discovery {
  const place = placeOf(files);
  const self = selfRef(repository);
  const components: Component[] = self === undefined ? [] : [componentOf(repository, place, 'hub', repository.commit)];
  const relations: Relation[] = self === undefined ? [] : [{ from: APPLICATION, to: self, type: 'uses' }];
  const step = (names: readonly string[], type: 'model' | 'dataset', relation: Relation['type']): void => {
    for (const name of names) {
      const known = neighbours.get(`${type}:${name.toLowerCase()}`);
      const component = componentOf(known ?? unknownRepository(type, name), place, type === 'model' ? 'base_model' : 'datasets');
      components.push(component);
      relations.push({ from: self ?? APPLICATION, to: refOf(component), type: relation });
    }
  };
  step(repository.baseModels, 'model', 'base-model');
  step(repository.datasets, 'dataset', 'trained-on');
  const about = (type: string, path: string, facts: Observation['facts']): Observation => ({
    type,
    location: { path },
    crawler: 'registry',
    confidence: 'high',
    ...(self === undefined ? {} : { component: self }),
    facts,
  });
  return {
    components,
    relations,
    observations: [
      ...files.flatMap((file) => (file.scan === undefined ? [] : [about('hub-scan', file.path, { path: file.path, status: file.scan })])),
      ...[repository.name, ...repository.baseModels]
        .filter((name) => name.includes('/'))
        .map((name) => about('hub-owner', place, { name, owner: name.slice(0, name.indexOf('/')) })),
    ],
  };
}

/** The hub's digests and its scanners' words, each for what it is worth. */
export function hubIntegrity(files: readonly HubFile[]): IntegrityResult[] {
  const stated = files.filter((file) => file.sha256 !== undefined).length;
  const told = files.filter((file) => file.scan !== undefined);
  return [
    ...(stated === 0
      ? []
      : [{ source: 'hub digests', subject: '.', status: 'unverified', trust: 'digest-hub', problems: [], digests: 'hub' } as const]),
    ...(told.length === 0
      ? []
      : [
          {
            source: 'hub scanners (opinion of a third party)',
            subject: '.',
            status: 'unverified',
            trust: 'none',
            problems: told
              .filter((file) => file.scan !== 'safe')
              .map((file) => ({ code: 'hub-scan', path: file.path, detail: file.scan ?? '' })),
          } as const,
        ]),
  ];
}
