import { artifactRule } from './shared/artifact-rule.ts';

export const unknownObject = artifactRule('unknown-object');
