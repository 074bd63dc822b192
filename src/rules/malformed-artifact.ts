import { artifactRule } from './shared/artifact-rule.ts';

export const malformedArtifact = artifactRule('malformed-artifact');
