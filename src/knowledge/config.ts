import { defineSection } from './section.ts';
import { yamlFile } from './yaml.ts';

interface ConfigYaml {
  readonly exclude_names: readonly string[];
  readonly exclude_paths: readonly string[];
  readonly hidden_folders: readonly string[];
  readonly ai_keys: readonly string[];
  readonly provider_keys: { readonly sure: readonly string[]; readonly beside_model: readonly string[] };
  readonly url_keys: readonly string[];
  readonly vector_keys: readonly string[];
  readonly vector_type_keys: readonly string[];
  readonly dataset_keys: readonly string[];
  readonly dataset_item_keys: readonly string[];
  readonly dataset_file_keys: readonly string[];
  readonly data_extensions: readonly string[];
  readonly dataset_context: readonly string[];
  readonly dataset_words: readonly string[];
  readonly descriptive_keys: readonly string[];
  readonly torchtune_datasets: Readonly<Record<string, string>>;
}

/** What keys of configuration files mean. Keys are folded (`foldKey`) before they are looked up. */
export interface ConfigIndex {
  /** The file cannot be configuration of an AI component. */
  isExcluded(path: string): boolean;
  readonly aiKeys: ReadonlySet<string>;
  readonly sureProviderKeys: ReadonlySet<string>;
  readonly besideProviderKeys: ReadonlySet<string>;
  readonly urlKeys: ReadonlySet<string>;
  readonly vectorKeys: ReadonlySet<string>;
  readonly vectorTypeKeys: ReadonlySet<string>;
  readonly datasetKeys: ReadonlySet<string>;
  readonly datasetItemKeys: ReadonlySet<string>;
  readonly datasetFileKeys: ReadonlySet<string>;
  readonly datasetContext: ReadonlySet<string>;
  readonly dataExtensions: ReadonlySet<string>;
  readonly datasetWords: ReadonlySet<string>;
  /** Blocks that describe an object and configure nothing. */
  readonly descriptiveKeys: ReadonlySet<string>;
  /** Data set on the Hub that a function of torchtune loads by default, by the function's name. */
  readonly torchtuneDatasets: ReadonlyMap<string, string>;
}

/** `base_url`, `baseUrl`, `BASE-URL` → `baseurl`. */
export const foldKey = (key: string): string =>
  key
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '');

export const configSection = defineSection<ConfigYaml, ConfigIndex>({
  id: 'config',
  sources: ['catalog/config'],
  compile: (files) => yamlFile<ConfigYaml>(files, 'catalog/config/config.yaml'),
  index(asset) {
    const names = new RegExp(asset.exclude_names.join('|'), 'i');
    const paths = new RegExp(asset.exclude_paths.join('|'), 'i');
    const hidden = new Set(asset.hidden_folders.map((name) => name.toLowerCase()));
    const folderHidden = (path: string): boolean =>
      path
        .split('/')
        .slice(0, -1)
        .some((segment) => segment.startsWith('.') && !hidden.has(segment.toLowerCase()));
    return {
      isExcluded: (path) => names.test(path.slice(path.lastIndexOf('/') + 1)) || paths.test(path) || folderHidden(path),
      aiKeys: new Set(asset.ai_keys),
      sureProviderKeys: new Set(asset.provider_keys.sure),
      besideProviderKeys: new Set(asset.provider_keys.beside_model),
      urlKeys: new Set(asset.url_keys),
      vectorKeys: new Set(asset.vector_keys),
      vectorTypeKeys: new Set(asset.vector_type_keys),
      datasetKeys: new Set(asset.dataset_keys),
      datasetItemKeys: new Set(asset.dataset_item_keys),
      datasetFileKeys: new Set(asset.dataset_file_keys),
      datasetContext: new Set(asset.dataset_context),
      dataExtensions: new Set(asset.data_extensions),
      datasetWords: new Set(asset.dataset_words),
      descriptiveKeys: new Set(asset.descriptive_keys),
      torchtuneDatasets: new Map(Object.entries(asset.torchtune_datasets)),
    };
  },
});
