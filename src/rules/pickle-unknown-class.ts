import { artifactRule } from './shared/artifact-rule.ts';

export const pickleUnknownClass = artifactRule('pickle-unknown-class');
