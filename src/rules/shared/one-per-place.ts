import { groupBy } from './facts.ts';
import type { Hit } from '../rule.ts';

/** A call that may load one of several models is one place to fix: one hit, with all the ids. */
export function onePerPlace(hits: readonly Hit[]): Hit[] {
  return [...groupBy(hits, ({ location }) => `${location.path}\0${location.line ?? ''}`).values()].flatMap(([first, ...rest]) => {
    if (!first) return [];
    const ids = [...new Set([first, ...rest].map((found) => String(found.args['id'] ?? '')))];
    return [ids.length === 1 ? first : { ...first, args: { ...first.args, id: ids } }];
  });
}
