import { artifactRule } from './shared/artifact-rule.ts';

export const incompleteArtifact = artifactRule('incomplete-artifact');
