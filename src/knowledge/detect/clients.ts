import type { LanguageId } from '../../lang/facts.ts';
import { canonicalPath, lastName } from './paths.ts';
import type { DetectRule, DetectVocabulary } from './shapes.ts';

/** What this section reads of `rules/catalog/providers`. */
export interface ProviderSource {
  readonly slug: string;
  readonly name: string;
  readonly category: string;
  readonly hosts?: readonly string[];
  readonly url_prefixes?: readonly string[];
  readonly clients?: Readonly<Record<string, readonly string[]>>;
  /** Prefixes of model ids, by the router or framework that reads them. */
  readonly id_prefixes?: Readonly<Record<string, readonly string[]>>;
}

export interface StoreSource {
  readonly slug: string;
  readonly name: string;
  readonly vector_only: boolean;
  /** Arguments of its constructors that give them another store. */
  readonly backed_by?: readonly string[];
  readonly hosts?: readonly string[];
  readonly clients?: Readonly<Record<string, readonly string[]>>;
}

const LANGUAGES_OF: Readonly<Record<string, readonly LanguageId[]>> = {
  python: ['python'],
  javascript: ['javascript', 'typescript'],
  java: ['java', 'kotlin', 'scala'],
  kotlin: ['kotlin'],
  dart: ['dart'],
  scala: ['scala'],
  swift: ['swift'],
  csharp: ['csharp'],
  go: ['go'],
  rust: ['rust'],
  ruby: ['ruby'],
  php: ['php'],
};

const BOTO = /^boto3\.client\(["']([\w.-]+)["']\)(?:\.(\w+))?$/;
const BOTO_CALLS = [
  'boto3.client',
  'boto3.Session().client',
  'boto3.session.Session().client',
  'aioboto3.Session().client',
  'boto3.resource',
];
/** A catalogue entry that is a path and nothing else. */
const PATH = /^[@\w./:\\#-]+$/;
/** Namespaces under which unrelated vendors live: the root of a path says too little. */
const SHARED_ROOTS = new Set([
  'google',
  'azure',
  'com',
  'org',
  'dev',
  'io',
  'net',
  'tech',
  'Microsoft',
  'Azure',
  'github.com',
  'google.golang.org',
  'llama_index',
  'semantic_kernel',
  'haystack',
  'haystack_integrations',
  'agno',
  'chromadb',
  'pydantic_ai',
  'autogen_ext',
  'strands',
  'mem0',
  'livekit',
  'pipecat',
]);

/**
 * `langchain_openai.chat_models.base.ChatOpenAI` is `langchain_openai.ChatOpenAI`: libraries
 * re-export from many depths. Root and class name decide where the root belongs to one vendor.
 */
function flexible(path: string): string | undefined {
  // A Go import path names its vendor; what is exported may not be guessed from elsewhere in it.
  if (/^[\w-]+\.[a-z]+\//.test(path)) return undefined;
  const root = path.startsWith('@') ? /^@[^/#]+\/[^/#]+/.exec(path)?.[0] : /^[^.#/]+/.exec(path)?.[0];
  const last = lastName(path);
  if (!root || SHARED_ROOTS.has(root) || root === path || !/^[A-Z]/.test(last)) return undefined;
  return `${root}.**.${last}`;
}

const LANGCHAIN =
  /^langchain(?:_community)?\.(chat_models|llms|embeddings|vectorstores|retrievers|document_compressors|tools|utilities)\.(?:\w+\.)*([A-Z]\w*)$/;
const LLAMA_INDEX = /^llama_index\.(llms|embeddings|vector_stores|postprocessor|multi_modal_llms)\.(?:\w+\.)*([A-Z]\w*)$/;

/** The same class where older versions, and the modules below its package, have it. */
function twins(path: string): readonly string[] {
  const [, part, name] = LANGCHAIN.exec(path) ?? [];
  if (part !== undefined && name !== undefined) return ['langchain', 'langchain_community'].map((root) => `${root}.${part}.**.${name}`);
  const [, section, kept] = LLAMA_INDEX.exec(path) ?? [];
  return section === undefined || kept === undefined ? [] : [`llama_index.${section}.${kept}`, `llama_index.legacy.${section}.**.${kept}`];
}

/** Detection of provider and store clients, made from the catalogue: no entry is written twice. */
export function clientRules(
  providers: readonly ProviderSource[],
  stores: readonly StoreSource[],
  vocabulary: DetectVocabulary,
  written: readonly DetectRule[],
): DetectRule[] {
  const taken = new Set(
    written.filter((rule) => rule.service !== undefined || rule.routed || rule.store !== undefined).flatMap((rule) => rule.calls),
  );
  const rules: DetectRule[] = [];
  const inProcess = new Set(vocabulary.inProcess);
  const storeClients = new Map<string, string>();
  for (const store of stores)
    for (const [language, paths] of Object.entries(store.clients ?? {}))
      for (const path of paths) storeClients.set(`${language} ${path}`, store.slug);
  const owners = flexibleOwners(providers, stores);

  const callsOf = (language: string, paths: readonly string[], slug: string): string[] => {
    const calls = new Set<string>();
    for (const path of paths) {
      if (!PATH.test(path) || taken.has(canonicalPath(path)) || !ownsCloudClient(path, slug)) continue;
      // A bare extension method (`AddOpenAIChatClient`) hangs on any receiver.
      const own = canonicalPath(/[.#:\\]/.test(path) ? path : `**.${path}`);
      calls.add(own);
      for (const method of BUILDERS[language] ?? []) calls.add(`${own}.${method}`);
      for (const twin of twins(path)) if (!taken.has(twin)) calls.add(twin);
      const loose = flexible(canonicalPath(path));
      if (loose && owners.get(`${language} ${loose}`) === slug && !taken.has(loose)) calls.add(loose);
    }
    return [...calls];
  };

  for (const provider of providers) {
    if (vocabulary.skipProviders.includes(provider.slug)) continue;
    const hostedStore = provider.category === 'vector-store';
    for (const [language, paths] of Object.entries(provider.clients ?? {})) {
      const languages = LANGUAGES_OF[language];
      if (!languages) continue;
      const own = paths.filter((path) => {
        const store = storeClients.get(`${language} ${path}`);
        return !hostedStore || (store === provider.slug && stores.some((item) => item.slug === store));
      });
      const services = callsOf(
        language,
        own.filter((path) => !inProcess.has(path)),
        provider.slug,
      );
      const args = { model: [...vocabulary.keys.model, 0], baseUrl: vocabulary.keys.baseUrl, apiKey: vocabulary.keys.apiKey };
      if (services.length > 0)
        rules.push({
          id: `client-${provider.slug}-${language}`,
          languages,
          calls: services,
          service: provider.slug,
          args,
          model: { origin: 'api' },
        });
      for (const path of own) {
        const [, service] = BOTO.exec(path) ?? [];
        if (service)
          rules.push({
            id: `client-${provider.slug}-${service}`,
            languages,
            calls: BOTO_CALLS,
            service: provider.slug,
            args: { name: [0, 'service_name'] },
            when: { name: [service] },
          });
      }
    }
  }
  for (const store of stores) {
    const ordinary = !store.vector_only && !vocabulary.vectorDatabases.includes(store.slug);
    for (const [language, all] of Object.entries(store.clients ?? {})) {
      const paths = ordinary ? all.filter((path) => VECTOR_CLIENT.test(path)) : all;
      const languages = LANGUAGES_OF[language];
      const calls = languages ? callsOf(language, paths, store.slug) : [];
      if (languages && calls.length > 0)
        rules.push({
          id: `store-${store.slug}-${language}`,
          languages,
          calls: calls.flatMap((path) => [path, ...FACTORIES.map((method) => `${path}.${method}`)]),
          store: store.slug,
          args: {
            baseUrl: ['url', 'host', 'uri', 'endpoint', 'connection_string'],
            name: ['collection_name', 'index_name', 'collectionName', 'indexName', 'index'],
            ...(store.backed_by ? { backing: store.backed_by } : {}),
          },
          ...(store.backed_by ? { without: ['backing'] } : {}),
        });
      for (const path of paths) {
        const [, service] = BOTO.exec(path) ?? [];
        if (languages && service && service === 's3vectors')
          rules.push({
            id: `store-${store.slug}-${service}`,
            languages,
            calls: BOTO_CALLS,
            store: store.slug,
            args: { name: [0, 'service_name'] },
            when: { name: [service] },
          });
      }
    }
  }
  return rules;
}

/** `anthropic.AnthropicBedrock` is a client of the cloud, not of the maker whose SDK carries it. */
function ownsCloudClient(path: string, slug: string): boolean {
  const cloud = /Bedrock|Vertex|Azure|Foundry/.exec(lastName(canonicalPath(path)))?.[0];
  return cloud === undefined || CLOUDS[cloud]?.test(slug) === true;
}
const CLOUDS: Readonly<Record<string, RegExp>> = {
  Bedrock: /bedrock|aws|amazon/,
  Vertex: /vertex|google/,
  Azure: /azure|github-models/,
  Foundry: /azure|foundry/,
};

/** Static constructors by language: what a catalogue writes as a type. */
const BUILDERS: Readonly<Record<string, readonly string[]>> = {
  java: ['builder', 'newBuilder', 'create', 'fromEnv', 'withDefaults', 'withApiKey', 'of'],
  rust: ['new', 'default', 'with_config', 'builder', 'from_env', 'from_url'],
  ruby: ['new'],
};

/** A general database's client says nothing of vectors; a wrapper of a retrieval framework does. */
const VECTOR_CLIENT =
  /vector|embed|knn|semantic|retriev|langchain|llama_?index|haystack|springframework\.ai|mastra|agno|autogen|mem0|txtai|rig_|Neighbor/i;

/** Static constructors of vector stores. */
const FACTORIES = [
  'from_documents',
  'from_texts',
  'from_params',
  'from_existing_index',
  'from_existing_collection',
  'from_client',
  'fromDocuments',
  'fromTexts',
  'fromExistingIndex',
  'fromExistingCollection',
  'load_local',
  'builder',
  'initialize',
  'construct_instance',
  'from_local',
  'from_uri',
  'from_host',
  'from_url',
  'from_client_params',
  'from_dataset',
  'from_table',
  'from_collection',
  'from_host_and_port',
  'from_persist_dir',
  'from_persist_path',
  'from_connection_string',
  'from_existing_table',
  'from_existing_embeddings',
  'from_embeddings',
  'afrom_documents',
  'afrom_texts',
  'create_from_documents',
  'from_credentials',
  'create',
  'create_sync',
  'from_existing',
];

/** Loose paths that mean one provider only. */
function flexibleOwners(providers: readonly ProviderSource[], stores: readonly StoreSource[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  const claim = (key: string, slug: string): void => {
    const known = owners.get(key);
    owners.set(key, known === undefined || known === slug ? slug : '');
  };
  for (const item of [...providers.filter((provider) => provider.category !== 'vector-store'), ...stores]) {
    for (const [language, paths] of Object.entries(item.clients ?? {})) {
      for (const path of paths) {
        const loose = PATH.test(path) ? flexible(canonicalPath(path)) : undefined;
        if (loose) claim(`${language} ${loose}`, item.slug);
      }
    }
  }
  return owners;
}
