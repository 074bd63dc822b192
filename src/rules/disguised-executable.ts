import { artifactRule } from './shared/artifact-rule.ts';

export const disguisedExecutable = artifactRule('disguised-executable');
