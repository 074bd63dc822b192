import { artifactRule } from './shared/artifact-rule.ts';
import { facts } from './shared/facts.ts';
import { problemsOf } from './shared/integrity.ts';
import { defineRule } from './rule.ts';

const CODES = new Set(['not-materialised']);
const ID = 'lfs-pointer-not-materialised';
const fromArtifacts = artifactRule(ID);

/** A pointer of Git LFS stands where the weights should be: nothing was inspected. */
export const lfsPointerNotMaterialised = defineRule({
  id: ID,
  check(input) {
    const hits = fromArtifacts.check(input);
    const seen = new Set(hits.map((hit) => hit.location.path));
    const pointers = input.artifacts.filter((artifact) => artifact.format === 'git-lfs-pointer' && !seen.has(artifact.path));
    for (const pointer of pointers) seen.add(pointer.path);
    return [
      ...hits,
      ...pointers.map((artifact) => ({ location: { path: artifact.path }, component: `artifact:${artifact.path}`, args: facts({ path: artifact.path }) })),
      ...problemsOf(input.integrity, CODES)
        .map(({ problem, result }) => ({ path: problem.path ?? result.subject }))
        .filter(({ path }) => !seen.has(path))
        .map(({ path }) => ({ location: { path }, component: `artifact:${path}`, args: facts({ path }) })),
    ];
  },
});
