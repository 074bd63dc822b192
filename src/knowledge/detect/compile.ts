import { parse } from 'yaml';
import { LANGUAGES } from '../../lang/facts.ts';
import type { RuleFile } from '../section.ts';
import { clientRules, type ProviderSource, type StoreSource } from './clients.ts';
import { canonicalPath } from './paths.ts';
import type { DetectAsset, DetectRule, DetectVocabulary, RuleEntry } from './shapes.ts';

const PROVIDERS = 'catalog/providers/providers.yaml';
const STORES = 'catalog/vector-stores/stores.yaml';
const VOCABULARY = 'detect/vocabulary.yaml';
const PRETRAINED = 'catalog/models/pretrained.yaml';
const DATASETS = 'catalog/datasets/datasets.yaml';
const CONSTRUCTS = 'catalog/infra/constructs.yaml';

function fail(path: string, message: string): never {
  throw new Error(`rules/${path}: ${message}`);
}

export const isRuleFile = (path: string): boolean => path.startsWith('detect/') && path.endsWith('.yaml') && path !== VOCABULARY;

/** The entries of a rule file, checked for what the compiler relies on; the JSON Schema says the rest. */
export function readEntries(file: RuleFile): readonly RuleEntry[] {
  const value: unknown = parse(file.text);
  if (!Array.isArray(value)) fail(file.path, 'must be a list of rules');
  return value.map((item: RuleEntry) => {
    if (typeof item?.id !== 'string') fail(file.path, 'a rule without id');
    if (!Array.isArray(item.calls) || item.calls.length === 0) fail(file.path, `${item.id}: no calls`);
    for (const language of item.languages ?? [])
      if (!LANGUAGES.includes(language)) fail(file.path, `${item.id}: unknown language ${language}`);
    return item;
  });
}

/** Ready-made names by library, of models, data sets and cloud resources. */
function nameLists(...texts: readonly string[]): Record<string, readonly string[]> {
  const lists: Record<string, readonly string[]> = {};
  for (const text of texts) {
    const { libraries = [] } = parse(text) as {
      readonly libraries?: readonly { readonly library: string; readonly names?: readonly string[] }[];
    };
    for (const { library, names } of libraries) if (names) lists[library] = names;
  }
  return lists;
}

/** `torchvision.models.{torchvision}`: one path for each ready-made name of that library; `{x:^load_}` those that match. */
function expandNames(path: string, names: Readonly<Record<string, readonly string[]>>, where: string): readonly string[] {
  const match = /\{([\w. -]+)(?::([^}]+))?\}/.exec(path);
  if (!match) return [path];
  const list = names[match[1] ?? ''];
  if (!list) throw new Error(`${where}: no name list ${match[1]}`);
  const wanted = match[2] === undefined ? undefined : new RegExp(match[2]);
  return list.filter((name) => wanted?.test(name) ?? true).map((name) => path.replace(match[0], name));
}

export function compileDetect(files: readonly RuleFile[]): DetectAsset {
  const textOf = (path: string): string => files.find((file) => file.path === path)?.text ?? fail(path, 'missing');
  const vocabulary = parse(textOf(VOCABULARY)) as DetectVocabulary;
  const names = nameLists(textOf(PRETRAINED), textOf(DATASETS), textOf(CONSTRUCTS));
  const providers = parse(textOf(PROVIDERS)) as readonly ProviderSource[];
  const stores = parse(textOf(STORES)) as readonly StoreSource[];
  const rules: DetectRule[] = [];
  const ids = new Set<string>();
  for (const file of files.filter((item) => isRuleFile(item.path))) {
    for (const entry of readEntries(file)) {
      if (ids.has(entry.id)) fail(file.path, `${entry.id} stands twice`);
      ids.add(entry.id);
      const { good, bad, title, ...rule } = entry;
      void [good, bad, title];
      rules.push({ ...rule, calls: rule.calls.flatMap((path) => expandNames(path, names, entry.id)).map(canonicalPath) });
    }
  }
  rules.push(...clientRules(providers, stores, vocabulary, rules));
  return {
    rules,
    vocabulary,
    routes: routesOf(providers),
    titles: Object.fromEntries(stores.map((item) => [item.slug, item.name])),
    hostedStores: providers
      .filter(
        (provider) => provider.category === 'vector-store' && stores.some((store) => store.slug === provider.slug && store.vector_only),
      )
      .map((provider) => provider.slug),
  };
}

/** Libraries whose prefix is the service that is called, and ids that only their provider writes; OpenRouter's are owners of models. */
const ROUTERS = new Set(['model-id', 'litellm', 'pydantic-ai', 'langchain-init', 'genkit', 'smolagents', 'openai-agents']);

/** `groq/`, `openai:` by provider. */
function routesOf(providers: readonly ProviderSource[]): Record<string, string> {
  const routes: Record<string, string> = {};
  for (const provider of providers) {
    for (const [router, prefixes] of Object.entries(provider.id_prefixes ?? {})) {
      if (!ROUTERS.has(router)) continue;
      for (const prefix of prefixes) routes[prefix.replace(/([/:]).*$/, '$1').toLowerCase()] ??= provider.slug;
    }
  }
  return routes;
}
