import { advisoriesSection } from '../knowledge/advisories.ts';
import { facts } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

/** Known vulnerabilities of the exact versions that manifests and lock files fix. A range says nothing about what is installed. */
export const vulnerableLibrary = defineRule({
  id: 'vulnerable-library',
  check(input) {
    const advisories = input.knowledge.get(advisoriesSection);
    return input.inventory.components.flatMap((component): Hit[] => {
      if (component.kind !== 'library' || component.version === undefined) return [];
      const { version } = component;
      const [first, ...rest] = component.occurrences;
      if (!first) return [];
      return advisories.affecting(component.ecosystem, component.name, version).map((advisory) => ({
        location: first.location,
        related: rest.map((occurrence) => occurrence.location),
        component: `library:${component.ecosystem}/${component.name.toLowerCase()}`,
        severity: advisory.severity ?? 'medium',
        subject: advisory.id,
        args: facts({
          name: component.name,
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
