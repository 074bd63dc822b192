import { artifactRule } from './shared/artifact-rule.ts';

export const externalReference = artifactRule('external-reference');
