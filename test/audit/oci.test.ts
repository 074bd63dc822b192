import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Content } from '../registries/registry-server.ts';
import { evilPickle, gguf, safetensors, sparse, sparseSafetensors, tarball } from '../registries/models.ts';
import type { FakeLayer } from '../registries/oci-server.ts';
import { audit, CONFIG, ids, layer, oci, ociServer, ollama, pulled, titled } from './oci-context.ts';

const server = ociServer();

describe('a model of Ollama', () => {
  it('is read by ranges: weights, template, licence, configuration', async () => {
    const digest = server.push('library/llama3.1:8b', pulled());
    const { entry, report, snapshot } = await audit(ollama('llama3.1:8b'));
    expect(entry, entry.reason).toMatchObject({ target: 'ollama:llama3.1:8b', status: 'ok', commit: digest });
    expect(report.target).toMatchObject({ type: 'ollama', name: 'llama3.1', branch: '8b', commit: digest });
    expect(report.artifacts.map(({ path, format, verdict }) => [path, format, verdict])).toEqual([
      ['chat_template.gotmpl', 'go-template', 'clean'],
      ['model.gguf', 'gguf', 'clean'],
    ]);
    const model = report.components.find(({ kind }) => kind === 'model');
    expect(model).toMatchObject({
      origin: 'ollama',
      name: 'llama3.1:8b',
      revision: digest,
      licence: { id: 'llama3.1' },
      card: { architectureFamily: 'llama', parameterCount: 8e9, quantization: 'Q4_0' },
    });
    expect(snapshot.files.map(({ path }) => path)).toEqual([
      'LICENSE',
      'LICENSE-2',
      'chat_template.gotmpl',
      'model.gguf',
      'params.json',
      'system.prompt.txt',
    ]);
    expect(report.components.filter(({ kind }) => kind === 'prompt').map(({ name }) => name)).toEqual(['system.prompt.txt']);
    expect(report.integrity.map(({ source, trust }) => [source, trust])).toEqual([['registry digests', 'digest-hub']]);
    expect(ids(report)).toEqual(['restricted-licence']);
  });

  it('moves a few megabytes of 10 GB, by the counter of the server', async () => {
    server.push('library/large:latest', pulled([], gguf(10e9, { 'tokenizer.chat_template': '{{ messages }}' }, 128_000)));
    const { entry, report } = await audit(ollama('large'));
    expect(entry.status, entry.reason).toBe('ok');
    expect(report.artifacts.find(({ path }) => path === 'model.gguf')).toMatchObject({ verdict: 'clean' });
    expect(report.artifacts.find(({ path }) => path === 'model.gguf')?.size).toBeGreaterThan(9.9e9);
    expect(server.bytes).toBeLessThan(4e6);
    expect(entry.bytes).toBe(server.bytes);
  });

  it.each<[string, FakeLayer, string]>([
    ['a template of Jinja that reaches Python', layer('template', "{{ ''.__class__.__mro__[1].__subclasses__() }}"), 'template-injection'],
    [
      'a template in the header of the weights',
      layer('projector', gguf(1e9, { 'tokenizer.chat_template': '{{ x.__globals__ }}' })),
      'template-injection',
    ],
    ['a function that Ollama does not have', layer('template', '{{ exec .Prompt }}'), 'unusual-template'],
    ['an adapter that is a pickle', layer('adapter', evilPickle()), 'unsafe-artifact'],
    ['weights that are nothing known', layer('adapter', Buffer.alloc(5000, 7)), 'incomplete-artifact'],
    ['a layer with the name of another folder', { ...layer('json', '{}'), name: '../../etc/cron.d/x' }, 'archive-path-traversal'],
  ])('shows %s', async (_, more, rule) => {
    server.push('acme/bad:latest', { config: CONFIG, layers: [layer('model', gguf(1e8)), more] });
    const { entry, report } = await audit(ollama('acme/bad'));
    expect(entry.status, entry.reason).toBe('ok');
    expect(ids(report)).toContain(rule);
  });

  it('stored tensor by tensor has a safetensors file for each', async () => {
    server.push('acme/tensors:latest', {
      config: CONFIG,
      layers: [
        { ...layer('tensor', safetensors(1)), name: 'text_encoder/embed.weight' },
        { ...layer('tensor', safetensors(2)), name: 'blk.0.weight' },
        { ...layer('json', '{"architectures":["X"],"auto_map":{"AutoModel":"modeling_x.X"}}'), name: 'config.json' },
      ],
    });
    const { report } = await audit(ollama('acme/tensors'));
    expect(report.artifacts.map(({ path, verdict }) => [path, verdict])).toEqual([
      ['blk.0.weight.safetensors', 'clean'],
      ['config.json', 'suspicious'],
      ['text_encoder/embed.weight.safetensors', 'clean'],
    ]);
    expect(ids(report)).toContain('remote-code');
  });
});

describe('an artifact of an OCI registry', () => {
  const raw = (path: string, content: Content, what = 'weight'): FakeLayer => ({
    mediaType: `application/vnd.cncf.model.${what}.v1.raw`,
    content,
    annotations: { 'org.cncf.model.filepath': path },
  });

  it('of ModelPack: raw layers are files', async () => {
    const digest = server.push('acme/pack:v1', {
      artifactType: 'application/vnd.cncf.model.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.cncf.model.config.v1+json',
        content: JSON.stringify({
          descriptor: { family: 'llama3', name: 'x', licenses: ['Apache-2.0'], datasetsURL: ['https://huggingface.co/datasets/acme/set'] },
          config: { architecture: 'transformer', paramSize: '8b', precision: 'bf16' },
        }),
      },
      layers: [
        raw('model-00001.safetensors', sparseSafetensors(5e9, 40, 'a')),
        raw('weights/pytorch_model.bin', evilPickle()),
        raw('config.json', '{"architectures":["LlamaForCausalLM"],"model_type":"llama"}', 'weight.config'),
        raw('README.md', '---\nbase_model: mistralai/Mistral-7B-v0.1\npipeline_tag: text-generation\n---\n# x', 'doc'),
        raw('run.py', 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o", messages=[])\n', 'code'),
      ],
    });
    const { entry, report } = await audit(oci('acme/pack:v1'));
    expect(entry, entry.reason).toMatchObject({ status: 'ok', commit: digest });
    expect(ids(report)).toContain('unsafe-artifact');
    const model = report.components.find(({ name }) => name === `${server.host}/acme/pack`);
    expect(model).toMatchObject({
      kind: 'model',
      origin: 'oci',
      revision: digest,
      licence: { id: 'Apache-2.0' },
      datasets: ['acme/set'],
      card: { architecture: 'transformer', architectureFamily: 'llama3', parameterCount: 8e9, quantization: 'bf16' },
    });
    expect(report.components.map(({ name }) => name)).toEqual(expect.arrayContaining(['mistralai/Mistral-7B-v0.1', 'gpt-4o']));
    expect(server.bytes).toBeLessThan(1e6);
  });

  it('of KitOps: tar layers are read by their headers, compressed ones unpacked in memory', async () => {
    const model = tarball([
      { name: 'model/', type: '5' },
      { name: 'model/big.safetensors', content: sparseSafetensors(10e9, 40, 'k') },
      { name: 'model/evil.pkl', content: evilPickle() },
    ]);
    const code = tarball([
      {
        name: './src/app.py',
        content: 'import anthropic\nanthropic.Anthropic().messages.create(model="claude-3-5-haiku-latest", max_tokens=1, messages=[])\n',
      },
    ]);
    server.push('acme/kit:latest', {
      config: {
        mediaType: 'application/vnd.kitops.modelkit.config.v1+json',
        content: JSON.stringify({ package: { name: 'k', license: 'MIT' }, model: { path: 'registry.example/base/llama:8b' } }),
      },
      layers: [
        { mediaType: 'application/vnd.kitops.modelkit.model.v1.tar', content: model },
        { mediaType: 'application/vnd.kitops.modelkit.code.v1.tar+gzip', content: gzipSync(code as Uint8Array) },
      ],
    });
    const { entry, report, snapshot } = await audit(oci('acme/kit'));
    expect(entry.status, entry.reason).toBe('ok');
    expect(report.artifacts.map(({ path, verdict }) => [path, verdict])).toEqual([
      ['model/big.safetensors', 'clean'],
      ['model/evil.pkl', 'malicious'],
    ]);
    expect(snapshot.files.map(({ path }) => path)).toEqual(['model/big.safetensors', 'model/evil.pkl', 'src/app.py']);
    expect(report.components.find(({ name }) => name === 'claude-3-5-haiku-latest')?.occurrences[0]?.location.path).toBe('src/app.py');
    expect(snapshot).toMatchObject({ licence: 'MIT', baseModels: ['registry.example/base/llama:8b'] });
    expect(server.bytes).toBeLessThan(1e6);
  });

  it('of ORAS: files keep their titles, whatever media type they were given', async () => {
    const folder = gzipSync(
      tarball([{ name: 'tok/tokenizer_config.json', content: '{"chat_template":"{{ x.__class__ }}"}' }]) as Uint8Array,
    );
    server.push('acme/plain:latest', {
      layers: [
        titled('model.safetensors', safetensors(), 'application/vnd.oci.image.layer.v1.tar'),
        titled('weights.pkl', evilPickle()),
        {
          ...titled('tok', folder, 'application/vnd.oci.image.layer.v1.tar+gzip'),
          annotations: { 'org.opencontainers.image.title': 'tok', 'io.deis.oras.content.unpack': 'true' },
        },
      ],
    });
    const { report } = await audit(oci('acme/plain'));
    expect(report.artifacts.map(({ path }) => path)).toEqual(['model.safetensors', 'tok/tokenizer_config.json', 'weights.pkl']);
    expect(ids(report)).toEqual(expect.arrayContaining(['unsafe-artifact', 'template-injection']));
  });

  it('may be an index of several', async () => {
    server.pushIndex('acme/both:latest', [
      { layers: [titled('a.pkl', evilPickle())] },
      { layers: [titled('b.safetensors', safetensors())] },
    ]);
    const { report } = await audit(oci('acme/both'));
    expect(report.artifacts.map(({ path }) => path)).toEqual(['1/a.pkl', '2/b.safetensors']);
  });

  it.each([
    ['../../../.bashrc', 'parent'],
    ['/etc/passwd', 'absolute'],
    ['C:\\Windows\\x.dll', 'drive'],
    ['a\u0000b', 'nul'],
    ['evil\u202Egpj.pkl', 'control characters'],
  ])('with the title %j is named, and its content is read all the same', async (title, problem) => {
    server.push('acme/hostile:latest', { layers: [titled(title, evilPickle())] });
    const { report } = await audit(oci('acme/hostile'));
    const finding = report.findings.find(({ ruleId }) => ruleId === 'archive-path-traversal');
    expect(String(finding?.args['problem'])).toContain(problem);
    expect(finding?.location.path).toMatch(/^layers\/sha256-[0-9a-f]{12}\/[^/]+$/);
    expect(report.artifacts[0]?.verdict).toBe('malicious');
  });

  it.each([
    ['climbs out', [{ name: '../../x.py', content: 'x' }], 'archive-path-traversal'],
    ['links out', [{ name: 'x', type: '2', link: '/etc/passwd' }], 'archive-path-traversal'],
    [
      'has a name twice',
      [
        { name: 'a.pkl', content: 'x' },
        { name: 'a.pkl', content: evilPickle() },
      ],
      'archive-tampered',
    ],
  ])('with a tar layer that %s is judged as an archive', async (_, members, rule) => {
    server.push('acme/tar:latest', { layers: [{ mediaType: 'application/vnd.kitops.modelkit.model.v1.tar', content: tarball(members) }] });
    const { report } = await audit(oci('acme/tar'));
    expect(ids(report)).toContain(rule);
  });

  it('with a compressed layer beyond --max-bytes is incomplete, and nothing of it is moved', async () => {
    server.push('acme/big:latest', {
      layers: [
        { mediaType: 'application/vnd.kitops.modelkit.model.v1.tar+gzip', content: sparse(3e9, [[0, gzipSync(Buffer.alloc(1000))]]) },
      ],
    });
    const { entry, report } = await audit(oci('acme/big'));
    expect(entry.status).toBe('ok');
    expect(report.artifacts[0]?.verdict).toBe('incomplete');
    expect(server.bytes).toBeLessThan(100_000);
  });

  it('with a bomb in a layer is incomplete', async () => {
    server.push('acme/bomb:latest', {
      layers: [{ mediaType: 'application/vnd.kitops.modelkit.model.v1.tar+gzip', content: gzipSync(Buffer.alloc(200 << 20)) }],
    });
    const { report } = await audit(oci('acme/bomb'));
    expect(report.artifacts.map(({ verdict }) => verdict)).not.toContain('clean');
  });
});
