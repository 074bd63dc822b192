import { hostOf, hostTable } from './hosts.ts';
import { defineSection } from './section.ts';
import { yamlFile } from './yaml.ts';

/** `switch`: a program that finds it on talks to the provider instead of another. */
export type EnvRole = 'credential' | 'base_url' | 'model' | 'switch' | 'other';

export interface KeyFormat {
  readonly regex: string;
  readonly note?: string;
  /** Words of which one must stand beside the key (a regular expression), where the provider's name says too much or too little. */
  readonly near?: string;
  /** Functions and types that take the key as an argument. */
  readonly call?: string;
  readonly confirmed: boolean;
}

export interface Provider {
  readonly slug: string;
  readonly name: string;
  readonly category: string;
  readonly also: readonly string[];
  readonly hosts: readonly string[];
  readonly url_prefixes?: readonly string[];
  readonly not_api_hosts: readonly string[];
  readonly env?: Readonly<Partial<Record<EnvRole, readonly string[]>>>;
  readonly packages?: Readonly<Record<string, readonly string[]>>;
  /** Constructors and functions by language: `python` dotted, `javascript` `module#export` … */
  readonly clients?: Readonly<Record<string, readonly string[]>>;
  readonly property_prefixes?: Readonly<Record<string, readonly string[]>>;
  readonly model_parameter?: readonly string[];
  readonly id_prefixes?: Readonly<Record<string, readonly string[]>>;
  readonly key_format?: readonly KeyFormat[];
  readonly default_ports?: readonly number[];
  /** ISO 3166 alpha-2, or `none` for community projects. */
  readonly country: string;
}

interface Words {
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly known_as: Readonly<Record<string, readonly string[]>>;
  readonly only_values: readonly string[];
  readonly shared_env: readonly string[];
  readonly local_hosts: readonly string[];
  readonly local_ports: Readonly<Record<string, string>>;
  /** Ports of `local_ports` that tell the runtime without an API's path. */
  readonly sure_ports: readonly string[];
  readonly local_names: Readonly<Record<string, string>>;
}

interface ProvidersAsset {
  readonly providers: readonly Provider[];
  readonly words: Words;
}

export interface EnvName {
  readonly provider: string;
  readonly role: EnvRole;
  /** Several services use the name: no evidence by itself. */
  readonly shared: boolean;
}

/** Look-ups over `rules/catalog/providers`. Slugs identify providers everywhere. */
export interface ProvidersIndex {
  readonly all: readonly Provider[];
  bySlug(slug: string): Provider | undefined;
  /** Other names that people write for it. */
  knownAs(slug: string): readonly string[];
  /** Provider of an API host; wildcards and path prefixes are understood, documentation and console hosts are not API hosts. */
  byHost(host: string, path?: string): string | undefined;
  /** As `byHost`, of a URL; local runtimes are told by host name and port. */
  byUrl(url: string): { readonly provider: string; readonly local: boolean } | undefined;
  byEnv(name: string): EnvName | undefined;
  byPackage(ecosystem: string, name: string): readonly string[];
  /** Provider that a configuration value names (`azure_openai`, `together_ai`). */
  byWord(word: string): string | undefined;
  /** As `byWord`, for the name of a block or a word of a key: ambiguous words do not count. */
  byBlock(word: string): string | undefined;
  /** Provider of a property key (`spring.ai.ollama.chat.options.model`). */
  byProperty(key: string): string | undefined;
  /** The provider's runtime runs on the user's machines. */
  selfHosted(slug: string): boolean;
  /** It hands requests on to other services: its ids begin with the makers of models. */
  isGateway(slug: string): boolean;
}

const SELF_HOSTED = new Set(['local-runtime', 'model-server']);

const FIELDS: readonly (keyof Provider)[] = [
  'slug',
  'name',
  'category',
  'also',
  'hosts',
  'url_prefixes',
  'not_api_hosts',
  'env',
  'packages',
  'clients',
  'property_prefixes',
  'model_parameter',
  'id_prefixes',
  'key_format',
  'default_ports',
  'country',
];

/** `NEXT_PUBLIC_X`, `VITE_X`, `REACT_APP_X` … are the variable X, published to a browser. */
const PUBLIC_PREFIX = /^(?:NEXT_PUBLIC|VITE|REACT_APP|PUBLIC|EXPO_PUBLIC|NUXT_PUBLIC|NUXT|GATSBY|VUE_APP|INPUT|TF_VAR)_(?=[A-Za-z]+_)/;

export const providersSection = defineSection<ProvidersAsset, ProvidersIndex>({
  id: 'providers',
  sources: ['catalog/providers'],
  compile(files) {
    const providers = yamlFile<Provider[]>(files, 'catalog/providers/providers.yaml').map(
      (provider) =>
        Object.fromEntries(
          FIELDS.filter((field) => provider[field] !== undefined).map((field) => [field, provider[field]]),
        ) as unknown as Provider,
    );
    const slugs = new Set(providers.map(({ slug }) => slug));
    if (slugs.size !== providers.length) throw new Error('rules/catalog/providers/providers.yaml: a slug stands twice');
    for (const { slug, key_format: formats = [] } of providers) {
      for (const { regex } of formats) {
        try {
          void new RegExp(regex);
        } catch (error) {
          throw new Error(`rules/catalog/providers/providers.yaml: ${slug}: key format ${regex}`, { cause: error });
        }
      }
    }
    const words = yamlFile<Words>(files, 'catalog/providers/words.yaml');
    for (const slug of [...Object.keys(words.aliases), ...Object.keys(words.known_as)])
      if (!slugs.has(slug)) throw new Error(`rules/catalog/providers/words.yaml: no provider ${slug}`);
    return { providers, words };
  },
  index({ providers, words }) {
    const bySlug = new Map(providers.map((provider) => [provider.slug, provider]));
    const knownAs = new Map(Object.entries(words.known_as));
    const hosts = hostTable(
      providers.flatMap(({ slug, hosts: list, url_prefixes: prefixes = [], not_api_hosts: others }) => [
        ...others.map((host) => ({ host, value: '' })),
        ...[...list, ...prefixes].map((host) => ({ host, value: slug })),
      ]),
    );
    const shared = new Set(words.shared_env);
    const env = new Map<string, EnvName>();
    for (const { slug, env: names = {} } of providers) {
      for (const role of ['switch', 'credential', 'base_url', 'model', 'other'] as const) {
        for (const name of names[role] ?? []) if (!env.has(name)) env.set(name, { provider: slug, role, shared: shared.has(name) });
      }
    }
    const packages = new Map<string, string[]>();
    for (const { slug, packages: byEcosystem = {} } of providers) {
      for (const [ecosystem, names] of Object.entries(byEcosystem)) {
        for (const name of names) {
          const key = `${ecosystem}\0${name.toLowerCase()}`;
          packages.set(key, [...(packages.get(key) ?? []), slug]);
        }
      }
    }
    const byWord = new Map<string, string>();
    const fold = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');
    for (const provider of providers) byWord.set(fold(provider.slug), provider.slug);
    for (const { slug, id_prefixes: prefixes = {} } of providers) {
      for (const router of ['litellm', 'pydantic-ai', 'langchain-init'] as const) {
        for (const prefix of prefixes[router] ?? []) if (!byWord.has(fold(prefix))) byWord.set(fold(prefix), slug);
      }
    }
    for (const [slug, aliases] of Object.entries(words.aliases)) for (const alias of aliases) byWord.set(fold(alias), slug);
    const onlyValues = new Set(words.only_values.map(fold));
    const localPorts = new Map(Object.entries(words.local_ports));
    const localNames = new Map(Object.entries(words.local_names));
    const surePorts = new Set(words.sure_ports);
    const localHosts = new Set(words.local_hosts);
    const properties = providers
      .flatMap(({ slug, property_prefixes: byFramework = {} }) =>
        Object.values(byFramework).flatMap((list) => list.map((prefix) => ({ prefix, slug }))),
      )
      .sort((a, b) => b.prefix.length - a.prefix.length);
    const find = (host: string, path: string): string | undefined => hosts.find(host, path) || undefined;

    return {
      all: providers,
      bySlug: (slug) => bySlug.get(slug),
      knownAs: (slug) => knownAs.get(slug) ?? [],
      byHost: (host, path = '') => find(host, path),
      byUrl(url) {
        const parts = hostOf(url);
        if (!parts) return undefined;
        const provider = find(parts.host, parts.path);
        if (provider !== undefined) return { provider, local: false };
        const named = localNames.get(parts.host.split('.')[0] ?? '') ?? localNames.get(parts.host);
        if (named !== undefined && (parts.port !== undefined || url.includes('://'))) return { provider: named, local: true };
        const port = parts.port === undefined ? undefined : localPorts.get(parts.port);
        const near =
          localHosts.has(parts.host) || !parts.host.includes('.') || /^(?:10|127|172\.(?:1[6-9]|2\d|3[01])|192\.168)\./.test(parts.host);
        // Half of all small servers listen on such ports: one that speaks an inference API says so in its path.
        const told = surePorts.has(parts.port ?? '') || /^\/(?:(?:api|engines|openai|inference)\/)*v\d(?:\/|$)/.test(parts.path);
        return port !== undefined && told && (near || port === 'ollama') ? { provider: port, local: true } : undefined;
      },
      byEnv(name) {
        const plain = name.replace(PUBLIC_PREFIX, '');
        return env.get(name) ?? env.get(plain);
      },
      byPackage: (ecosystem, name) => packages.get(`${ecosystem}\0${name.toLowerCase()}`) ?? [],
      byWord: (word) => (word.length > 60 ? undefined : byWord.get(fold(word))),
      byBlock: (word) => (word.length > 60 || onlyValues.has(fold(word)) ? undefined : byWord.get(fold(word))),
      byProperty(key) {
        const dotted = key.toLowerCase().replaceAll('_', '-');
        return properties.find(({ prefix }) => dotted.startsWith(prefix))?.slug;
      },
      selfHosted: (slug) => SELF_HOSTED.has(bySlug.get(slug)?.category ?? ''),
      isGateway: (slug) => bySlug.get(slug)?.category === 'gateway',
    };
  },
});
