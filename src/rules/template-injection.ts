import { artifactRule } from './shared/artifact-rule.ts';

export const templateInjection = artifactRule('template-injection');
