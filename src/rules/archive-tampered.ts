import { artifactRule } from './shared/artifact-rule.ts';

export const archiveTampered = artifactRule('archive-tampered');
