import { at, facts, groupBy, isTrue, observed, text } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

/** Channels: registries move such a tag with every build. A version tag without a digest is not reported: its owner moves it in no usual way. */
const CHANNELS = new Set(['latest', 'main', 'master', 'nightly', 'edge', 'dev', 'develop', 'canary', 'rolling', 'stable', 'head', 'snapshot']);
/** `v1.40.0`, a date, or the commit of a build: one build's own tag, whatever channel it came through. */
const OF_ONE_BUILD = /(?:^|[-_v])\d+\.\d+\.\d|\d{4}-?\d{2}-?\d{2}|(?:^|[-_.])(?=[0-9a-f]*\d)[0-9a-f]{7,40}(?:$|[-_.])/;
/** `latest-gpu`, `cu130-nightly`, `main-stable`. */
const isMoving = (tag: string): boolean => tag.split(/[-_.]/).some((part) => CHANNELS.has(part)) && !OF_ONE_BUILD.test(tag);

export const unpinnedImage = defineRule({
  id: 'unpinned-image',
  check(input) {
    const open = observed(input, 'container').filter(({ facts: values }) => {
      if (text(values, 'image') === undefined || text(values, 'digest') !== undefined || values['tag'] === null || isTrue(values, 'built')) return false;
      return isMoving((text(values, 'tag') ?? 'latest').toLowerCase());
    });
    return [...groupBy(open, ({ location }) => `${location.path}\0${location.line ?? ''}`).values()].flatMap(([first]): Hit[] =>
      first ? [{ ...at(first), args: facts({ image: text(first.facts, 'image'), tag: text(first.facts, 'tag'), via: text(first.facts, 'via') }) }] : [],
    );
  },
});
