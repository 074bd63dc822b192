import { artifactRule } from './shared/artifact-rule.ts';

export const embeddedCode = artifactRule('embedded-code');
