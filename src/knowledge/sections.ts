import { vocabularySection } from './vocabulary.ts';
import { advisoriesSection } from './advisories.ts';
import { completenessSection } from './completeness.ts';
import { findingsSection } from './findings.ts';
import { lookalikeSection } from './lookalikes.ts';
import { hubOwnersSection } from './hub-owners.ts';
import { librariesSection } from './libraries.ts';
import { modelLicencesSection } from './model-licences.ts';
import { modelsSection } from './models.ts';
import { pickleSection } from './pickle.ts';
import { agentsSection } from './agents.ts';
import { configSection } from './config.ts';
import { detectSection } from './detect.ts';
import { datasetsSection } from './datasets.ts';
import { infrastructureSection } from './infrastructure.ts';
import { providersSection } from './providers.ts';
import { vectorStoresSection } from './vector-stores.ts';
import type { Section } from './section.ts';

/** Every section, in the order in which assets are written. Add yours here. */
export const sections: readonly Pick<Section<unknown, unknown>, 'id' | 'sources' | 'compile'>[] = [
  findingsSection,
  librariesSection,
  lookalikeSection,
  advisoriesSection,
  modelLicencesSection,
  completenessSection,
  modelsSection,
  configSection,
  detectSection,
  pickleSection,
  vectorStoresSection,
  providersSection,
  infrastructureSection,
  datasetsSection,
  agentsSection,
  vocabularySection,
  hubOwnersSection,
];
