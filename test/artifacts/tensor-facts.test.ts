import { describe, expect, test } from 'vitest';
import { hdf5Cases } from '../../fixtures/artifacts/graph/hdf5.ts';
import { onnxCases } from '../../fixtures/artifacts/graph/onnx.ts';
import { otherCases } from '../../fixtures/artifacts/graph/others.ts';
import { tensorflowCases } from '../../fixtures/artifacts/graph/tensorflow.ts';
import { configCases } from '../../fixtures/artifacts/template/config.ts';
import { ggufCases } from '../../fixtures/artifacts/tensor/gguf.ts';
import { inspectBytes } from './harness.ts';

const all = [...ggufCases, ...onnxCases, ...tensorflowCases, ...hdf5Cases, ...otherCases, ...configCases];

async function inspect(name: string): Promise<Awaited<ReturnType<typeof inspectBytes>>> {
  const item = all.find((candidate) => candidate.name === name);
  if (!item) throw new Error(`no case ${name}`);
  return inspectBytes(item.bytes(), item.path);
}

describe('facts', () => {
  test('GGUF: architecture, quantisation, context, tokenizer, licence, base model', async () => {
    const { format, card, licence, baseModels, facts } = await inspect('gguf: version 3 with template');
    expect(format).toBe('gguf');
    expect(card).toEqual({
      architecture: 'llama',
      contextLength: 131072,
      quantization: 'Q4_K_M',
      tokenizer: 'gpt2',
      parameterCount: 320,
      dtypes: ['F32', 'Q4_K'],
    });
    expect([licence, baseModels]).toEqual(['apache-2.0', ['meta-llama/Llama-3.2-1B']]);
    expect(facts).toMatchObject({
      version: 3,
      byteOrder: 'little',
      tensorCount: 2,
      vocabularySize: 4,
      templates: ['tokenizer.chat_template'],
    });
  });

  test('GGUF: the same in big endian', async () => {
    const { card, facts } = await inspect('gguf: big endian');
    expect([card?.architecture, card?.parameterCount, facts['byteOrder']]).toEqual(['llama', 320, 'big']);
  });

  test('ONNX: operators, opsets, producer, external files', async () => {
    const { format, card, facts } = await inspect('onnx: external data beside the model');
    expect([format, card]).toEqual(['onnx', { parameterCount: 4, dtypes: ['FLOAT'] }]);
    expect(facts).toMatchObject({
      irVersion: 8,
      writer: 'pytorch 2.1.0',
      opsets: { '': 17 },
      operators: { Relu: 1 },
      tensorCount: 1,
      externalFiles: ['model.onnx_data'],
    });
  });

  test('ONNX written by the library', async () => {
    const { facts, card } = await inspect('hdf5: real dense.onnx');
    expect(card?.parameterCount).toBe(16);
    expect(facts).toMatchObject({ writer: 'make.py', operators: { MatMul: 1 } });
  });

  test('SavedModel: version and operators', async () => {
    const { format, facts } = await inspect('tensorflow: SavedModel');
    expect(format).toBe('tensorflow-savedmodel');
    expect(facts).toMatchObject({ writer: 'tensorflow 2.15.0', tags: ['serve'], operators: { MatMul: 1, Placeholder: 1, VarHandleOp: 1 } });
  });

  test.each(['keras.h5', 'keras-latest.h5'])('Keras HDF5: %s', async (name) => {
    const { format, card, facts } = await inspect(`hdf5: ${name}`);
    expect([format, card?.architecture, card?.parameterCount]).toEqual(['keras-h5', 'sequential', 20]);
    expect(facts).toMatchObject({ writer: 'keras 2.11.0', backend: 'tensorflow', datasetCount: 2, classes: { Dense: 1, Sequential: 1 } });
  });

  test('HDF5 with dense storage is read to its end', async () => {
    const { verdict, facts, card } = await inspect('hdf5: dense.h5');
    expect([verdict, facts['datasetCount'], card?.parameterCount, card?.dtypes]).toEqual(['clean', 60, 180, ['float16']]);
  });

  test.each([
    ['tflite: one operator', 'tflite', { parameterCount: 4, dtypes: ['float32'] }],
    ['xgboost: UBJSON', 'xgboost-ubj', { architecture: 'gbtree' }],
    ['lightgbm: text', 'lightgbm', { architecture: 'lightgbm' }],
    ['catboost: binary', 'catboost', { architecture: 'catboost' }],
    ['flax: bfloat16', 'flax-msgpack', { dtypes: ['bfloat16'] }],
    ['paddle: parameters', 'paddle', { parameterCount: 8, dtypes: ['float32'] }],
    ['pmml: a tree', 'pmml', { architecture: 'TreeModel' }],
    ['openvino: one layer', 'openvino', { architecture: 'net', dtypes: ['f32'] }],
    ['coreml: neural network', 'coreml', { architecture: 'neuralNetwork' }],
    ['fasttext: one word', 'fasttext', { architecture: 'fasttext', parameterCount: 8, dtypes: ['float32'] }],
    ['word2vec: three words', 'word2vec', { architecture: 'word2vec', parameterCount: 6, dtypes: ['float32'] }],
  ])('%s', async (name, format, card) => {
    const inspection = await inspect(name);
    expect([inspection.format, inspection.card]).toEqual([format, card]);
  });

  test('writers', async () => {
    const writers = await Promise.all(
      ['xgboost: UBJSON', 'catboost: binary', 'pmml: a tree', 'R: numbers', 'tflite: one operator'].map(
        async (name) => (await inspect(name)).facts['writer'],
      ),
    );
    expect(writers).toEqual(['xgboost 2.0.3', '1.2.3', 'sklearn2pmml 0.90', 'R 4.3.1', 'made by hand']);
  });

  test('config.json, adapter_config.json', async () => {
    const config = await inspect('config: config of a Llama');
    expect(config.card).toEqual({
      architecture: 'LlamaForCausalLM',
      architectureFamily: 'llama',
      dtypes: ['bfloat16'],
      quantization: 'gptq',
      contextLength: 8192,
    });
    expect((await inspect('config: adapter')).baseModels).toEqual(['meta-llama/Llama-2-7b-hf']);
  });

  test('custom code names its file', async () => {
    const { findings } = await inspect('config: auto_map of another repository');
    expect(findings.map(({ ruleId, args }) => [ruleId, args])).toEqual([
      ['remote-code', { key: 'auto_map', file: 'modeling.py', repository: 'someone/code' }],
    ]);
  });

  test('a template finding names its line', async () => {
    const { findings } = await inspectBytes(Buffer.from('{{ a }}\n\n{{ b.__class__ }}'), 'chat_template.jinja');
    expect(findings.map(({ args }) => args)).toEqual([
      { template: 'chat_template.jinja', construct: 'attribute', value: '__class__', line: 3 },
    ]);
  });
});
