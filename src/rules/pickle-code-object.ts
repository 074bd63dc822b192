import { artifactRule } from './shared/artifact-rule.ts';

export const pickleCodeObject = artifactRule('pickle-code-object');
