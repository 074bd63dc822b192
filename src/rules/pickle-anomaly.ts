import { artifactRule } from './shared/artifact-rule.ts';

export const pickleAnomaly = artifactRule('pickle-anomaly');
