import { Sink, type ConfigFacts } from './config/sink.ts';
import { united } from './config/merge.ts';
import { defineCrawler } from './crawler.ts';
import { readSqlModels } from './sql-models.ts';
import { occurs } from '../text/sieve.ts';

/** What says in SQL or in a database schema that vectors are stored. */
const MARKS: readonly { readonly store: string; readonly pattern: RegExp }[] = [
  {
    store: 'pgvector',
    pattern:
      /\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?["'`]?(?:vector|vectors|vchord|vectorscale|lantern)["'`]?\s*(?:;|$|cascade|with|schema|["'`)])/i,
  },
  { store: 'pgvector', pattern: /\busing\s+(?:hnsw|ivfflat|vchordrq|diskann)\s*\(\s*["\w]+\s+(?:vector|halfvec|bit|sparsevec)_\w+_ops/i },
  { store: 'pgvector', pattern: /\bUnsupported\("(?:vector|halfvec)\(\d+\)"\)|^\s*extensions\s*=\s*\[[^\]]*\b(?:pg)?vector\b/i },
  { store: 'sqlite-vec', pattern: /\busing\s+vec0\s*\(/i },
  { store: 'surrealdb', pattern: /\b(?:hnsw|mtree)\s+dimension\s+(?:\d|%|\$|\{)/i },
  { store: 'duckdb-vss', pattern: /\b(?:install|load)\s+vss\b/i },
  { store: 'neo4j-vector', pattern: /\bcreate\s+vector\s+index\b.*\bfor\s*\(/i },
  // Mappings of indexes, in code or beside it.
  { store: 'opensearch', pattern: /["'`]?type["'`]?\s*(?::|=>|=)\s*["'`]knn_vector["'`]|["'`]index\.knn["'`]\s*(?::|=>|=)\s*["'`]?true/i },
  { store: 'elasticsearch', pattern: /["'`]?type["'`]?\s*(?::|=>|=)\s*["'`]dense_vector["'`]/i },
];
const SCHEMA = /\.(?:sql|prisma|cypher|cql|ddl|psql|pgsql|surql|surrealql)$/i;
const SOURCE = /\.(?:py|ipynb|[cm]?[jt]sx?|java|kt|go|cs|rs|rb|php|json|ya?ml|exs?)$/i;
const NOT_OURS = /(?:^|\/)(?:node_modules|vendor|third_party|site-packages|dist|build|docs?|tests?|__tests__|specs?|fixtures|testdata)\//i;
const IN_SCHEMA = /vector|vec0|vss|vchord|lantern|hnsw|mtree/i;
/** In a program only what no other text says. */
const IN_SOURCE =
  /knn_vector|index\.knn|dense_vector|create\s+extension[^;]{0,40}vector|using\s+(?:hnsw|ivfflat)|using\s+vec0|(?:hnsw|mtree)\s+dimension/i;

/** Functions and statements of dialects that ask models: what `rules/catalog/infra/sql.yaml` knows has one of these words. */
const ASKS =
  /\bai\s*\.\s*(?:\w+_\w+|generate|embed)\s*\(|\bcortex\s*\.\s*\w+\s*\(|\bai_(?:complete|embed|query)\s*\(|\b(?:azure_openai|azure_ai|aws_bedrock|pgml|vectorize)\s*\.\s*\w+\s*\(|\bgenai\.vector\.|\bapoc\.ml\.|\bcreate\s+(?:or\s+replace\s+)?(?:external\s+)?(?:model|agent|knowledge_base)\b/i;
const ASKS_IN_SOURCE =
  /\bai\.(?:openai|ollama|anthropic|cohere|voyageai|litellm|embedding)_|\bcortex\.\w+\(\s*'|\bai_(?:complete|embed|query)\s*\(\s*'|\bendpoint\s*=>\s*'|\b(?:azure_openai|azure_ai|aws_bedrock|pgml|vectorize)\.\w+\s*\(|\bgenai\.vector\.|\bapoc\.ml\.openai|\bCREATE (?:OR REPLACE )?(?:EXTERNAL )?(?:MODEL|AGENT|KNOWLEDGE_BASE)\b/i;

/** SQL migrations, Prisma schemas, Cypher; statements and index mappings in programs. */
export const sqlCrawler = defineCrawler<ConfigFacts>({
  id: 'sql',
  wants: ({ path }) => SCHEMA.test(path) || (SOURCE.test(path) && !NOT_OURS.test(path)),
  prefilter: (latin1, path) =>
    (SCHEMA.test(path) ? [IN_SCHEMA, ASKS] : [IN_SOURCE, ASKS_IN_SOURCE]).some((pattern) => occurs(pattern, latin1)),
  extract(file, knowledge) {
    const sink = new Sink(file.path, knowledge, 'sql');
    file.text.split(/\r?\n/).forEach((row, index) => {
      const text = row.slice(0, 1000);
      if (/^\s*(?:--|\/\/|#|\/\*)/.test(text)) return;
      for (const { store, pattern } of MARKS) if (pattern.test(text)) sink.store(store, index + 1, text.trim().slice(0, 60));
    });
    const script = SCHEMA.test(file.path);
    if ((script ? ASKS : ASKS_IN_SOURCE).test(file.text)) readSqlModels(sink, file.text, script);
    return sink.facts ? { facts: sink.facts } : {};
  },
  detect: united,
});
