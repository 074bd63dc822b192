import { at, facts, isTrue, observed, text } from './shared/facts.ts';
import { idOf, isUnpinned, loadsOf, locationOf } from './shared/load.ts';
import { onePerPlace } from './shared/one-per-place.ts';
import { isRecord } from './shared/place.ts';
import { defineRule } from './rule.ts';

/** With a commit as revision the code that runs is at least always the same and can be read once. */
export const trustRemoteCode = defineRule({
  id: 'trust-remote-code',
  check: (input) => [
    ...onePerPlace(loadsOf(input)
      .filter((load) => isTrue(load.facts, 'trustRemoteCode'))
      .map((load) => {
        const moving = isUnpinned(load) || text(load.facts, 'id') === undefined;
        return {
          ...at(load),
          location: locationOf(load, 'trustRemoteCodeLine'),
          severity: moving ? 'high' : 'medium',
          args: facts({ id: idOf(input, load), loader: text(load.facts, 'loader'), revision: text(load.facts, 'revision') }),
        };
      })),
    // A key of a configuration file, an option of a server or trainer.
    ...observed(input, 'remote-code-switch')
      .filter(({ location }) => !isRecord(location.path))
      .map((option) => ({ ...at(option), args: facts({ loader: text(option.facts, 'via') }) })),
  ],
});
