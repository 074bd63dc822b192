import { artifactRule } from './shared/artifact-rule.ts';

export const archivePathTraversal = artifactRule('archive-path-traversal');
