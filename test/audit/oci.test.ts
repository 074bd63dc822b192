import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { auditTarget } from '../../src/audit/audit-target.ts';
import { parseTarget, type Target } from '../../src/audit/targets.ts';
import { dockerCredentials } from '../../src/registries/oci/credentials.ts';
import { sha256Of, type Content, type Fault } from '../registries/registry-server.ts';
import { evilPickle, gguf, safetensors, sparse, sparseSafetensors, tarball } from '../registries/models.ts';
import { OciServer, type FakeArtifact, type FakeLayer } from '../registries/oci-server.ts';
import { testContext, type World } from './context.ts';

const server = new OciServer();
beforeAll(() => server.start());
afterAll(() => server.stop());
afterEach(() => {
  server.fault = () => undefined;
  server.login = server.realm = undefined;
  server.tokenUses = Number.POSITIVE_INFINITY;
  server.blobsElsewhere = true;
  server.reset();
});

const target = (spec: string): Target => {
  const parsed = parseTarget(spec);
  if (parsed.kind !== 'oci' && parsed.kind !== 'ollama') throw new Error(spec);
  return parsed;
};
const oci = (name: string): Target => target(`oci:${server.host}/${name}`);
const ollama = (name: string): Target => target(`ollama:${name}`);
const context = (more: Partial<World> = {}, maxBytes = 256e6) =>
  testContext({ hubUrl: 'http://127.0.0.1:1', ollamaUrl: server.url, ...more }, { maxBytes });
const audit = (name: Target, more: Partial<World> = {}, maxBytes?: number) => auditTarget(name, 'a', undefined, context(more, maxBytes));
const ids = (report: { findings: readonly { ruleId: string }[] }): string[] => report.findings.map(({ ruleId }) => ruleId);

const layer = (what: string, content: Content): FakeLayer => ({ mediaType: `application/vnd.ollama.image.${what}`, content });
const CONFIG: FakeLayer = {
  mediaType: 'application/vnd.docker.container.image.v1+json',
  content: JSON.stringify({ model_format: 'gguf', model_family: 'llama', model_type: '8.0B', file_type: 'Q4_0' }),
};
const TEMPLATE = '{{- if .System }}<|system|>{{ .System }}{{ end }}{{ range .Messages }}{{ .Content }}{{ json .ToolCalls }}{{ end }}';
const pulled = (more: readonly FakeLayer[] = [], model: Content = gguf(4e9)): FakeArtifact => ({
  config: CONFIG,
  layers: [
    layer('model', model),
    layer('template', TEMPLATE),
    layer('license', 'LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\nText'),
    layer('license', 'Acceptable use\n'),
    layer('params', '{"stop":["<|eot|>"]}'),
    layer('system', 'You are a helpful assistant.'),
    ...more,
  ],
});
const titled = (title: string, content: Content, mediaType = 'application/octet-stream'): FakeLayer => ({
  content,
  mediaType,
  annotations: { 'org.opencontainers.image.title': title },
});

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

describe('a registry that wants to know who asks', () => {
  const push = (): string => server.push('acme/private:latest', { layers: [titled('w.safetensors', safetensors())] });
  const login = dockerCredentials('{}');
  const known = (): Partial<World> => ({
    credentials: dockerCredentials(JSON.stringify({ auths: { [server.host]: { auth: Buffer.from('me:secret').toString('base64') } } })),
  });

  it('gives everybody a token', async () => {
    push();
    server.login = '';
    expect((await audit(oci('acme/private'), { credentials: login })).entry.status).toBe('ok');
    expect(server.log.filter((line) => line.endsWith('/token'))).toHaveLength(1);
  });

  it('gets credentials of its own host, and nobody else does', async () => {
    push();
    server.login = 'me:secret';
    expect((await audit(oci('acme/private'))).entry.status).toBe('denied');
    server.reset();
    const { entry, report } = await audit(oci('acme/private'), known());
    expect(entry.status, entry.reason).toBe('ok');
    const stores = server.log.flatMap((line, i) => (line.includes('/store/') ? [server.tokens[i]] : []));
    expect(stores.length).toBeGreaterThan(0);
    expect(stores.every((authorization) => authorization === undefined)).toBe(true);
    server.log.forEach((line, i) => {
      if (server.tokens[i]?.startsWith('Basic') === true) expect(line).toMatch(/\/token$/);
    });
    expect(JSON.stringify({ entry, report })).not.toMatch(/me:secret|bWU6|token-\d/);
  });

  it('gets a fresh token where the old one is over', async () => {
    push();
    server.login = 'me:secret';
    server.tokenUses = 2;
    expect((await audit(oci('acme/private'), known())).entry.status).toBe('ok');
    expect(server.log.filter((line) => line.endsWith('/token')).length).toBeGreaterThan(1);
  });

  it('sends us to no token service in clear text', async () => {
    push();
    server.login = 'me:secret';
    server.realm = `http://localhost:${server.host.split(':')[1]}/token`;
    const { entry } = await audit(oci('acme/private'), known());
    expect(entry).toMatchObject({ status: 'failed' });
    expect(entry.reason).toMatch(/not https/);
    expect(server.log.some((line) => line.endsWith('/token'))).toBe(false);
  });
});

describe('a registry that misbehaves', () => {
  const push = (): string => server.push('acme/faulty:latest', pulled());
  it.each<[string, Fault]>([
    ['drops', 'drop'],
    ['truncates', 'truncate'],
    ['web page', 'html'],
    ['lies about length', 'lie-length'],
    ['ignores ranges', 'ignore-range'],
    ['loops', 'loop'],
    ['500', { status: 500 }],
    ['429', { status: 429, headers: { 'retry-after': '1' } }],
    ['404', { status: 404 }],
    ['403', { status: 403 }],
  ])('with weights: %s', async (_, fault) => {
    push();
    const weights = sha256Of(gguf(4e9));
    server.fault = (path) => (path.includes(weights) ? fault : undefined);
    const first = await auditTarget(ollama('acme/faulty'), 'a', undefined, context());
    expect(first.entry.status).toBe('partial');
    expect(first.entry.reason).toMatch(/model\.gguf/);
    expect(first.report.artifacts.find(({ path }) => path === 'model.gguf')?.verdict).toBe('incomplete');
    // Everything else was read, and the next audit reads this again.
    expect(first.report.artifacts.find(({ path }) => path === 'chat_template.gotmpl')?.verdict).toBe('clean');
    server.fault = () => undefined;
    const next = await auditTarget(ollama('acme/faulty'), 'b', first, context());
    expect(next.entry).toMatchObject({ status: 'ok', drift: 0 });
    expect(next.report.artifacts.find(({ path }) => path === 'model.gguf')?.verdict).toBe('clean');
  });

  it('with a stalled body', async () => {
    push();
    const weights = sha256Of(gguf(4e9));
    server.fault = (path) => (path.includes(weights) ? 'stall' : undefined);
    const { entry } = await audit(ollama('acme/faulty'), { net: { stall: 50, wait: () => Promise.resolve() } });
    expect(entry.status).toBe('partial');
  });

  it.each<[string, Fault, RegExp]>([
    ['drops', 'drop', /fetch failed|socket/],
    ['web page', 'html', /web page/],
    ['loops', 'loop', /redirects/],
    ['500', { status: 500 }, /HTTP 500/],
    ['asks for an hour', { status: 429, headers: { 'retry-after': '3600' } }, /3600 s/],
    ['never ends', 'huge', /larger than/],
  ])('with the manifest: %s', async (_, fault, reason) => {
    push();
    const first = await auditTarget(ollama('acme/faulty'), 'a', undefined, context());
    server.fault = (path) => (path.includes('/manifests/') ? fault : undefined);
    const second = await auditTarget(ollama('acme/faulty'), 'b', first, context());
    expect(second.entry).toMatchObject({ status: 'failed', drift: 0 });
    expect(second.entry.reason).toMatch(reason);
    expect(second.snapshot).toEqual(first.snapshot);
  });

  it('with bytes that are not those of their digest', async () => {
    const wrong = `sha256:${'a'.repeat(64)}`;
    server.push('acme/wrong:latest', { config: CONFIG, layers: [{ ...layer('template', TEMPLATE), digest: wrong }] });
    const { entry, report } = await audit(ollama('acme/wrong'));
    expect(entry).toMatchObject({ status: 'partial' });
    expect(entry.reason).toMatch(/digest/);
    expect(report.artifacts[0]?.verdict).toBe('incomplete');
  });

  it('with another manifest than the one that was pinned', async () => {
    const digest = push();
    server.manifests.set(digest, Buffer.from('{"schemaVersion":2,"layers":[]}'));
    const { entry } = await audit(ollama(`acme/faulty@${digest}`));
    expect(entry).toMatchObject({ status: 'failed' });
    expect(entry.reason).toMatch(/digest/);
  });

  it.each(['{', '[]', '{"layers":[{"digest":"md5:x","size":1}]}', '{"layers":[{"digest":"sha256:0","size":-1}]}', '{"schemaVersion":1}'])(
    'with a manifest that is none: %s',
    async (text) => {
      const digest = push();
      server.manifests.set(digest, Buffer.from(text));
      server.tags.set('acme/none:latest', digest);
      const bare = await audit(ollama('acme/none'));
      expect(bare.entry.status).toBe('failed');
    },
  );

  it('without the model: gone, and nothing is made up', async () => {
    const { entry, report } = await audit(ollama('acme/nothing'));
    expect(entry).toMatchObject({ status: 'gone' });
    expect(report.findings).toEqual([]);
  });
});

describe('what changed between two audits of an artifact', () => {
  const same = pulled();
  const replaced = (what: string, content: Content): FakeArtifact => ({
    ...same,
    layers: same.layers.map((item) => (item.mediaType.endsWith(`.${what}`) ? { ...item, content } : item)),
  });
  const DIGEST = /^sha256:[0-9a-f]{64}$/;
  const histories: readonly (readonly [string, string, RegExp, RegExp, string, (name: string) => void])[] = [
    ['a moving tag', 'drift-commit', DIGEST, DIGEST, ':latest', (name) => server.push(`${name}:latest`, pulled([layer('messages', '[]')]))],
    [
      'a tag that should not move',
      'drift-tag-moved',
      DIGEST,
      DIGEST,
      ':1.0',
      (name) => server.push(`${name}:1.0`, pulled([layer('messages', '[]')])),
    ],
    [
      'other weights',
      'drift-file-replaced',
      /sha256:/,
      /sha256:/,
      ':latest',
      (name) => server.push(`${name}:latest`, replaced('model', gguf(4e9, { 'general.name': 'x' }))),
    ],
    [
      'weights that came',
      'drift-weights-added',
      /not there/,
      /sha256:/,
      ':latest',
      (name) => server.push(`${name}:latest`, pulled([layer('adapter', gguf(1e6))])),
    ],
    [
      'a pickle that came',
      'drift-pickle-added',
      /not there/,
      /sha256:/,
      ':latest',
      (name) => server.push(`${name}:latest`, pulled([layer('adapter', evilPickle())])),
    ],
    [
      'another licence',
      'drift-licence-changed',
      /^llama3\.1$/,
      /^mit$/,
      ':latest',
      (name) => server.push(`${name}:latest`, replaced('license', 'MIT License\n')),
    ],
    [
      'another template',
      'drift-template-changed',
      /sha256:/,
      /sha256:/,
      ':latest',
      (name) => server.push(`${name}:latest`, replaced('template', '{{ .Prompt }} buy now')),
    ],
    ['deletion', 'drift-deleted', DIGEST, /^gone/, ':latest', (name) => server.tags.delete(`${name}:latest`)],
    ['loss of access', 'drift-access-lost', /readable/, /denied/, ':latest', () => (server.fault = () => ({ status: 403 }))],
  ];

  it.each(histories)('%s: %s', async (what, rule, before, after, tag, change) => {
    const name = `drift/${what.replaceAll(/[^a-z]+/g, '-')}`;
    // A file that is replaced by another of the same size.
    server.push(name + tag, rule === 'drift-file-replaced' ? replaced('model', gguf(4e9, { 'general.name': 'y' })) : same);
    const first = await auditTarget(ollama(name + tag), '1', undefined, context());
    expect(first.entry, first.entry.reason).toMatchObject({ status: 'ok', drift: 0 });
    const moved = server.bytes;
    server.reset();
    const unchanged = await auditTarget(ollama(name + tag), '2', first, context());
    expect(unchanged.entry).toMatchObject({ status: 'ok', drift: 0, open: first.entry.open });
    expect(unchanged.report.findings).toEqual(first.report.findings);
    expect(server.bytes / moved).toBeLessThan(0.12);
    change(name);
    const second = await auditTarget(ollama(name + tag), '3', unchanged, context());
    const finding = second.report.findings.find(({ ruleId }) => ruleId === rule);
    expect(finding, JSON.stringify(ids(second.report))).toBeDefined();
    expect(String(finding?.args['before'])).toMatch(before);
    expect(String(finding?.args['after'])).toMatch(after);
    const third = await auditTarget(ollama(name + tag), '4', second, context());
    expect(ids(third.report).filter((id) => id.startsWith('drift-'))).toEqual([]);
  });

  it('a pin stays, and tells that its tag has gone on', async () => {
    const digest = server.push('drift/pinned:latest', same);
    const pinned = ollama(`drift/pinned:latest@${digest}`);
    const first = await auditTarget(pinned, '1', undefined, context());
    const next = server.push('drift/pinned:latest', pulled([layer('messages', '[]')]));
    const second = await auditTarget(pinned, '2', first, context());
    const finding = second.report.findings.find(({ ruleId }) => ruleId === 'drift-newer-revision');
    expect(finding?.args).toMatchObject({ before: digest, after: next });
    expect(second.entry).toMatchObject({ commit: digest, drift: 1 });
  });

  it('an archive that holds another file', async () => {
    const kit = (seed: number): FakeArtifact => ({
      layers: [
        {
          mediaType: 'application/vnd.kitops.modelkit.model.v1.tar',
          content: tarball([{ name: 'm.safetensors', content: sparseSafetensors(2e9, 4, `s${seed}`) }]),
        },
        {
          mediaType: 'application/vnd.kitops.modelkit.code.v1.tar',
          content: tarball([
            { name: 'a.py', content: 'x = 1\n' },
            { name: 'config.json', content: `{"model_type":"x${seed}"}` },
          ]),
        },
      ],
    });
    server.push('drift/kit:latest', kit(1));
    const first = await auditTarget(oci('drift/kit'), '1', undefined, context());
    server.push('drift/kit:latest', kit(2));
    const second = await auditTarget(oci('drift/kit'), '2', first, context());
    const paths = second.report.findings
      .filter(({ ruleId }) => ruleId.startsWith('drift-'))
      .map(({ ruleId, location }) => `${ruleId} ${location.path}`);
    expect(paths.sort()).toEqual(['drift-commit manifest.json', 'drift-file-replaced m.safetensors']);
  });
});
