import { defineSection } from './section.ts';
import { yamlFile } from './yaml.ts';

export interface DatasetFacts {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly licence: string;
  readonly concern?: string;
  readonly concern_kinds?: readonly string[];
  readonly source: string;
  readonly confirmed: boolean;
}

export interface DatasetLibrary {
  readonly library: string;
  readonly call: string;
  readonly names: readonly string[];
}

interface DatasetsAsset {
  readonly datasets: readonly DatasetFacts[];
  readonly libraries: readonly DatasetLibrary[];
}

export interface DatasetsIndex {
  /** By id or alias, without case; `prefix*` aliases count. */
  find(name: string): DatasetFacts | undefined;
  readonly libraries: readonly DatasetLibrary[];
}

export const datasetsSection = defineSection<DatasetsAsset, DatasetsIndex>({
  id: 'datasets',
  sources: ['catalog/datasets'],
  compile(files) {
    const { datasets, libraries } = yamlFile<{ datasets: DatasetFacts[]; libraries: (DatasetLibrary & { names?: string[] })[] }>(
      files,
      'catalog/datasets/datasets.yaml',
    );
    return {
      datasets: datasets.map((entry) => ({ ...entry, aliases: entry.aliases ?? [] })),
      libraries: libraries.map(({ library, call, names }) => ({ library, call, names: names ?? [] })),
    };
  },
  index({ datasets, libraries }) {
    const byName = new Map<string, DatasetFacts>();
    const prefixes: { readonly prefix: string; readonly entry: DatasetFacts }[] = [];
    for (const entry of datasets) {
      for (const name of [entry.id, ...entry.aliases]) {
        if (name.endsWith('*')) prefixes.push({ prefix: name.slice(0, -1).toLowerCase(), entry });
        else if (!name.startsWith('lib:')) byName.set(name.toLowerCase(), entry);
      }
    }
    return {
      libraries,
      find(name) {
        const lower = name.trim().toLowerCase();
        return byName.get(lower) ?? prefixes.find(({ prefix }) => lower.startsWith(prefix))?.entry;
      },
    };
  },
});
