import { refOf, type Component, type Ecosystem, type LibraryComponent } from '../core/component.ts';
import type { Location } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { advisoriesSection, indexAdvisories, type AdvisoryMatch } from '../knowledge/advisories.ts';
import { facts, groupBy, observed, text } from './shared/facts.ts';
import { statedAt } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

const placeOf = ({ path, line }: Location): string => `${path}\0${line ?? ''}`;

interface Fixed {
  readonly version: string;
  /** The lines that fix the version: what one has to change. */
  readonly places: readonly Location[];
}

/**
 * The versions that manifests and lock files fix, the component's own first. Its lines are those
 * that state it, else its first manifest: not an import, nor a manifest that asks for any version.
 */
function versionsOf(component: LibraryComponent, requirements: readonly Observation[]): Fixed[] {
  const stated = groupBy(
    requirements.filter(({ facts: values }) => text(values, 'version') !== undefined),
    ({ facts: values }) => text(values, 'version') ?? '',
  );
  const versions = new Set([...(component.version === undefined ? [] : [component.version]), ...stated.keys()]);
  return [...versions].map((version) => {
    const places = (stated.get(version) ?? []).map(statedAt);
    if (places.length > 0) return { version, places };
    const other = component.occurrences.find(({ technique }) => technique === 'manifest-analysis') ?? component.occurrences[0];
    return { version, places: other ? [other.location] : [] };
  });
}

/** A package that the repository uses, with the versions that it fixes. */
interface Used {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly versions: readonly Fixed[];
}

function usedBy(component: Component, requirements: readonly Observation[]): Used | undefined {
  if (component.kind === 'library') return { ecosystem: component.ecosystem, name: component.name, versions: versionsOf(component, requirements) };
  if (component.kind !== 'mcp-server' || !component.package) return undefined;
  // `npx mcp-remote@0.1.15`: a client starts the package that its configuration names.
  const { ecosystem, name, version } = component.package;
  if (ecosystem === 'docker' || version === undefined) return undefined;
  return { ecosystem, name, versions: [{ version, places: component.occurrences.slice(0, 1).map(({ location }) => location) }] };
}

/** Known vulnerabilities of the exact versions that manifests and lock files fix. A range says nothing about what is installed. */
export const vulnerableLibrary = defineRule({
  id: 'vulnerable-library',
  check(input) {
    const shipped = input.knowledge.get(advisoriesSection);
    const online = indexAdvisories({ asOf: input.today, advisories: input.advisories ?? [] });
    const requirements = groupBy(observed(input, 'requirement', 'locked'), ({ component }) => component ?? '');

    const affecting = ({ ecosystem, name }: Used, version: string): readonly AdvisoryMatch[] => {
      const fresh = online.affecting(ecosystem, name, version);
      const known = new Set(fresh.flatMap(({ id, aliases }) => [id, ...aliases]));
      const old = shipped.affecting(ecosystem, name, version).filter(({ id, aliases }) => ![id, ...aliases].some((other) => known.has(other)));
      return [...fresh, ...old];
    };

    return input.inventory.components.flatMap((component): Hit[] => {
      const ref = refOf(component);
      const used = usedBy(component, requirements.get(ref) ?? []);
      if (!used) return [];
      const found = used.versions.flatMap((fixed) => affecting(used, fixed.version).map((advisory) => ({ fixed, advisory })));
      // One finding per vulnerability, also where manifests fix several affected versions.
      return [...groupBy(found, ({ advisory }) => advisory.id).values()].flatMap(([first, ...rest]): Hit[] => {
        const location = first?.fixed.places[0];
        if (!first || !location) return [];
        const { fixed, advisory } = first;
        const others = [...fixed.places.slice(1), ...rest.flatMap((other) => other.fixed.places), ...component.occurrences.map((occurrence) => occurrence.location)];
        const related = [...groupBy(others, placeOf).values()].flatMap(([place]) => (place && placeOf(place) !== placeOf(location) ? [place] : []));
        return [
          {
            location,
            related,
            component: ref,
            ...(advisory.severity === undefined ? {} : { severity: advisory.severity }),
            subject: advisory.id,
            args: facts({
              name: used.name,
              version: fixed.version,
              advisory: advisory.id,
              aliases: advisory.aliases.length > 0 ? advisory.aliases : undefined,
              fixed: advisory.fixed,
              url: advisory.url,
            }),
          },
        ];
      });
    });
  },
});
