import { refOf, type LicenceRef } from '../core/component.ts';
import { judgeAccess } from '../policy/access.ts';
import { facts } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

/** Judged by the configuration alone. A component whose licence is not known is not judged: `licence-missing` says so where a card could. */
export const unapprovedLicence = defineRule({
  id: 'unapproved-licence',
  check: (input) =>
    input.inventory.components.flatMap((component): Hit[] => {
      const licence: LicenceRef | undefined = 'licence' in component ? component.licence : undefined;
      if (!licence || !input.policy) return [];
      const verdict = judgeAccess(input.policy.licences, [licence.id]);
      const [first, ...rest] = component.occurrences;
      if (!verdict || !first) return [];
      return [
        {
          location: first.location,
          related: rest.map((occurrence) => occurrence.location),
          component: refOf(component),
          args: facts({ name: component.name, licence: licence.id, reason: verdict.reason, entry: verdict.entry }),
        },
      ];
    }),
});
