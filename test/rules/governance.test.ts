import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/core/component.ts';
import { restrictionOf } from '../../src/rules/shared/licence.ts';
import { findingsOf, hits, model, seen } from './inventory.ts';

describe('restricted-licence', () => {
  it('is said once per model, at its first place outside of tests', () => {
    const llama = model('meta-llama/Llama-3.1-8B-Instruct', { origin: 'huggingface', occurrences: [seen('a_test.py', 1), seen('src/a.py', 4), seen('src/b.py', 2)] });
    const [finding, ...more] = findingsOf('restricted-licence', { components: [llama] });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ location: { path: 'src/a.py', line: 4 }, args: { name: 'meta-llama/Llama-3.1-8B-Instruct' } });
    expect(finding?.args['licence']).toMatch(/Llama/);
    expect(finding?.related).toHaveLength(2);
  });

  it('believes the card before the catalogue', () => {
    const own = (id: string) => hits('restricted-licence', { components: [model('acme/llama-3-8b-tuned', { origin: 'huggingface', licence: { id, source: 'card' } })] });
    expect(own('apache-2.0')).toEqual([]);
    expect(own('cc-by-nc-4.0')).toEqual(['app.py:1 medium']);
    expect(own('llama3.1')).toEqual(['app.py:1 low']);
  });

  it('is silent about free models and about terms of hosted services', () => {
    expect(hits('restricted-licence', { components: [model('mistralai/Mistral-7B-Instruct-v0.3', { origin: 'huggingface' }), model('gpt-4o', { provider: 'openai', family: 'gpt-4o' }), model('claude-opus-4-5', { provider: 'anthropic' })] })).toEqual([]);
  });

  it.each(['cc-by-nc-4.0', 'CC-BY-NC-SA-4.0', 'openrail', 'creativeml-openrail-m', 'bigscience-bloom-rail-1.0', 'llama2', 'llama3', 'llama3.3', 'gemma', 'cc-by-nd-4.0', 'AGPL-3.0'])('knows %s', (id) => {
    expect(restrictionOf(id)).toBeDefined();
  });

  it.each(['apache-2.0', 'mit', 'cc-by-4.0', 'cc-by-sa-4.0', 'bsd-3-clause', 'other', 'gemma-like', 'llama-cpp'])('does not take %s for restricted', (id) => {
    expect(restrictionOf(id)).toBeUndefined();
  });
});

describe('data', () => {
  const dataset = (values: object): Component => ({ kind: 'dataset', name: 'data/customers.csv', origin: 'file', occurrences: [seen('train.py', 3)], ...values });
  const trained = { from: 'model:churn', to: 'dataset:data/customers.csv', type: 'trained-on', location: { path: 'train.py', line: 8 } } as const;

  it('dataset-without-provenance needs training and silence about the origin', () => {
    expect(hits('dataset-without-provenance', { components: [dataset({})], relations: [trained] })).toEqual(['train.py:8 info']);
    expect(hits('dataset-without-provenance', { components: [dataset({})] })).toEqual([]);
    expect(hits('dataset-without-provenance', { components: [dataset({ licence: { id: 'mit', source: 'card' } })], relations: [trained] })).toEqual([]);
    expect(hits('dataset-without-provenance', { components: [dataset({ origin: 'huggingface' })], relations: [trained] })).toEqual([]);
  });

  it('personal-data-dataset says what is known', () => {
    expect(findingsOf('personal-data-dataset', { components: [dataset({ origin: 'huggingface', name: 'acme/faces', concerns: ['biometric', 'scraped'] })] })[0]?.args['concerns']).toEqual(['biometric']);
    expect(hits('personal-data-dataset', { components: [dataset({ origin: 'huggingface', name: 'acme/faces', concerns: ['scraped'] })] })).toEqual([]);
  });
});

describe('licence-missing', () => {
  it('needs a card of the model to read', () => {
    const occurrences = [{ ...seen('model/README.md'), symbol: 'model-index' }];
    expect(hits('licence-missing', { components: [model('model', { occurrences })] })).toEqual(['model/README.md:1 low']);
    expect(hits('licence-missing', { components: [model('model', { occurrences, licence: { id: 'mit', source: 'card' } })] })).toEqual([]);
    expect(hits('licence-missing', { components: [model('base', { occurrences: [{ ...seen('model/README.md'), symbol: 'base_model' }] }), model('model')] })).toEqual([]);
  });
});

describe('restricted-licence of names that no weights have', () => {
  const asked = (name: string, values: Parameters<typeof model>[1] = {}, ...services: readonly string[]) =>
    hits('restricted-licence', {
      components: [model(name, { origin: 'unknown', ...values }), ...services.map((service): Component => ({ kind: 'service', name: service, occurrences: [seen()] }))],
    });

  it('leaves what the program asks the maker for', () => {
    expect(asked('command-r-plus', {}, 'cohere')).toEqual([]);
    expect(asked('mistral-large-latest')).toEqual([]);
    expect(asked('command-r-plus', { provider: 'ollama' }, 'cohere', 'ollama')).toHaveLength(1);
    expect(asked('CohereLabs/c4ai-command-r-plus', { origin: 'huggingface' }, 'cohere')).toHaveLength(1);
  });

  it('leaves the results of runs of one\'s own, and knows R1 under other names', () => {
    expect(asked('yolov8s_defects_best.pt', { origin: 'file' })).toEqual([]);
    expect(asked('yolov8s.pt', { origin: 'file' })).toHaveLength(1);
    expect(asked('deepseek-llm-r1')).toEqual([]);
    expect(asked('deepseek-ai/deepseek-llm-7b-chat', { origin: 'huggingface' })).toHaveLength(1);
  });
});
