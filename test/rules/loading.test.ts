import { describe, expect, it } from 'vitest';
import { COMMIT, findingsOf, hits, library, model, observation, seen } from './inventory.ts';

const load = (facts: object, place: Parameters<typeof observation>[2] = {}) =>
  observation('model-load', { loader: 'AutoModel.from_pretrained', id: 'acme/chat', hub: 'huggingface', part: 'model', ...facts }, { component: 'model:acme/chat', ...place });

describe('trust-remote-code', () => {
  it('is high where the revision moves, medium at a commit, and silent for false and unknown values', () => {
    const observations = [
      load({ trustRemoteCode: true }, { line: 1 }),
      load({ trustRemoteCode: true, revision: COMMIT }, { line: 10 }),
      load({ trustRemoteCode: true, id: null }, { line: 20 }),
      load({ trustRemoteCode: false }, { line: 30 }),
      load({ trustRemoteCode: null }, { line: 40 }),
      observation('dataset-load', { id: 'acme/data', hub: 'huggingface', trustRemoteCode: true }, { line: 50 }),
    ];
    expect(hits('trust-remote-code', { observations })).toEqual(['app.py:1 high', 'app.py:10 medium', 'app.py:20 high', 'app.py:50 high']);
  });

  it('is low in tests', () => {
    for (const path of ['tests/load.py', 'pkg/test_load.py', 'examples/a/run.py', 'conftest.py']) {
      expect(hits('trust-remote-code', { observations: [load({ trustRemoteCode: true }, { path })] })).toEqual([`${path}:1 low`]);
    }
    expect(hits('trust-remote-code', { observations: [load({ trustRemoteCode: true }, { path: 'src/latest/contest.py' })] })).toEqual(['src/latest/contest.py:1 high']);
  });
});

describe('unpinned-revision', () => {
  it('takes a commit for a pin and nothing else', () => {
    const revisions = [undefined, 'main', 'v1.0', COMMIT.slice(0, 7), `${COMMIT}0`, COMMIT, COMMIT.toUpperCase()];
    const observations = revisions.map((revision, index) => load({ id: `acme/m${index}`, ...(revision === undefined ? {} : { revision }) }, { line: index + 1 }));
    expect(hits('unpinned-revision', { observations })).toEqual([1, 2, 3, 4, 5].map((line) => `app.py:${line} medium`));
  });

  it('does not judge paths, other hubs, unknown ids and unknown revisions', () => {
    const observations = [load({ local: true }), load({ hub: 'ollama' }), load({ id: null }), load({ revision: null })];
    expect(hits('unpinned-revision', { observations })).toEqual([]);
  });

  it('counts the tokenizer of a model in the same file once, and alone where it is alone', () => {
    const observations = [
      load({ part: 'tokenizer' }, { line: 1 }),
      load({}, { line: 2 }),
      load({ part: 'processor' }, { line: 3 }),
      load({ part: 'tokenizer' }, { path: 'b.py', line: 9 }),
      load({ part: 'tokenizer' }, { path: 'b.py', line: 19 }),
    ];
    const findings = findingsOf('unpinned-revision', { observations });
    expect(findings.map(({ location, related }) => [location.path, location.line, related?.map((place) => place.line)])).toEqual([
      ['app.py', 2, [1, 3]],
      ['b.py', 9, [19]],
    ]);
  });

  it('is one finding where one call loads one of several', () => {
    const [finding, ...more] = findingsOf('unpinned-revision', { observations: [load({ id: 'acme/a' }), load({ id: 'acme/b' })] });
    expect(more).toEqual([]);
    expect(finding?.args['id']).toEqual(['acme/a', 'acme/b']);
  });

  it('says nothing of libraries that take no revision', () => {
    expect(hits('unpinned-revision', { observations: [load({ loader: 'fastembed.TextEmbedding' })] })).toEqual([]);
  });

  it('takes ids in configuration where some load reads its id', () => {
    const place = { ...seen('configs/model.yaml', 9), crawler: 'config' };
    const components = [model('acme/chat', { origin: 'huggingface', occurrences: [place] })];
    expect(hits('unpinned-revision', { components, observations: [load({ id: null })] })).toEqual(['configs/model.yaml:9 medium']);
    expect(hits('unpinned-revision', { components })).toEqual([]);
    expect(hits('unpinned-revision', { components: [model('acme/chat', { origin: 'huggingface', occurrences: [place], revision: COMMIT })], observations: [load({ id: null })] })).toEqual([]);
    expect(hits('unpinned-revision', { components: [{ kind: 'dataset', name: 'acme/data', origin: 'huggingface', occurrences: [place] }] })).toEqual(['configs/model.yaml:9 medium']);
  });

  it('judges datasets and torch.hub', () => {
    const observations = [observation('dataset-load', { id: 'acme/data', hub: 'huggingface', loader: 'load_dataset' }), load({ hub: 'torch-hub', id: 'pytorch/vision', revision: 'v0.10.0' }, { line: 2 })];
    expect(findingsOf('unpinned-revision', { observations }).map(({ args }) => [args['kind'], args['id'], args['revision']])).toEqual([
      ['dataset', 'acme/data', undefined],
      ['model', 'pytorch/vision', 'v0.10.0'],
    ]);
  });
});

describe('unsafe-deserialization', () => {
  const call = (callee: string, facts: object = {}, line = 1) => observation('deserialize', { callee, ...facts }, { line });
  const components = [model('acme/chat')];

  it('leaves general modules alone where there is no AI', () => {
    expect(hits('unsafe-deserialization', { observations: [call('pickle.load'), call('yaml.load', {}, 2), call('joblib.load', {}, 3)] })).toEqual(['app.py:3 medium']);
  });

  it.each([
    ['torch.load', {}, 'medium'],
    ['torch.load', { weightsOnly: false }, 'high'],
    ['torch.load', { weightsOnly: true }, undefined],
    ['torch.load', { weightsOnly: null }, undefined],
    ['pickle.load', {}, 'medium'],
    ['pickle.loads', {}, 'medium'],
    ['joblib.load', {}, 'medium'],
    ['dill.load', {}, 'medium'],
    ['cloudpickle.load', {}, 'medium'],
    ['pandas.read_pickle', {}, 'medium'],
    ['numpy.load', {}, undefined],
    ['numpy.load', { allowPickle: true }, 'high'],
    ['numpy.load', { allowPickle: false }, undefined],
    ['yaml.load', {}, 'medium'],
    ['yaml.load', { yamlLoader: 'SafeLoader' }, undefined],
    ['yaml.load', { yamlLoader: 'yaml.CSafeLoader' }, undefined],
    ['yaml.load', { yamlLoader: 'yaml.FullLoader' }, undefined],
    ['yaml.load', { yamlLoader: 'yaml.UnsafeLoader' }, 'medium'],
    ['yaml.load', { yamlLoader: 'Loader' }, 'medium'],
    ['yaml.load', { yamlLoader: null }, undefined],
    ['yaml.safe_load', {}, undefined],
    ['yaml.unsafe_load', {}, 'medium'],
    ['keras.models.load_model', {}, undefined],
    ['keras.models.load_model', { safeMode: false }, 'high'],
    ['FAISS.load_local', { allowDangerousDeserialization: true }, 'high'],
    ['FAISS.load_local', { allowDangerousDeserialization: false }, undefined],
  ])('%s %o: %s', (callee, facts, severity) => {
    expect(hits('unsafe-deserialization', { components, observations: [call(callee, facts)] })).toEqual(severity === undefined ? [] : [`app.py:1 ${severity}`]);
  });

  it('knows that torch 2.6 refuses code by default, and says so instead of nothing', () => {
    const world = (version: string) => ({ components: [library('torch', { version })], observations: [call('torch.load')] });
    expect(hits('unsafe-deserialization', world('2.5.1'))).toEqual(['app.py:1 medium']);
    expect(hits('unsafe-deserialization', world('2.7.0+cu126'))).toEqual(['app.py:1 low']);
    expect(findingsOf('unsafe-deserialization', world('2.6.0'))[0]?.args['note']).toContain('2.6.0');
    expect(hits('unsafe-deserialization', { components: [library('torch', { version: '2.7.0' })], observations: [call('torch.load', { weightsOnly: false })] })).toEqual(['app.py:1 high']);
  });

  it('takes use_safetensors=False from a model load, once', () => {
    expect(hits('unsafe-deserialization', { observations: [load({ useSafetensors: false }), load({ useSafetensors: true }, { line: 2 }), load({}, { line: 3 })] })).toEqual(['app.py:1 medium']);
  });
});

describe('insecure-download', () => {
  const download = (facts: object) => observation('download', { via: 'urlretrieve', ...facts });
  it.each([
    [{ url: 'http://models.acme.com/a.onnx' }, 'high'],
    [{ url: 'http://models.acme.com/a.onnx', digest: true }, 'low'],
    [{ url: 'http://localhost:9000/a.onnx', digest: false }, undefined],
    [{ url: 'http://minio:9000/a.onnx' }, undefined],
    [{ url: 'https://models.acme.com/a.onnx', verifyTls: false }, 'high'],
    [{ url: 'https://models.acme.com/a.onnx', digest: false }, 'low'],
    [{ url: 'https://models.acme.com/a.onnx' }, undefined],
    [{ url: 'not a url' }, undefined],
  ])('%o: %s', (facts, severity) => {
    expect(hits('insecure-download', { observations: [download(facts)] })).toEqual(severity === undefined ? [] : [`app.py:1 ${severity}`]);
  });
});

describe('remote-code-path', () => {
  it('joins revision, code and place of one model into one finding with steps', () => {
    const observations = [
      load({ part: 'tokenizer', trustRemoteCode: true }, { line: 3 }),
      load({ trustRemoteCode: true }, { line: 4 }),
      load({ trustRemoteCode: true, id: 'acme/other', revision: COMMIT }, { line: 9 }),
      load({ id: 'acme/plain' }, { line: 12 }),
      observation('remote-code', { file: 'modeling_acme.py', key: 'auto_map' }, { path: 'model/config.json', line: 2, component: 'model:acme/chat' }),
    ];
    const [finding, ...more] = findingsOf('remote-code-path', { components: [model('acme/chat', { origin: 'huggingface' })], observations });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ severity: 'critical', component: 'model:acme/chat', location: { path: 'app.py', line: 3 }, args: { id: 'acme/chat', places: 2 } });
    expect(finding?.related?.map((place) => place.path)).toEqual(['app.py', 'model/config.json']);
    expect(finding?.args['steps']).toHaveLength(4);
  });

  it('is high for pickle weights', () => {
    expect(hits('remote-code-path', { observations: [load({ useSafetensors: false })] })).toEqual(['app.py:1 high']);
  });
});

describe('untrusted-adapter', () => {
  const base = model('mistralai/base', { origin: 'huggingface' });
  const adapter = (facts: object, id = 'someone/lora') =>
    observation('model-load', { id, part: 'adapter', hub: 'huggingface', loader: 'PeftModel.from_pretrained', ...facts }, { component: `model:${id}` });
  const relation = { from: 'model:someone/lora', to: 'model:mistralai/base', type: 'adapter-of' } as const;

  it('is said of a moving adapter of another owner', () => {
    const [finding] = findingsOf('untrusted-adapter', { components: [base], relations: [relation], observations: [adapter({})] });
    expect(finding?.args).toMatchObject({ id: 'someone/lora', owner: 'someone', base: 'mistralai/base' });
    expect(hits('untrusted-adapter', { components: [base], relations: [relation], observations: [adapter({ revision: COMMIT })] })).toEqual([]);
    const own = { ...relation, from: 'model:mistralai/lora' };
    expect(hits('untrusted-adapter', { components: [base], relations: [own], observations: [adapter({}, 'mistralai/lora')] })).toEqual([]);
  });
});
