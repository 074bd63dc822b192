import { parse } from 'yaml';
import { defineSection, type RuleFile } from './section.ts';

/** Licence of some models of a family. */
export interface ModelLicence {
  /** Family id, or `*` for every model. */
  readonly family: string;
  /** Tested on the canonical id, without regard to case. */
  readonly pattern: string;
  readonly name: string;
  readonly spdx?: string;
  readonly restricted: boolean;
  readonly clause?: string;
  readonly url: string;
}

export interface ModelLicences {
  /** The entry for a model, where its family has more than one licence. */
  of(family: string | undefined, id: string): ModelLicence | undefined;
}

/** Longest known model id; longer names match no pattern. */
const MAX_ID = 200;

function compile([file]: readonly RuleFile[]): readonly ModelLicence[] {
  if (!file) throw new Error('rules/catalog/model-licences.yaml is missing');
  // YAML 1.2 has no `yes` and `no`: they are words here.
  const { entries } = parse(file.text) as {
    readonly entries: readonly (Omit<ModelLicence, 'restricted'> & { readonly restricted: string })[];
  };
  return entries.map((entry) => {
    if (entry.restricted !== 'yes' && entry.restricted !== 'no')
      throw new Error(`${file.path}: ${entry.family} ${entry.pattern}: restricted is yes or no`);
    void new RegExp(entry.pattern, 'i');
    return { ...entry, restricted: entry.restricted === 'yes' };
  });
}

export const modelLicencesSection = defineSection<readonly ModelLicence[], ModelLicences>({
  id: 'model-licences',
  sources: ['catalog/model-licences.yaml'],
  compile,
  index(entries) {
    const compiled = entries.map((entry) => ({ entry, pattern: new RegExp(entry.pattern, 'i') }));
    return {
      of: (family, id) =>
        id.length > MAX_ID
          ? undefined
          : compiled.find(({ entry, pattern }) => (entry.family === family || entry.family === '*') && pattern.test(id))?.entry,
    };
  },
});
