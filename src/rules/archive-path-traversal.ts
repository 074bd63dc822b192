import { artifactRule } from './shared/artifact-rule.ts';
import { at, observed } from './shared/facts.ts';
import { defineRule } from './rule.ts';

const members = artifactRule('archive-path-traversal');

/** Members of archives, and layers of registry artifacts, whose clients write them under the name that they bear. */
export const archivePathTraversal = defineRule({
  id: members.id,
  check: (input) => [...members.check(input), ...observed(input, 'layer-title').map((title) => ({ ...at(title), args: title.facts }))],
});
