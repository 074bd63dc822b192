import { facts, groupBy, isTrue, observed, text } from './shared/facts.ts';
import { isSideline } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

/** An AI library that code imports and no manifest names: no inventory, no lock file and no update tool sees it. */
export const undeclaredAiLibrary = defineRule({
  id: 'undeclared-ai-library',
  check(input) {
    const imports = groupBy(
      observed(input, 'import').filter((observation) => observation.component !== undefined),
      (observation) => observation.component ?? '',
    );
    return [...imports].flatMap(([ref, observations]): Hit[] => {
      const library = input.inventory.get(ref);
      if (library?.kind !== 'library' || library.declared || library.transitive || library.category === undefined) return [];
      // What the program can do without is told of where nothing else needs it.
      const needed = observations.filter(({ facts: values }) => !isTrue(values, 'optional'));
      const places = needed.length > 0 ? needed : observations;
      const first = places.find(({ location }) => !isSideline(location.path)) ?? places[0];
      if (!first) return [];
      return [
        {
          location: first.location,
          related: observations.filter((other) => other !== first).map((other) => other.location),
          component: ref,
          confidence: first.confidence,
          args: facts({ name: library.name, module: text(first.facts, 'module'), ecosystem: library.ecosystem }),
        },
      ];
    });
  },
});
