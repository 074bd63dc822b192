import type { Observation } from '../core/observation.ts';
import type { Location } from '../core/evidence.ts';
import { facts, groupBy, isTrue, text, weaker } from './shared/facts.ts';
import { idOf, isDataset, isUnpinned, loadsOf } from './shared/load.ts';
import { onePerPlace } from './shared/one-per-place.ts';
import { defineRule, type Hit } from './rule.ts';

const place = ({ path, line }: Location): string => (line === undefined ? path : `${path}:${line}`);

/** What runs when the load is reached, if the one who controls the repository wants it to. */
function payload(load: Observation): 'code' | 'pickle' | undefined {
  if (isTrue(load.facts, 'trustRemoteCode')) return 'code';
  if (load.facts['useSafetensors'] === false) return 'pickle';
  return undefined;
}

/**
 * Joins what single rules say about one model: the revision moves, and what the load fetches is
 * run. One finding per model, at the first such load, with the others as related places.
 */
export const remoteCodePath = defineRule({
  id: 'remote-code-path',
  check(input) {
    const remoteCode = new Map<string, Observation>();
    for (const observation of input.inventory.observations) {
      if (observation.type === 'remote-code' && observation.component !== undefined) remoteCode.set(observation.component, observation);
    }
    const open = loadsOf(input).filter((load) => isUnpinned(load) && payload(load) !== undefined);
    const models = [...groupBy(open, (load) => `${load.type}\0${text(load.facts, 'id')?.toLowerCase() ?? ''}`).values()];
    return onePerPlace(models.flatMap((loads): Hit[] => {
      const first = loads.find((load) => payload(load) === 'code') ?? loads[0];
      if (!first) return [];
      const kind = payload(first);
      const id = idOf(input, first) ?? '';
      const revision = text(first.facts, 'revision');
      const code = first.component === undefined ? undefined : remoteCode.get(first.component);
      const others = loads.filter((load) => load !== first);
      return [
        {
          location: first.location,
          related: [...others.map((load) => load.location), ...(code ? [code.location] : [])],
          ...(first.component === undefined ? {} : { component: first.component }),
          confidence: loads.reduce((confidence, load) => weaker(confidence, load.confidence), first.confidence),
          severity: kind === 'code' ? 'critical' : 'high',
          subject: id.toLowerCase(),
          args: facts({
            id,
            kind: isDataset(first) ? 'dataset' : 'model',
            loader: text(first.facts, 'loader'),
            payload: kind === 'code' ? 'Python code of the repository is imported' : 'pickle weights are unpickled',
            steps: [
              `whoever controls ${id} pushes a commit${revision === undefined ? '' : ` to ${revision}`}`,
              `${text(first.facts, 'loader') ?? 'the load'} at ${place(first.location)} fetches the newest ${revision ?? 'default branch'}`,
              kind === 'code' ? 'trust_remote_code imports the Python files that came with it' : 'use_safetensors=False makes it unpickle the weights that came with it',
              'the code runs with the rights of the process: its tokens, its data, its network',
            ],
            places: loads.length,
          }),
        },
      ];
    }));
  },
});
