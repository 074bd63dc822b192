import { get, itemsOf, textOf, type ConfigNode } from './config/readers/node.ts';
import { readYaml } from './config/readers/yaml.ts';
import { Sink, type ConfigFacts } from './config/sink.ts';
import { united } from './config/merge.ts';
import { defineCrawler } from './crawler.ts';

/** Front matter is at most a few kilobytes; evaluation tables make it longer. */
const MAX_FRONT_MATTER = 256 * 1024;

function frontMatter(text: string): ConfigNode | undefined {
  if (!text.startsWith('---')) return undefined;
  const end = text.slice(0, MAX_FRONT_MATTER).search(/\n---\s*(?:\n|$)/);
  if (end < 0) return undefined;
  // The first line stays as an empty one, so that lines are those of the file.
  return readYaml(text.slice(3, end)).documents[0];
}

const scalars = (node: ConfigNode | undefined) =>
  (node?.kind === 'list' ? node.items : node ? [node] : []).filter((item) => item.kind === 'scalar' && item.type === 'string');

/** Keys that only cards of the Hub have. */
const CARD_KEYS = ['base_model', 'pipeline_tag', 'library_name', 'model-index', 'base_model_relation', 'license_name'];
const SPACE_KEYS = ['sdk', 'app_file', 'sdk_version', 'hf_oauth', 'suggested_hardware'];
const DATASET_KEYS = ['task_categories', 'size_categories', 'dataset_info', 'source_datasets'];

/** Cards of model, data set and Space repositories: base models, training data, used models. */
export const hubCardCrawler = defineCrawler<ConfigFacts>({
  id: 'huggingface-dir',
  wants: (entry) => /(?:^|\/)(?:README|MODEL_?CARD|modelcard)\.md$/i.test(entry.path),
  prefilter: (latin1) =>
    latin1.startsWith('---') &&
    /^(?:base_model|datasets|models|pipeline_tag|library_name|model-index)\s*:/m.test(latin1.slice(0, MAX_FRONT_MATTER)),
  extract(file, knowledge) {
    const sink = new Sink(file.path, knowledge, 'huggingface-dir');
    const root = frontMatter(file.text);
    const has = (keys: readonly string[]): boolean => keys.some((key) => get(root, key) !== undefined);
    const card = has(CARD_KEYS);
    if (!root || (!card && !has(SPACE_KEYS) && !has(DATASET_KEYS))) return {};
    for (const base of scalars(get(root, 'base_model')))
      if (base.kind === 'scalar')
        sink.model(base.value, { position: 'argument', key: 'base_model', loader: 'transformers' }, base.line, 'base_model');
    for (const model of scalars(get(root, 'models')))
      if (model.kind === 'scalar')
        sink.model(model.value, { position: 'argument', key: 'models', loader: 'transformers' }, model.line, 'models');
    for (const dataset of [...scalars(get(root, 'datasets')), ...scalars(get(root, 'source_datasets'))]) {
      if (dataset.kind === 'scalar' && /^[\w.-]+(?:\/[\w.-]+)?$/.test(dataset.value) && !['original', 'extended'].includes(dataset.value))
        sink.dataset(dataset.value, 'huggingface', dataset.line, 'datasets');
    }
    for (const item of itemsOf(get(root, 'model-index'))) {
      const name = textOf(get(item, 'name'));
      if (name !== undefined) {
        const task = textOf(get(root, 'pipeline_tag'));
        const library = textOf(get(root, 'library_name'));
        const licence = textOf(get(root, 'license_name')) ?? textOf(get(root, 'license'));
        sink.model(name, { position: 'argument', key: 'model-index' }, get(item, 'name')?.line ?? item.line, 'model-index', {
          ...(task !== undefined && { task }),
          ...(library !== undefined && { library }),
          ...(licence !== undefined && { licence: { id: licence, source: 'card' } }),
        });
      }
    }
    return sink.facts ? { facts: sink.facts } : {};
  },
  detect: united,
});
