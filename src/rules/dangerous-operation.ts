import { artifactRule } from './shared/artifact-rule.ts';

export const dangerousOperation = artifactRule('dangerous-operation');
