import type { ComponentRef, DatasetComponent, ModelCardFacts, ModelComponent, ModelRole } from '../../core/component.ts';
import { huggingFacePurl } from '../../core/purl.ts';
import type { Ancestor, ComponentData, ModelCard, Property } from './extensions.ts';

/** What goes in and comes out of a model in a role, where the role says it. */
const FORMATS: Readonly<Record<ModelRole, readonly [inputs: readonly string[], outputs: readonly string[]]>> = {
  chat: [['text'], ['text']],
  completion: [['text'], ['text']],
  embedding: [['text'], ['embedding']],
  reranker: [['text'], ['score']],
  vision: [['image'], []],
  audio: [['audio'], []],
  'image-generation': [['text'], ['image']],
  video: [['video'], []],
  'classic-ml': [[], []],
  other: [[], []],
};

const TASKS: Partial<Readonly<Record<ModelRole, string>>> = {
  chat: 'text-generation',
  completion: 'text-generation',
  embedding: 'feature-extraction',
  reranker: 'text-ranking',
  'image-generation': 'text-to-image',
};

function cardProperties(card: ModelCardFacts): Property[] {
  const facts: readonly (readonly [string, string | number | undefined])[] = [
    ['parameterCount', card.parameterCount],
    ['dtypes', card.dtypes?.join(', ')],
    ['quantization', card.quantization],
    ['contextLength', card.contextLength],
    ['tokenizer', card.tokenizer],
    ['languages', card.languages?.join(', ')],
  ];
  return facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [{ name: `assay:${name}`, value: String(value) }]));
}

/** Empty parts are left out; an empty card is `undefined`. */
function assemble(parameters: ModelCard['modelParameters'], card: ModelCardFacts): ModelCard | undefined {
  const filled = Object.fromEntries(
    Object.entries(parameters ?? {}).filter(
      ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  );
  const properties = cardProperties(card);
  const metrics = (card.metrics ?? []).map(({ type, value, dataset }) => ({
    type,
    value,
    ...(dataset === undefined ? {} : { slice: dataset }),
  }));
  if (Object.keys(filled).length === 0 && properties.length === 0 && metrics.length === 0) return undefined;
  return {
    ...(Object.keys(filled).length > 0 ? { modelParameters: filled } : {}),
    ...(metrics.length > 0 ? { quantitativeAnalysis: { performanceMetrics: metrics } } : {}),
    ...(properties.length > 0 ? { properties } : {}),
  };
}

const architecture = (
  card: ModelCardFacts,
): Pick<NonNullable<ModelCard['modelParameters']>, 'architectureFamily' | 'modelArchitecture'> => ({
  ...(card.architectureFamily === undefined ? {} : { architectureFamily: card.architectureFamily }),
  ...(card.architecture === undefined ? {} : { modelArchitecture: card.architecture }),
});

export const artifactCard = (card: ModelCardFacts | undefined): ModelCard | undefined =>
  card === undefined ? undefined : assemble(architecture(card), card);

/** `datasetRefs`: datasets that the inventory says it was trained on. */
export function modelCardOf(model: ModelComponent, datasetRefs: readonly ComponentRef[]): ModelCard | undefined {
  const card = model.card ?? {};
  const role = model.role ?? 'other';
  const known = new Set(datasetRefs.map((ref) => ref.slice(ref.indexOf(':') + 1)));
  const named = (model.datasets ?? []).filter((name) => !known.has(name.toLowerCase()) && !known.has(name));
  const [inputs, outputs] = FORMATS[role];
  const task = model.task ?? TASKS[role];
  return assemble(
    {
      ...(task === undefined ? {} : { task }),
      ...architecture(card),
      datasets: [...datasetRefs.map((ref) => ({ ref })), ...named.map((name): ComponentData => ({ type: 'dataset', name }))],
      inputs: inputs.map((format) => ({ format })),
      outputs: outputs.map((format) => ({ format })),
    },
    card,
  );
}

export const ancestorsOf = (model: ModelComponent): Ancestor[] =>
  (model.baseModels ?? []).map((name) => {
    const purl = name.includes('/') ? huggingFacePurl(name) : undefined;
    return { type: 'machine-learning-model', name, ...(purl === undefined ? {} : { purl }) };
  });

const datasetUrl = (dataset: DatasetComponent): string | undefined => {
  if (dataset.origin === 'url') return dataset.name;
  if (dataset.origin === 'huggingface') return `https://huggingface.co/datasets/${dataset.name}`;
  return dataset.origin === 'kaggle' ? `https://www.kaggle.com/datasets/${dataset.name}` : undefined;
};

export function dataOf(dataset: DatasetComponent, encode: (url: string) => string): ComponentData {
  const url = datasetUrl(dataset);
  const properties = (['config', 'split', 'revision'] as const).flatMap((name) => {
    const value = dataset[name];
    return value === undefined ? [] : [{ name: `assay:${name}`, value }];
  });
  return {
    type: 'dataset',
    name: dataset.name,
    ...(url === undefined && properties.length === 0
      ? {}
      : { contents: { ...(url === undefined ? {} : { url: encode(url) }), ...(properties.length > 0 ? { properties } : {}) } }),
    ...(dataset.concerns === undefined || dataset.concerns.length === 0 ? {} : { sensitiveData: dataset.concerns }),
  };
}

export { datasetUrl };
