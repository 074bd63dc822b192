import { artifactRule } from './shared/artifact-rule.ts';

export const unsafeArtifact = artifactRule('unsafe-artifact');
