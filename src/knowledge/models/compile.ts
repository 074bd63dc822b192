import type { RuleFile } from '../section.ts';
import { yamlFile } from '../yaml.ts';
import type { EndOfLife, Family, ModelsAsset, PipelineDefault, PretrainedLibrary, Recogniser, Routes } from './shapes.ts';

const fileOf = (files: readonly RuleFile[], path: string): RuleFile => {
  const file = files.find((candidate) => candidate.path === path);
  if (!file) throw new Error(`rules/${path} is missing`);
  return file;
};

const EOL_COLUMNS = [
  'provider',
  'id',
  'status',
  'retires_on',
  'deprecated_on',
  'replacement',
  'confirmed',
  'earliest',
  'aliases',
  'source',
  'document',
  'note',
];

function endOfLifeOf(file: RuleFile): EndOfLife[] {
  const lines = file.text.split('\n').map((text, index) => ({ text, number: index + 1 }));
  const rows = lines.filter(({ text }) => text !== '' && !text.startsWith('#'));
  if (rows[0]?.text !== EOL_COLUMNS.join('\t')) throw new Error(`rules/${file.path}: columns are not ${EOL_COLUMNS.join(', ')}`);
  return rows.slice(1).map(({ text, number }) => {
    const cells = text.split('\t');
    if (cells.length !== EOL_COLUMNS.length) throw new Error(`rules/${file.path}:${number}: ${cells.length} columns`);
    const [
      provider = '',
      id = '',
      status = '',
      retiresOn,
      deprecatedOn,
      replacement,
      confirmed,
      earliest,
      aliases = '',
      source = '',
      document = '',
      note,
    ] = cells;
    if (status !== 'retired' && status !== 'announced' && status !== 'deprecated')
      throw new Error(`rules/${file.path}:${number}: status ${status}`);
    return {
      provider,
      id,
      status,
      ...(retiresOn && { retiresOn }),
      ...(deprecatedOn && { deprecatedOn }),
      ...(replacement && { replacement }),
      confirmed: confirmed === 'yes',
      earliest: earliest === 'yes',
      aliases: aliases.split(' ').filter((alias) => alias !== ''),
      source,
      document,
      ...(note && { note }),
    };
  });
}

interface PretrainedYaml {
  readonly libraries: readonly {
    readonly library: string;
    readonly modules: readonly string[];
    readonly role: PretrainedLibrary['role'];
    readonly names: readonly string[];
    readonly resolves_to?: Readonly<Record<string, string>>;
    readonly licence_note?: string;
  }[];
  readonly pipeline_defaults: { readonly aliases: Readonly<Record<string, string>>; readonly tasks: readonly PipelineDefault[] };
}

interface ProviderYaml {
  readonly slug: string;
  readonly id_prefixes?: Readonly<Record<string, readonly string[]>>;
}

/** Routers whose `prefix/` is not also an owner on the Hub, prefixes that belong to the provider's own ids (`@cf/`), and frameworks with `prefix:`. */
const SLASH_ROUTERS = ['litellm', 'genkit', 'instructor', 'openai-agents', 'model-id'];
const COLON_ROUTERS = ['pydantic-ai', 'langchain-init'];

function routesOf(providers: readonly ProviderYaml[]): Routes {
  const slash: Record<string, string> = Object.create(null) as Record<string, string>;
  const colon: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const { slug, id_prefixes: prefixes = {} } of providers) {
    for (const [router, list] of Object.entries(prefixes)) {
      for (const prefix of list) {
        if (SLASH_ROUTERS.includes(router) && prefix.endsWith('/')) slash[prefix] ??= slug;
        if (COLON_ROUTERS.includes(router) && prefix.endsWith(':')) colon[prefix] ??= slug;
      }
    }
  }
  Object.assign(slash, { 'google/': 'google-gemini', 'google_genai/': 'google-gemini', 'x-ai/': 'xai', 'bedrock/': 'aws-bedrock' });
  delete slash['google/'];
  return { slash: { ...slash }, colon: { ...colon } };
}

export function compileModels(files: readonly RuleFile[]): ModelsAsset {
  const families = yamlFile<Family[]>(files, 'catalog/models/families.yaml');
  const seen = new Set<string>();
  for (const family of families) {
    if (seen.has(family.id)) throw new Error(`rules/catalog/models/families.yaml: ${family.id} stands twice`);
    seen.add(family.id);
    for (const pattern of [family.pattern, family.context_pattern]) if (pattern !== undefined) void new RegExp(pattern, 'i');
  }
  const pretrained = yamlFile<PretrainedYaml>(files, 'catalog/models/pretrained.yaml');
  return {
    families,
    endOfLife: endOfLifeOf(fileOf(files, 'catalog/models/end-of-life.tsv')),
    libraries: pretrained.libraries.map((entry) => ({
      library: entry.library,
      modules: entry.modules,
      role: entry.role,
      names: entry.names,
      ...(entry.resolves_to && { resolvesTo: entry.resolves_to }),
      ...(entry.licence_note && { licenceNote: entry.licence_note }),
    })),
    pipelineDefaults: pretrained.pipeline_defaults.tasks.map(({ task, model, revision }) => ({
      task,
      model,
      ...(revision && { revision }),
    })),
    pipelineAliases: pretrained.pipeline_defaults.aliases,
    recogniser: yamlFile<Recogniser>(files, 'catalog/models/recogniser.yaml'),
    routes: routesOf(yamlFile<ProviderYaml[]>(files, 'catalog/providers/providers.yaml')),
  };
}
