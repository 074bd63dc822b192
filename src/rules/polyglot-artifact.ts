import { artifactRule } from './shared/artifact-rule.ts';

export const polyglotArtifact = artifactRule('polyglot-artifact');
