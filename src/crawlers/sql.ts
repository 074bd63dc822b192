import { Sink, type ConfigFacts } from './config/sink.ts';
import { united } from './config/merge.ts';
import { defineCrawler } from './crawler.ts';

/** What says in SQL or in a database schema that vectors are stored. */
const MARKS: readonly { readonly store: string; readonly pattern: RegExp }[] = [
  {
    store: 'pgvector',
    pattern:
      /\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?["'`]?(?:vector|vectors|vchord|vectorscale|lantern)["'`]?\s*(?:;|$|cascade|with|schema|")/i,
  },
  { store: 'pgvector', pattern: /\busing\s+(?:hnsw|ivfflat|vchordrq|diskann)\s*\(\s*["\w]+\s+(?:vector|halfvec|bit|sparsevec)_\w+_ops/i },
  { store: 'pgvector', pattern: /\bUnsupported\("(?:vector|halfvec)\(\d+\)"\)|^\s*extensions\s*=\s*\[[^\]]*\b(?:pg)?vector\b/i },
  { store: 'sqlite-vec', pattern: /\busing\s+vec0\s*\(/i },
  { store: 'duckdb-vss', pattern: /\b(?:install|load)\s+vss\b/i },
  { store: 'neo4j-vector', pattern: /\bcreate\s+vector\s+index\b.*\bfor\s*\(/i },
];

/** SQL migrations, Prisma schemas, Cypher. */
export const sqlCrawler = defineCrawler<ConfigFacts>({
  id: 'sql',
  wants: (entry) => /\.(?:sql|prisma|cypher|cql|ddl|psql|pgsql)$/i.test(entry.path),
  prefilter: (latin1) => /vector|vec0|vss|vchord|lantern/i.test(latin1),
  extract(file, knowledge) {
    const sink = new Sink(file.path, knowledge, 'sql');
    file.text.split(/\r?\n/).forEach((row, index) => {
      const text = row.slice(0, 1000);
      if (/^\s*(?:--|\/\/|#|\/\*)/.test(text)) return;
      for (const { store, pattern } of MARKS) if (pattern.test(text)) sink.store(store, index + 1, text.trim().slice(0, 60));
    });
    return sink.facts ? { facts: sink.facts } : {};
  },
  detect: united,
});
