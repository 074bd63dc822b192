import { isSideline } from './shared/place.ts';
import { facts, observed } from './shared/facts.ts';
import { lookalikeSection } from '../knowledge/lookalikes.ts';
import { defineRule, type Hit } from './rule.ts';

/** `library:pypi/opnai` → ecosystem and name. Look-alikes are no AI libraries, so the inventory may not hold them. */
function parseRef(ref: string): { readonly ecosystem: string; readonly name: string } | undefined {
  const match = /^library:([a-z]+)\/(.+)$/.exec(ref);
  return match?.[1] && match[2] ? { ecosystem: match[1], name: match[2] } : undefined;
}

/** One letter away from a much used AI package, and hardly used itself. A fact, not a verdict. */
export const lookalikePackage = defineRule({
  id: 'lookalike-package',
  check(input) {
    const lookalikes = input.knowledge.get(lookalikeSection);
    const seen = new Set<string>();
    return observed(input, 'requirement', 'import').flatMap((observation): Hit[] => {
      const { component: ref, location } = observation;
      const parsed = ref === undefined || seen.has(ref) ? undefined : parseRef(ref);
      const twin = parsed && lookalikes.of(parsed.ecosystem, parsed.name);
      if (!twin || ref === undefined || isSideline(location.path)) return [];
      seen.add(ref);
      return [{ location, component: ref, args: facts({ name: parsed.name, twin: twin.neighbour, difference: twin.difference, use: twin.use }) }];
    });
  },
});
