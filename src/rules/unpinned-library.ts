import { at, facts, groupBy, isTrue, nameOf, observed, text } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

/** Extras and development tools are not what a deployment installs. */
const NOT_INSTALLED = new Set(['development', 'optional']);

/** One finding per library and manifest: any version at all may be installed the next time. */
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
        !NOT_INSTALLED.has(text(values, 'scope') ?? '')
      );
    });
    return [...groupBy(open, (observation) => `${observation.component ?? ''}\0${observation.location.path}`).values()].flatMap(
      ([first, ...rest]): Hit[] =>
        first
          ? [
              {
                ...at(first),
                related: rest.map((other) => other.location),
                args: facts({ name: nameOf(input, first.component), range: text(first.facts, 'range'), manifest: first.location.path }),
              },
            ]
          : [],
    );
  },
});
