import { compareLocations } from '../core/evidence.ts';
import { at, facts, groupBy, isTrue, nameOf, observed, text } from './shared/facts.ts';
import { statedAt } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

/** Where an extra is a part of the program that a deployment asks for by name; a peer or a suggestion is chosen by somebody else. */
const WITH_EXTRAS: ReadonlySet<string> = new Set(['pypi', 'cargo']);

/** Development tools are not what a deployment installs. */
const isInstalled = (scope: string | undefined, ecosystem: string): boolean =>
  scope !== 'development' && (scope !== 'optional' || WITH_EXTRAS.has(ecosystem));

/**
 * One finding per library and manifest: any version at all may be installed the next time. The
 * manifest is the one that states the range; those that refer to it (`workspace = true`, the alias
 * of a catalogue) are related places.
 */
export const unpinnedLibrary = defineRule({
  id: 'unpinned-library',
  check(input) {
    const open = observed(input, 'requirement').filter(({ facts: values, component }) => {
      const library = component === undefined ? undefined : input.inventory.get(component);
      return (
        library?.kind === 'library' &&
        library.category !== undefined &&
        isTrue(values, 'deployable') &&
        !isTrue(values, 'bounded') &&
        !isTrue(values, 'locked') &&
        isInstalled(text(values, 'scope'), library.ecosystem)
      );
    });
    return [...groupBy(open, (observation) => `${observation.component ?? ''}\0${statedAt(observation).path}`).values()].flatMap((group): Hit[] => {
      const [first, ...rest] = group;
      if (!first) return [];
      const location = statedAt(first);
      return [
        {
          ...at(first),
          location,
          related: [first, ...rest].map((other) => other.location).filter((place) => compareLocations(place, location) !== 0),
          args: facts({ name: nameOf(input, first.component), range: text(first.facts, 'range'), manifest: location.path }),
        },
      ];
    });
  },
});
