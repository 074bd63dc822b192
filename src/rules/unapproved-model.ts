import { refOf } from '../core/component.ts';
import { purlOf } from '../core/purl.ts';
import { judgeAccess } from '../policy/access.ts';
import { facts } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

/** Judged by the configuration alone: without lists of models it says nothing. */
export const unapprovedModel = defineRule({
  id: 'unapproved-model',
  check: (input) =>
    input.inventory.components.flatMap((component): Hit[] => {
      if (component.kind !== 'model' || component.unresolved || !input.policy) return [];
      const purl = purlOf(component);
      const names = [component.name, ...(component.canonical === undefined ? [] : [component.canonical]), ...(purl === undefined ? [] : [purl])];
      const verdict = judgeAccess(input.policy.models, names);
      const [first, ...rest] = component.occurrences;
      if (!verdict || !first) return [];
      return [
        {
          location: first.location,
          related: rest.map((occurrence) => occurrence.location),
          component: refOf(component),
          args: facts({ name: component.name, reason: verdict.reason, entry: verdict.entry }),
        },
      ];
    }),
});
