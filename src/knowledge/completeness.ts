import { parse } from 'yaml';
import { defineSection, type RuleFile } from './section.ts';

/** Every way in which an element is read from a report. */
const DERIVATIONS = [
  'always',
  'components',
  'relations',
  'commit',
  'libraries',
  'accelerators',
  'services.endpoints',
  'models.name',
  'models.identifier',
  'models.revision',
  'models.producer',
  'models.task',
  'models.hash',
  'models.card',
  'models.training',
  'models.licence',
  'models.parameters',
  'models.metrics',
  'models.context',
  'models.tokenizer',
  'datasets.name',
  'datasets.identifier',
  'datasets.hash',
  'datasets.concerns',
  'datasets.licence',
  'datasets.relations',
] as const;

export type Derivation = (typeof DERIVATIONS)[number];

/** One thing that an AI-BOM should say. */
export interface CompletenessElement {
  readonly id: string;
  readonly framework: 'g7' | 'owasp';
  readonly cluster: string;
  readonly title: string;
  /** How it is derived from a report; absent where only people can say it. */
  readonly from?: Derivation;
  /** Key under `declarations` of the configuration. */
  readonly declare?: string;
  /** What fills it. */
  readonly todo: string;
}

function compile([file]: readonly RuleFile[]): readonly CompletenessElement[] {
  if (!file) throw new Error('rules/completeness.yaml is missing');
  const { elements } = parse(file.text) as { readonly elements: readonly CompletenessElement[] };
  const seen = new Set<string>();
  for (const element of elements) {
    if (seen.has(element.id)) throw new Error(`${file.path}: ${element.id} stands twice`);
    seen.add(element.id);
    if (element.from !== undefined && !DERIVATIONS.includes(element.from))
      throw new Error(`${file.path}: ${element.id}: nothing derives ${element.from}`);
    if (element.from === undefined && element.declare === undefined && element.id !== 'g7-metadata-signature')
      throw new Error(`${file.path}: ${element.id} can neither be derived nor declared`);
  }
  return elements;
}

export const completenessSection = defineSection<readonly CompletenessElement[], readonly CompletenessElement[]>({
  id: 'completeness',
  sources: ['completeness.yaml'],
  compile,
  index: (elements) => elements,
});
