import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
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

describe('models that SQL asks', () => {
  const { examples } = parse(readFileSync('rules/catalog/infra/sql.yaml', 'utf8'), { schema: 'core' }) as {
    examples: Record<'good' | 'bad', { sql: string; finds?: string[] }[]>;
  };
  it.each(examples.good.map(({ sql, finds }) => [sql, finds ?? []] as const))('%s', async (sql, finds) => {
    expect(await stores('db/model.sql', sql)).toEqual(expect.arrayContaining(finds));
  });
  it.each(examples.bad.map(({ sql }) => [sql] as const))('none: %s', async (sql) => {
    expect(await stores('db/model.sql', sql)).toEqual([]);
  });

  it('stands where the name stands', async () => {
    const { facts } = await sqlCrawler.extract(
      { path: 'a.sql', text: "SELECT\n  ai.openai_embed(\n    'text-embedding-3-small', b);" },
      knowledge,
    );
    expect(facts?.components[0]?.occurrences[0]?.location).toEqual({ path: 'a.sql', line: 3 });
  });

  it('reads the SQL of programs, and takes no function of theirs for one', async () => {
    expect(await stores('q.py', `s.sql("SELECT SNOWFLAKE.CORTEX.COMPLETE('mistral-large2', body) FROM mails")`)).toEqual([
      'model mistral-large2',
      'service snowflake-cortex',
    ]);
    expect(await stores('a.ts', "const { text } = await ai.generate({ model: 'gemini-2.0-flash', prompt });")).toEqual([]);
    expect(await stores('a.py', "answer = ai_complete('gpt-4o', prompt)")).toEqual([]);
    expect(await stores('a.py', "# Create model\nmodel = Model(model_name='gpt-4o', provider='openai')")).toEqual([]);
  });

  it('bounds what it reads', async () => {
    const calls = "SELECT ai.openai_embed('text-embedding-3-small', b);\n".repeat(5_000);
    expect((await stores('a.sql', calls)).length).toBeLessThanOrEqual(400);
    expect(await stores('a.sql', `SELECT ai.openai_embed(${'('.repeat(100_000)}`)).toEqual([]);
    expect(await stores('a.sql', `CREATE MODEL ${'model_name '.repeat(50_000)}`)).toEqual([]);
  });
});
