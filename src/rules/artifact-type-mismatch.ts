import { artifactRule } from './shared/artifact-rule.ts';

export const artifactTypeMismatch = artifactRule('artifact-type-mismatch');
