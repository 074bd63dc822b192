import { facts } from './shared/facts.ts';
import { judgeAccess } from '../policy/access.ts';
import { defineRule, type Hit } from './rule.ts';

/** Judged by the configuration alone: without lists of providers it says nothing. */
export const unapprovedProvider = defineRule({
  id: 'unapproved-provider',
  check: (input) =>
    input.inventory.components.flatMap((component): Hit[] => {
      if ((component.kind !== 'service' && component.kind !== 'vector-store') || !input.policy) return [];
      if (component.kind === 'service' && component.selfHosted) return [];
      const verdict = judgeAccess(input.policy.providers, [component.name, ...(component.aliases ?? [])]);
      const [first, ...rest] = component.occurrences;
      if (verdict === undefined || !first) return [];
      return [
        {
          location: first.location,
          related: rest.map((occurrence) => occurrence.location),
          component: `${component.kind}:${component.name}`,
          args: facts({ name: component.title ?? component.name, reason: verdict.reason, entry: verdict.entry }),
        },
      ];
    }),
});
