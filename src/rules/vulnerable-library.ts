import { refOf, type Component, type ComponentRef, type Ecosystem, type LibraryComponent } from '../core/component.ts';
import type { Location } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { advisoriesSection, indexAdvisories, type AdvisoryMatch } from '../knowledge/advisories.ts';
import { findingsSection } from '../knowledge/findings.ts';
import { facts, groupBy, observed, text } from './shared/facts.ts';
import { statedAt } from './shared/place.ts';
import { defineRule, type Hit, type RuleInput } from './rule.ts';

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

/** A component, the package that it is, and where it is seen. */
interface Subject {
  readonly ref: ComponentRef;
  readonly used: Used;
  readonly places: readonly Location[];
}

function usedBy(component: Component, requirements: readonly Observation[]): Used | undefined {
  if (component.kind === 'library') return { ecosystem: component.ecosystem, name: component.name, versions: versionsOf(component, requirements) };
  if (component.kind !== 'mcp-server' || !component.package) return undefined;
  // `npx mcp-remote@0.1.15`: a client starts the package that its configuration names.
  const { ecosystem, name, version } = component.package;
  if (ecosystem === 'docker' || version === undefined) return undefined;
  return { ecosystem, name, versions: [{ version, places: component.occurrences.slice(0, 1).map(({ location }) => location) }] };
}

/** `v0.9.2`, `1.121.0-alpine`, `main-v1.40.0-stable`: the release that an image holds. */
const RELEASE = /(?:^|-)v?(\d+\.\d+\.\d+)(?:$|[-.+_])/;

/** Packages that images are, by the images' names: `flowiseai/flowise:2.2.7` is flowise 2.2.7. */
function imagesIn(input: RuleInput): Subject[] {
  const images = input.knowledge.get(findingsSection).get('vulnerable-library').parameters['images'];
  const packages = new Map(Object.entries(images ?? {}).flatMap(([image, written]) => (typeof written === 'string' ? [[image, written.split(' ')] as const] : [])));
  const containers = observed(input, 'container').flatMap((container) => {
    const [ecosystem, name] = packages.get(text(container.facts, 'image') ?? '') ?? [];
    const version = RELEASE.exec(text(container.facts, 'tag') ?? '')?.[1];
    return ecosystem && name && version && container.component ? [{ container, ecosystem: ecosystem as Ecosystem, name, version, component: container.component }] : [];
  });
  return [...groupBy(containers, ({ component }) => component).values()].flatMap((group): Subject[] => {
    const [first] = group;
    if (!first) return [];
    const versions = [...groupBy(group, ({ version }) => version)].map(([version, same]) => ({ version, places: same.map(({ container }) => container.location) }));
    return [{ ref: first.component, used: { ecosystem: first.ecosystem, name: first.name, versions }, places: [] }];
  });
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

    const subjects = input.inventory.components.flatMap((component): Subject[] => {
      const ref = refOf(component);
      const used = usedBy(component, requirements.get(ref) ?? []);
      return used ? [{ ref, used, places: component.occurrences.map(({ location }) => location) }] : [];
    });
    return [...subjects, ...imagesIn(input)].flatMap(({ ref, used, places }): Hit[] => {
      const found = used.versions.flatMap((fixed) => affecting(used, fixed.version).map((advisory) => ({ fixed, advisory })));
      // One finding per vulnerability, also where manifests fix several affected versions.
      return [...groupBy(found, ({ advisory }) => advisory.id).values()].flatMap(([first, ...rest]): Hit[] => {
        const location = first?.fixed.places[0];
        if (!first || !location) return [];
        const { fixed, advisory } = first;
        const others = [...fixed.places.slice(1), ...rest.flatMap((other) => other.fixed.places), ...places];
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
