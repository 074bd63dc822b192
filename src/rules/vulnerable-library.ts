import { refOf } from '../core/component.ts';
import { advisoriesSection, indexAdvisories } from '../knowledge/advisories.ts';
import { facts } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

/** Known vulnerabilities of the exact versions that manifests and lock files fix. A range says nothing about what is installed. */
export const vulnerableLibrary = defineRule({
  id: 'vulnerable-library',
  check(input) {
    const shipped = input.knowledge.get(advisoriesSection);
    const online = indexAdvisories({ asOf: input.today, advisories: input.advisories ?? [] });
    return input.inventory.components.flatMap((component): Hit[] => {
      // The line to change is the one that fixes the version, not the first import of the library.
      const first = component.occurrences.find(({ technique }) => technique === 'manifest-analysis') ?? component.occurrences[0];
      if (component.kind !== 'library' || component.version === undefined || !first) return [];
      const rest = component.occurrences.filter((occurrence) => occurrence !== first);
      const { ecosystem, name, version } = component;
      const fresh = online.affecting(ecosystem, name, version);
      const known = new Set(fresh.flatMap(({ id, aliases }) => [id, ...aliases]));
      const old = shipped.affecting(ecosystem, name, version).filter(({ id, aliases }) => ![id, ...aliases].some((other) => known.has(other)));
      return [...fresh, ...old].map((advisory) => ({
        location: first.location,
        related: rest.map((occurrence) => occurrence.location),
        component: refOf(component),
        ...(advisory.severity === undefined ? {} : { severity: advisory.severity }),
        subject: advisory.id,
        args: facts({
          name,
          version,
          advisory: advisory.id,
          aliases: advisory.aliases.length > 0 ? advisory.aliases : undefined,
          fixed: advisory.fixed,
          url: advisory.url,
        }),
      }));
    });
  },
});
