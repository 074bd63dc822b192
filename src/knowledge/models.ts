import type { Knowledge } from './knowledge.ts';
import { defineSection } from './section.ts';
import type { Canonical } from './models/canonical.ts';
import { compileModels } from './models/compile.ts';
import { indexModels, type ModelsIndex } from './models/index.ts';
import { recognise, type ModelContext, type RecognisedModel } from './models/recognise.ts';
import type { EndOfLife, FamilyLicence, ModelsAsset } from './models/shapes.ts';

export type { Canonical } from './models/canonical.ts';
export type { ModelContext, RecognisedModel } from './models/recognise.ts';
export type { EndOfLife, FamilyLicence } from './models/shapes.ts';

/** Model families, ready-made names, end-of-life dates, and what tells a model id from other values. */
export const modelsSection = defineSection<ModelsAsset, ModelsIndex>({
  id: 'models',
  sources: ['catalog/models', 'catalog/providers/providers.yaml'],
  compile: compileModels,
  index: indexModels,
});

/** A model id with gateway prefixes, ARNs, regions and resource paths taken off. */
export const canonicalise = (knowledge: Knowledge, text: string): Canonical | undefined => knowledge.get(modelsSection).canonicalise(text);

/** Decides whether `text` names a model, from the text and the place where it stands. */
export const recogniseModel = (knowledge: Knowledge, text: string, context: ModelContext): RecognisedModel | undefined =>
  recognise(knowledge.get(modelsSection), text, context);

/** Retirement facts of a hosted model. Without `provider`, the maker's own date. */
export const endOfLife = (knowledge: Knowledge, provider: string | undefined, id: string): EndOfLife | undefined =>
  knowledge.get(modelsSection).endOfLife(provider, id);

/** Licence of the family that an id belongs to; `derived` where another owner publishes it. */
export function licenceOf(
  knowledge: Knowledge,
  id: string,
  provider?: string,
): { readonly licence: FamilyLicence; readonly family: string; readonly derived: boolean } | undefined {
  const index = knowledge.get(modelsSection);
  const canonical = index.canonicalise(id);
  const match = canonical && index.match(canonical, { provider, modelKey: true });
  return match && { licence: match.family.licence, family: match.family.id, derived: match.derived };
}
