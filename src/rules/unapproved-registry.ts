import { judgeAccess } from '../policy/access.ts';
import { at, facts, groupBy, observed, text } from './shared/facts.ts';
import { hostOf } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

/** Hosts that the hubs stand for. */
const HUB_HOSTS: Readonly<Record<string, string>> = {
  huggingface: 'huggingface.co',
  'torch-hub': 'github.com',
  modelscope: 'modelscope.cn',
  kaggle: 'kaggle.com',
  ollama: 'registry.ollama.ai',
};

/** Registry host of an image name; Docker Hub where it names none (the reference grammar of image names). */
function imageHost(image: string): string {
  const first = image.slice(0, Math.max(0, image.indexOf('/')));
  return first.includes('.') || first.includes(':') || first === 'localhost' ? first.toLowerCase() : 'docker.io';
}

/** Judged by the configuration alone: where models, data, images and other downloads come from. */
export const unapprovedRegistry = defineRule({
  id: 'unapproved-registry',
  check(input) {
    const { policy } = input;
    if (!policy || (policy.registries.allow === undefined && policy.registries.deny === undefined)) return [];
    const sources = observed(input, 'model-load', 'dataset-load', 'download', 'container').flatMap((observation) => {
      const { facts: values, type } = observation;
      const url = text(values, 'url');
      const image = text(values, 'image');
      const hub = text(values, 'hub');
      const host = type === 'download' ? url && hostOf(url) : type === 'container' ? image && imageHost(image) : hub && values['local'] !== true ? HUB_HOSTS[hub] : undefined;
      return host === undefined || host === '' ? [] : [{ observation, host }];
    });
    return [...groupBy(sources, ({ host, observation }) => `${host}\0${observation.component ?? observation.location.path}`).values()].flatMap(
      ([first, ...rest]): Hit[] => {
        const verdict = first && judgeAccess(policy.registries, [first.host]);
        if (!first || !verdict) return [];
        return [
          {
            ...at(first.observation),
            related: rest.map(({ observation }) => observation.location),
            args: facts({ host: first.host, name: text(first.observation.facts, 'id') ?? text(first.observation.facts, 'image') ?? text(first.observation.facts, 'url'), reason: verdict.reason, entry: verdict.entry }),
          },
        ];
      },
    );
  },
});
