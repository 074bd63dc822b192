import { hostTable } from './hosts.ts';
import { byImageName } from './image-names.ts';
import { defineSection } from './section.ts';
import { yamlFile } from './yaml.ts';

export interface VectorStore {
  readonly slug: string;
  readonly name: string;
  /** Other names that people write for it. */
  readonly known_as?: readonly string[];
  /** False: a database that also does vectors; its image, host or URL alone is no evidence. */
  readonly vector_only: boolean;
  /** Also an external service. */
  readonly saas?: boolean;
  readonly packages?: Readonly<Record<string, readonly string[]>>;
  /** Constructors and functions by language, as in `providers.ts`. */
  readonly clients?: Readonly<Record<string, readonly string[]>>;
  readonly images?: readonly string[];
  readonly ports?: readonly number[];
  readonly env?: readonly string[];
  readonly hosts?: readonly string[];
  readonly props?: Readonly<Record<string, string>>;
}

export interface VectorStoresIndex {
  readonly all: readonly VectorStore[];
  bySlug(slug: string): VectorStore | undefined;
  byHost(host: string, path?: string): string | undefined;
  byEnv(name: string): string | undefined;
  byImage(image: string): string | undefined;
  /** As `byImage`, of those too that are vector stores only where a program keeps vectors in them. */
  byAnyImage(image: string): string | undefined;
  byProperty(key: string): string | undefined;
  /** Store that the value of a vector store key names (`chromadb`, `PG_VECTOR`). */
  byWord(word: string): VectorStore | undefined;
  /** Provider slugs of hosted stores (`qdrant-cloud`) → store. */
  byProvider(slug: string): string | undefined;
}

const FIELDS = [
  'slug',
  'name',
  'known_as',
  'vector_only',
  'saas',
  'packages',
  'clients',
  'images',
  'ports',
  'env',
  'hosts',
  'props',
] as const;
const HOSTED: Readonly<Record<string, string>> = {
  pinecone: 'pinecone',
  'weaviate-cloud': 'weaviate',
  'qdrant-cloud': 'qdrant',
  zilliz: 'milvus',
  'chroma-cloud': 'chroma',
  'upstash-vector': 'upstash-vector',
  'astra-db': 'astra-db',
  turbopuffer: 'turbopuffer',
  'lancedb-cloud': 'lancedb',
  'azure-ai-search': 'azure-ai-search',
};
const WORDS: Readonly<Record<string, string>> = {
  chromadb: 'chroma',
  pgvectorscale: 'pgvector',
  postgresvector: 'pgvector',
  pgvectorrs: 'pgvector',
  pgvecto: 'pgvector',
  zilliz: 'milvus',
  milvuslite: 'milvus',
  azureaisearch: 'azure-ai-search',
  azuresearch: 'azure-ai-search',
  atlas: 'mongodb-atlas',
  mongodbatlas: 'mongodb-atlas',
  mongodb: 'mongodb-atlas',
  redis: 'redis',
  redisvl: 'redis',
  supabase: 'supabase',
  neo4j: 'neo4j-vector',
  astra: 'astra-db',
  astradb: 'astra-db',
  lance: 'lancedb',
  elastic: 'elasticsearch',
  clickhouse: 'clickhouse-vector',
  oracle: 'oracle-vector',
  couchbase: 'couchbase-vector',
  duckdb: 'duckdb-vss',
  sqlitevec: 'sqlite-vec',
  cosmosdb: 'azure-cosmos-db',
  s3vectors: 'amazon-s3-vectors',
  vectorize: 'cloudflare-vectorize',
};

export const vectorStoresSection = defineSection<readonly VectorStore[], VectorStoresIndex>({
  id: 'vector-stores',
  sources: ['catalog/vector-stores'],
  compile: (files) =>
    yamlFile<VectorStore[]>(files, 'catalog/vector-stores/stores.yaml').map(
      (store) =>
        Object.fromEntries(
          FIELDS.filter((field) => store[field] !== undefined).map((field) => [field, store[field]]),
        ) as unknown as VectorStore,
    ),
  index(stores) {
    const bySlug = new Map(stores.map((store) => [store.slug, store]));
    const only = stores.filter((store) => store.vector_only || store.slug === 'azure-ai-search');
    const hosts = hostTable(
      only
        .filter(({ slug }) => !SERVED_BY_CLOUD.has(slug))
        .flatMap(({ slug, hosts: list = [] }) => list.map((host) => ({ host, value: slug }))),
    );
    const env = new Map(
      only.flatMap(({ slug, env: names = [] }) => names.filter((name) => sayStore(name, slug)).map((name) => [name, slug] as const)),
    );
    const imagesOf = (some: readonly VectorStore[]): ((image: string) => string | undefined) =>
      byImageName(
        some.flatMap(({ slug, images: names = [] }) =>
          names.filter((name) => !NOT_VECTOR_IMAGES.has(name)).map((name) => [name, slug] as const),
        ),
      );
    const properties = stores.flatMap(({ slug, props = {} }) => Object.values(props).map((prefix) => ({ prefix, slug })));
    const fold = (word: string): string =>
      word
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '')
        .replace(/(?:vectorstore|vectordb|store|index)$/, '');
    const words = new Map<string, string>([...stores.map((store) => [fold(store.slug), store.slug] as const), ...Object.entries(WORDS)]);
    return {
      all: stores,
      bySlug: (slug) => bySlug.get(slug),
      byHost: (host, path = '') => hosts.find(host, path),
      byEnv: (name) => env.get(name),
      byImage: imagesOf(only),
      byAnyImage: imagesOf(stores),
      byProperty: (key) => properties.find(({ prefix }) => key.toLowerCase().replaceAll('_', '-').startsWith(prefix))?.slug,
      byWord: (word) => (word.length > 60 ? undefined : bySlug.get(words.get(fold(word)) ?? '')),
      byProvider: (slug) => HOSTED[slug],
    };
  },
});

/** Hosts that serve a whole cloud product, not only its vector store. */
const SERVED_BY_CLOUD = new Set([
  'vertex-ai-vector-search',
  'bedrock-knowledge-base',
  'databricks-vector-search',
  'cloudflare-vectorize',
  'tencent-vectordb',
  'dashvector',
  'upstash-vector',
]);
/** Database images with an extension that few of their users want. */
const NOT_VECTOR_IMAGES = new Set(['timescale/timescaledb-ha', 'supabase/postgres', 'zilliz/attu', 'milvusdb/milvus-operator']);

/** `CHROMA_URL` names the store; `IS_PERSISTENT` or `POSTGRES_CONNECTION_STRING` do not. */
const sayStore = (name: string, slug: string): boolean => {
  const first = slug.split('-')[0] ?? slug;
  return (
    name
      .toLowerCase()
      .replaceAll('_', '')
      .startsWith(first === 'azure' ? 'azure' : first) || /^(?:WCD|WCS|ZILLIZ)_/.test(name)
  );
};
