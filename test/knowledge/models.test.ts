import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { canonicalise, endOfLife, licenceOf, modelsSection, recogniseModel } from '../../src/knowledge/models.ts';

const knowledge = loadKnowledge();
const index = knowledge.get(modelsSection);
const scopeOf = (context: { providers?: readonly string[]; libraries?: readonly string[]; keys?: boolean }) => ({
  provider: context.providers?.[0],
  loader: context.providers ? undefined : context.libraries?.[0],
  modelKey: true,
});

describe('model families', () => {
  it('recognise their examples, and no other family does', () => {
    const wrong: string[] = [];
    for (const family of index.asset.families) {
      for (const example of family.examples) {
        const canonical = canonicalise(knowledge, example);
        const hits = index.asset.families.filter(({ pattern }) => new RegExp(pattern, 'i').test(canonical?.id ?? ''));
        const direct = index.asset.families.filter(({ pattern }) => new RegExp(pattern, 'i').test(example));
        const found = hits.length > 0 ? hits : direct;
        if (found.length !== 1 || found[0]?.id !== family.id)
          wrong.push(`${family.id}: ${example} -> ${found.map(({ id }) => id).join(',')}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('leave near misses alone', () => {
    const wrong = index.asset.families.flatMap((family) =>
      family.near_misses.filter((text) => new RegExp(family.pattern, 'i').test(text)).map((text) => `${family.id}: ${text}`),
    );
    expect(wrong).toEqual([]);
  });

  it('recognise short names only in their context', () => {
    const wrong: string[] = [];
    for (const family of index.asset.families) {
      for (const example of family.context_examples ?? []) {
        const org = family.context?.orgs?.[0];
        const text = org && !family.context?.providers && !family.context?.libraries ? `${org}/${example}` : example;
        const canonical = canonicalise(knowledge, text);
        if (!canonical) throw new Error(text);
        if (index.match(canonical, scopeOf(family.context ?? {}))?.family.id !== family.id) wrong.push(`${family.id}: ${text}`);
        if (index.match({ id: example, written: example, route: [] }, {})) wrong.push(`${family.id}: ${example} without context`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('know the cloud spellings', () => {
    const wrong: string[] = [];
    for (const family of index.asset.families) {
      for (const [provider, spellings] of Object.entries(family.aliases ?? {})) {
        for (const text of spellings) {
          const canonical = canonicalise(knowledge, text);
          if (!canonical || index.match(canonical, { provider, modelKey: true })?.family.id !== family.id)
            wrong.push(`${family.id}: ${text} -> ${canonical?.id}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('canonicalise', () => {
  it.each([
    ['openrouter/anthropic/claude-3.5-sonnet', 'claude-3.5-sonnet', ['openrouter', 'anthropic']],
    ['eu.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5-20251001-v1', []],
    ['arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-embed-text-v2:0', 'titan-embed-text-v2', []],
    ['models/text-embedding-004', 'text-embedding-004', []],
    ['projects/p/locations/l/publishers/google/models/gemini-1.5-pro', 'gemini-1.5-pro', []],
    ['claude-haiku-4-5@20251001', 'claude-haiku-4-5-20251001', []],
    ['ft:gpt-4o-mini-2024-07-18:acme::abc', 'gpt-4o-mini-2024-07-18', []],
    ['azure/gpt-35-turbo', 'gpt-3.5-turbo', ['azure-openai']],
    ['openai:gpt-4o', 'gpt-4o', ['openai']],
    ['https://huggingface.co/BAAI/bge-m3/resolve/main/model.safetensors', 'bge-m3', []],
    ['mistral:7b', 'mistral', []],
    ['meta-llama/llama-3-8b-instruct:free', 'llama-3-8b-instruct', []],
  ])('%s', (text, id, route) => {
    expect(canonicalise(knowledge, text)).toMatchObject({ id, route });
  });

  it('refuses what cannot be an id', () => {
    for (const text of ['', '   ', 'two words', 'a'.repeat(201), 'a\nb']) expect(canonicalise(knowledge, text)).toBeUndefined();
  });
});

describe('recogniseModel', () => {
  const key = (text: string, name: string, more = {}) => recogniseModel(knowledge, text, { position: 'key', key: name, ...more });

  it.each([
    ['meta-llama/Meta-Llama-3-8B-Instruct', 'base_model', 'huggingface', 'chat'],
    ['sentence-transformers/all-MiniLM-L6-v2', 'model_name', 'huggingface', 'embedding'],
    ['microsoft/deberta-xlarge-mnli', 'model_type', 'huggingface', undefined],
    ['gpt-4-turbo', 'judge_model', 'api', 'chat'],
    ['gemma4:12b', 'spring.ai.ollama.chat.options.model', 'ollama', 'chat'],
    ['llama-3-8b-instruct.Q4_K_M.gguf', 'model', 'file', 'chat'],
    ['perfectdeliberate_v60.safetensors', 'ckpt_name', 'file', 'image-generation'],
    ['amazon.titan-embed-text-v2:0', 'EMBED_MODEL_ID', 'api', 'embedding'],
    ['bg-digitalservices/Gemma-4-E2B-it-NVFP4', 'model', 'huggingface', 'chat'],
    ['openai/whisper-large-v3', 'model', 'huggingface', 'audio'],
    ['openai/gpt-4o-mini', 'model', 'api', 'chat'],
    ['3DWorks/mesh-lrm', 'model_id', 'huggingface', undefined],
    ['5C-lab/Harbor-1B', 'base_model', 'huggingface', undefined],
  ])('%s under %s', (text, name, origin, role) => {
    const found = key(text, name);
    expect(found).toMatchObject({ name: text, origin });
    if (role) expect(found?.role).toBe(role);
  });

  it.each([
    'str',
    'Tables',
    '3.46',
    'true',
    'v1.2.3',
    'text/plain',
    'your-model',
    '<model>',
    '${MODEL}',
    'my-model-name',
    'auth.user',
    'src/models/user.py',
    'https://example.com/x',
    'com.example.Model',
    'gpu',
    'openai',
    'chat',
    'Corolla',
    'MacBookPro18,1',
    'ThinkPad-X1',
    'models/user',
    'path/to/model',
    'org/model',
    '2024/11',
    '1/2',
    '24x7/365',
    'params.WEIGHTS',
    'cfg.model.name',
    'process.env.LLM',
  ])('not %s', (text) => {
    expect(key(text, 'model')).toBeUndefined();
    expect(key(text, 'model_name')).toBeUndefined();
    expect(key(text, 'base_model.params')).toBeUndefined();
  });

  it('holds the examples of its data', () => {
    interface Example {
      readonly key: string;
      readonly text: string;
      readonly provider?: string;
    }
    const { examples } = parse(readFileSync('rules/catalog/models/recogniser.yaml', 'utf8')) as {
      examples: { good: Example[]; bad: Example[] };
    };
    const found = ({ key: name, text, provider }: Example) => key(text, name, { provider })?.name;
    expect(examples.good.map(found)).toEqual(examples.good.map(({ text }) => text));
    expect(examples.bad.filter((example) => found(example) !== undefined)).toEqual([]);
  });

  it('takes ambiguous names only where their provider or loader is in scope', () => {
    expect(key('mistral', 'model')).toBeUndefined();
    expect(key('mistral', 'model', { provider: 'ollama' })).toMatchObject({ origin: 'ollama', family: 'mistral-open' });
    expect(recogniseModel(knowledge, 'small', { position: 'argument', loader: 'whisper.load_model' })).toMatchObject({
      origin: 'library',
      role: 'audio',
    });
    expect(key('o1', 'model')).toMatchObject({ family: 'openai-o-series' });
    expect(recogniseModel(knowledge, 'o1', { position: 'string' })).toBeUndefined();
  });

  it('is strict with strings anywhere', () => {
    expect(recogniseModel(knowledge, 'gpt-4o-mini', { position: 'string' })?.name).toBe('gpt-4o-mini');
    for (const text of ['hello-world-1', 'owner/repo', 'name:tag', 'large', 'command'])
      expect(recogniseModel(knowledge, text, { position: 'string' })).toBeUndefined();
  });

  it('takes an argument that no family knows', () => {
    expect(recogniseModel(knowledge, 'acme-labs/tiny-7b', { position: 'argument' })).toMatchObject({ origin: 'huggingface' });
    expect(recogniseModel(knowledge, 'brand-new-model-9', { position: 'argument', provider: 'openai' })).toMatchObject({
      origin: 'api',
      provider: 'openai',
    });
    for (const text of ['<model>', 'your-model', './local', '../x/y', 'f(x)', '${M}'])
      expect(recogniseModel(knowledge, text, { position: 'argument' })).toBeUndefined();
  });

  it('stays fast on hostile text', () => {
    const start = performance.now();
    for (const unit of ['a', 'a-', 'bert-base-', 'llama-3-', 'x.', 'q4_', '1:', 'ab/', 'claude-', '-_.']) {
      for (const size of [50, 199, 5000]) recogniseModel(knowledge, unit.repeat(size).slice(0, size), { position: 'key', key: 'model' });
    }
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('facts', () => {
  it('gives the end of life per platform', () => {
    expect(endOfLife(knowledge, 'anthropic', 'claude-1.3')).toMatchObject({ status: 'retired', retiresOn: '2024-11-06' });
    expect(endOfLife(knowledge, undefined, 'anthropic/claude-1.3')?.provider).toBe('anthropic');
    expect(endOfLife(knowledge, 'groq', 'no-such-model')).toBeUndefined();
  });
  it('gives the licence of a family, and says who derived from it', () => {
    expect(licenceOf(knowledge, 'meta-llama/Meta-Llama-3-8B')).toMatchObject({ derived: false });
    expect(licenceOf(knowledge, 'someone/Meta-Llama-3-8B-tuned')?.derived).toBe(true);
  });
  it('resolves pipelines without a model', () => {
    expect(index.pipelineDefault('sentiment-analysis')?.model).toBe('distilbert/distilbert-base-uncased-finetuned-sst-2-english');
  });
});

describe('keys that name one of several models', () => {
  it.each([
    ['OPENAI_MODEL_FAST', 'weak'],
    ['MODEL_CHAT', 'weak'],
    ['MODEL_SERVER_URL', undefined],
    ['LLM_MODEL_CACHE_DIR', undefined],
    ['modelClassName', undefined],
  ])('%s', (key, strength) => {
    expect(index.keys.read(key)?.strength).toBe(strength);
  });

  it('takes a name that ends in its purpose where the key and its neighbours are about models', () => {
    const context = { position: 'key', key: 'EmbeddingModel' } as const;
    expect(recogniseModel(knowledge, 'acme-embed', { ...context, ai: true })?.name).toBe('acme-embed');
    expect(recogniseModel(knowledge, 'acme-embed', context)).toBeUndefined();
    expect(recogniseModel(knowledge, 'text-embedding', { ...context, ai: true })).toBeUndefined();
  });
});
