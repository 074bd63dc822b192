import { at, facts, groupBy, observed, text } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

/** Tags that registries move with every build. A version tag without a digest is not reported: its owner moves it in no usual way. */
const MOVING = new Set(['latest', 'main', 'master', 'nightly', 'edge', 'dev', 'develop', 'canary', 'rolling', 'stable', 'head', 'snapshot']);
/** `latest-gpu`, `nightly-cuda12`. */
const isMoving = (tag: string): boolean => MOVING.has(tag) || /^(?:latest|nightly|main|edge)[-_.]/.test(tag);

export const unpinnedImage = defineRule({
  id: 'unpinned-image',
  check(input) {
    const open = observed(input, 'container').filter(({ facts: values }) => {
      if (text(values, 'image') === undefined || text(values, 'digest') !== undefined || values['tag'] === null) return false;
      return isMoving((text(values, 'tag') ?? 'latest').toLowerCase());
    });
    return [...groupBy(open, ({ location }) => `${location.path}\0${location.line ?? ''}`).values()].flatMap(([first]): Hit[] =>
      first ? [{ ...at(first), args: facts({ image: text(first.facts, 'image'), tag: text(first.facts, 'tag'), via: text(first.facts, 'via') }) }] : [],
    );
  },
});
