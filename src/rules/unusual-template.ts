import { artifactRule } from './shared/artifact-rule.ts';

export const unusualTemplate = artifactRule('unusual-template');
