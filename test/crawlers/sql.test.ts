import { describe, expect, it } from 'vitest';
import { sqlCrawler } from '../../src/crawlers/sql.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const knowledge = loadKnowledge();

async function stores(path: string, text: string): Promise<string[]> {
  const { facts } = await sqlCrawler.extract({ path, text }, knowledge);
  return (facts?.components ?? []).map(({ kind, name }) => `${kind} ${name}`);
}

describe('vector stores in SQL', () => {
  it('finds the vector indexes of SurrealQL, in scripts and in programs', async () => {
    expect(await stores('schema.surql', 'DEFINE INDEX e ON doc FIELDS embedding HNSW DIMENSION 768 DIST COSINE;')).toEqual([
      'vector-store surrealdb',
    ]);
    expect(await stores('db/schema.go', 'const s = `DEFINE INDEX e ON doc FIELDS v MTREE DIMENSION %d`')).toEqual([
      'vector-store surrealdb',
    ]);
  });

  it('passes over prose and comments', async () => {
    expect(await stores('schema.surql', '-- HNSW DIMENSION 768')).toEqual([]);
    expect(await stores('schema.surql', 'DEFINE FIELD name ON doc; -- the HNSW dimension parameter')).toEqual([]);
  });
});
