import { expect, test } from 'vitest';
import type { DatasetComponent, ModelComponent } from '../../src/core/component.ts';
import { buildInventory, type Discovery } from '../../src/core/inventory.ts';
import { withWholeNames } from '../../src/crawlers/short-names.ts';

const model = (name: string, origin: ModelComponent['origin'], line: number): ModelComponent => ({
  kind: 'model',
  name,
  origin,
  occurrences: [{ location: { path: 'a.yaml', line }, technique: 'manifest-analysis', crawler: 'config', confidence: 'high' }],
});
const names = (discoveries: readonly Discovery[]): string[] =>
  buildInventory(withWholeNames(discoveries)).components.map(({ name, occurrences }) => `${name} ${occurrences.length}`);

test('a short name is the one id of the Hub that ends in it', () => {
  const relations = [{ from: 'service:vllm', to: 'model:base-7b', type: 'provides' as const }];
  const discoveries = [
    { components: [model('quiverai/Base-7B', 'huggingface', 1)] },
    { components: [model('base-7b', 'unknown', 2)], relations },
  ];
  expect(names(discoveries)).toEqual(['quiverai/Base-7B 2']);
  expect(withWholeNames(discoveries)[1]?.relations?.[0]?.to).toBe('model:quiverai/base-7b');
});

test('a name that two owners share, or that an API serves, stays', () => {
  const hub = [model('quiverai/base-7b', 'huggingface', 1), model('zephyrlab/base-7b', 'huggingface', 2)];
  expect(names([{ components: [...hub, model('base-7b', 'unknown', 3)] }])).toHaveLength(3);
  expect(names([{ components: [model('quiverai/base-7b', 'huggingface', 1), model('base-7b', 'api', 3)] }])).toHaveLength(2);
});

test('a prefix that sends a model to the service which already has it names no other model', () => {
  const served = (name: string, provider: string, line: number): ModelComponent => ({ ...model(name, 'api', line), provider });
  const same = [served('gpt-4o-mini', 'openai', 1), served('openai:gpt-4o-mini', 'openai', 2)];
  expect(names([{ components: same }])).toEqual(['gpt-4o-mini 2']);
  // Where it is written so, it is written.
  const [first] = buildInventory(withWholeNames([{ components: same }])).components;
  expect(first?.occurrences.some(({ reached }) => reached)).toBe(false);
  expect(names([{ components: [served('gpt-4o-mini', 'openai', 1), served('openai/gpt-4o-mini', 'openrouter', 2)] }])).toHaveLength(2);
});

test('what Kaggle mounts is the one data set of that name', () => {
  const dataset = (name: string, line: number): DatasetComponent => ({
    kind: 'dataset',
    name,
    origin: 'kaggle',
    occurrences: [{ location: { path: 'a.ipynb', line }, technique: 'source-code-analysis', crawler: 'code', confidence: 'high' }],
  });
  expect(names([{ components: [dataset('uciml/iris', 1), dataset('iris', 2)] }])).toEqual(['uciml/iris 2']);
  expect(names([{ components: [dataset('uciml/iris', 1), dataset('arshid/iris', 2), dataset('iris', 3)] }])).toHaveLength(3);
});
