import { artifactRule } from './shared/artifact-rule.ts';
import { at, facts, nameOf, observed, text } from './shared/facts.ts';
import { defineRule } from './rule.ts';

const fromArtifacts = artifactRule('remote-code');

/** A model directory whose configuration names Python files to import (`auto_map`): it only loads with trust_remote_code. */
export const remoteCode = defineRule({
  id: 'remote-code',
  check(input) {
    const hits = fromArtifacts.check(input);
    const paths = new Set(hits.map((hit) => hit.location.path));
    return [
      ...hits,
      ...observed(input, 'remote-code')
        .filter(({ location }) => !paths.has(location.path))
        .map((observation) => ({
          ...at(observation),
          args: facts({ path: observation.location.path, name: nameOf(input, observation.component), file: text(observation.facts, 'file'), key: text(observation.facts, 'key') }),
        })),
    ];
  },
});
