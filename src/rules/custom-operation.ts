import { artifactRule } from './shared/artifact-rule.ts';

export const customOperation = artifactRule('custom-operation');
