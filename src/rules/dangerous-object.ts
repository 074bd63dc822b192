import { artifactRule } from './shared/artifact-rule.ts';

export const dangerousObject = artifactRule('dangerous-object');
