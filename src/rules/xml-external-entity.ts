import { artifactRule } from './shared/artifact-rule.ts';

export const xmlExternalEntity = artifactRule('xml-external-entity');
