import { refOf, type ModelComponent } from '../../core/component.ts';
import type { Discovery } from '../../core/inventory.ts';
import type { Observation } from '../../core/observation.ts';
import { APPLICATION } from '../../core/relation.ts';
import type { HostileTitle } from '../../source/oci/layout.ts';
import type { OciTarget } from '../targets.ts';
import type { ArtifactFacts } from './facts.ts';

/** Where facts about the artifact as a whole are shown. */
export const MANIFEST = 'manifest.json';
/** As people name it. */
export const shown = ({ name, reference }: OciTarget): string => (reference.tag === undefined ? name : `${name}:${reference.tag}`);

/** The artifact as a component of its own report. */
export function modelOf(target: OciTarget, digest: string, facts: ArtifactFacts): ModelComponent {
  const { licence, card, baseModels, datasets } = facts;
  return {
    kind: 'model',
    origin: target.kind,
    name: target.kind === 'ollama' ? shown(target) : target.name,
    occurrences: [{ location: { path: MANIFEST }, technique: 'other', crawler: 'registry', confidence: 'high', symbol: 'manifest' }],
    revision: digest,
    ...(licence === undefined ? {} : { licence: { id: licence, source: 'manifest' } }),
    ...(baseModels.length === 0 ? {} : { baseModels }),
    ...(datasets.length === 0 ? {} : { datasets }),
    ...(Object.keys(card).length === 0 ? {} : { card }),
  };
}

/** Names that leave the folder of the artifact, for the rule about archives whose members do. */
export const hostileTitles = (hostile: readonly HostileTitle[]): Observation[] =>
  hostile.map(({ path, title, problem }) => ({
    type: 'layer-title',
    location: { path },
    crawler: 'registry',
    confidence: 'high',
    facts: { path: MANIFEST, member: title, problem },
  }));

/** What the registry says of an artifact. */
export function discoveryOf(target: OciTarget, digest: string, facts: ArtifactFacts, hostile: readonly HostileTitle[]): Discovery {
  const model = modelOf(target, digest, facts);
  return {
    components: [model],
    relations: [{ from: APPLICATION, to: refOf(model), type: 'uses' }],
    observations: hostileTitles(hostile),
  };
}
