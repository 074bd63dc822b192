import { findingsSection } from './findings.ts';
import { modelsSection } from './models.ts';
import type { Section } from './section.ts';

/** Every section, in the order in which assets are written. Add yours here. */
export const sections: readonly Pick<Section<unknown, unknown>, 'id' | 'sources' | 'compile'>[] = [findingsSection, modelsSection];
