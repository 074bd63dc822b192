import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { auditTarget } from '../../src/audit/audit-target.ts';
import type { HubTarget } from '../../src/audit/targets.ts';
import type { ModelTrust } from '../../src/integrity/scan-models.ts';
import { Net } from '../../src/registries/net.ts';
import { bundle, publicPem, resource, statement } from '../integrity/world.ts';
import { commitOf, HubServer } from '../registries/hub-server.ts';
import { sha256Of, type Fault } from '../registries/registry-server.ts';
import { evilPickle, lfs, plainPickle, safetensors, sparse, sparseSafetensors } from '../registries/models.ts';
import { testContext } from './context.ts';

const hub = new HubServer();
beforeAll(() => hub.start());
afterAll(() => hub.stop());
afterEach(() => {
  hub.fault = () => undefined;
  hub.token = undefined;
  hub.pageSize = 1000;
  hub.reset();
});

const model = (name: string, more: Partial<HubTarget> = {}): HubTarget => ({ kind: 'hub', type: 'model', name, ...more });
const ids = (report: { findings: readonly { ruleId: string }[] }): string[] => report.findings.map(({ ruleId }) => ruleId);

describe('audit of one repository', () => {
  it('finds a payload, code, a template and a licence as a scan on disk does', async () => {
    hub.repo(
      'acme/bad',
      {
        'README.md': '---\nlicense: cc-by-nc-4.0\nbase_model: meta-1lama/Llama\ndatasets: [acme/data]\n---\n',
        'config.json': '{"architectures":["X"],"model_type":"x","auto_map":{"AutoModel":"modeling_x.X"}}',
        'modeling_x.py': 'import os\n',
        'chat_template.jinja': "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        'pytorch_model.bin': lfs(evilPickle(), 'unsafe'),
        'model.safetensors': lfs(safetensors(), 'safe'),
      },
      { cardData: { license: 'cc-by-nc-4.0', base_model: 'meta-1lama/Llama', datasets: ['acme/data'] }, task: 'text-generation' },
    );
    hub.repo('acme/data', { 'README.md': '---\nlicense: mit\n---\n' }, { type: 'dataset', cardData: { license: 'mit' } });
    const { entry, report } = await auditTarget(model('acme/bad'), 'a', undefined, testContext({ hubUrl: hub.url }));
    expect(entry.status).toBe('ok');
    for (const id of ['unsafe-artifact', 'remote-code', 'template-injection', 'hub-scan-unsafe', 'lookalike-namespace'])
      expect(ids(report), id).toContain(id);
    expect(report.artifacts.find(({ path }) => path === 'pytorch_model.bin')).toMatchObject({
      verdict: 'malicious',
      sha256: sha256Of(evilPickle()),
    });
    expect(report.components.find((component) => component.kind === 'dataset')).toMatchObject({
      name: 'acme/data',
      licence: { id: 'mit' },
    });
    expect(report.components.find((component) => component.kind === 'model' && component.name === 'acme/bad')).toMatchObject({
      licence: { id: 'cc-by-nc-4.0' },
      task: 'text-generation',
      revision: entry.commit,
    });
    expect(report.relations.map(({ type }) => type)).toEqual(expect.arrayContaining(['base-model', 'trained-on']));
    expect(report.integrity.map(({ source }) => source)).toEqual(
      expect.arrayContaining(['hub digests', 'hub scanners (opinion of a third party)']),
    );
  });

  it('verifies a signature by the digests of the hub, says so, and downloads no weights', async () => {
    const weights = sparseSafetensors(5e9, 10, 'w');
    const readme = '# Signed\n';
    const resources = [resource('README.md', readme), { name: 'model.safetensors', algorithm: 'sha256', digest: sha256Of(weights) }];
    hub.repo('acme/signed', { 'README.md': readme, 'model.safetensors': lfs(weights), 'model.sig': bundle(statement(resources)) });
    const trust: ModelTrust[] = [
      { matches: () => true, publicKeys: [publicPem], certificates: [], identities: [] } as unknown as ModelTrust,
    ];
    const { report } = await auditTarget(model('acme/signed'), 'a', undefined, testContext({ hubUrl: hub.url }, { trust }));
    expect(report.integrity.find(({ source }) => source === 'oms')).toMatchObject({
      status: 'verified',
      trust: 'signed-pinned',
      digests: 'hub',
    });
    expect(hub.bytes).toBeLessThan(300_000);
  });

  it('reads data sets, Spaces, revisions and pages of a tree', async () => {
    hub.pageSize = 2;
    hub.repo(
      'acme/set',
      { 'README.md': '---\nlicense: mit\n---\n', 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c', 'd.pkl': lfs(evilPickle()) },
      { type: 'dataset' },
    );
    const set = await auditTarget({ kind: 'hub', type: 'dataset', name: 'acme/set' }, 'a', undefined, testContext({ hubUrl: hub.url }));
    expect(set.snapshot.files).toHaveLength(5);
    expect(ids(set.report)).toContain('unsafe-artifact');
    hub.repo(
      'acme/space',
      { 'app.py': 'from transformers import pipeline\npipe = pipeline("text-generation", model="gpt2")\n' },
      { type: 'space' },
    );
    const space = await auditTarget({ kind: 'hub', type: 'space', name: 'acme/space' }, 'a', undefined, testContext({ hubUrl: hub.url }));
    expect(space.report.components.map(({ name }) => name)).toContain('gpt2');
    const repo = hub.repo('acme/revisions', { 'pytorch_model.bin': lfs(plainPickle()) });
    const old = repo.commits[0]?.sha ?? '';
    hub.commit(repo, { 'pytorch_model.bin': lfs(evilPickle()) });
    repo.refs.set('stable', old);
    expect(
      (await auditTarget(model('acme/revisions', { revision: 'stable' }), 'a', undefined, testContext({ hubUrl: hub.url }))).entry.commit,
    ).toBe(old);
    expect(ids((await auditTarget(model('acme/revisions'), 'a', undefined, testContext({ hubUrl: hub.url }))).report)).toContain(
      'unsafe-artifact',
    );
  });

  it('uses the token for private and gated repositories, for the hub alone', async () => {
    hub.token = 'hf_secret';
    hub.repo('acme/private', { 'model.safetensors': lfs(safetensors()) }, { private: true });
    const without = await auditTarget(model('acme/private'), 'a', undefined, testContext({ hubUrl: hub.url }));
    expect(without.entry.status).toBe('gone');
    hub.reset();
    const withToken = await auditTarget(model('acme/private'), 'a', undefined, testContext({ hubUrl: hub.url, token: 'hf_secret' }));
    expect(withToken.entry.status).toBe('ok');
    hub.log.forEach((line, i) => expect(hub.tokens[i], line).toBe(line.includes('/lfs/') ? undefined : 'Bearer hf_secret'));
    expect(JSON.stringify(withToken)).not.toContain('hf_secret');
  });

  it('inspects a blob once for the whole fleet', async () => {
    const kept = new Map<string, unknown>();
    const cache = {
      get: (key: string) => Promise.resolve(kept.get(key) as undefined),
      set: (key: string, value: unknown) => Promise.resolve(void kept.set(key, structuredClone(value))),
    };
    for (const name of ['acme/one', 'acme/two']) hub.repo(name, { 'pytorch_model.bin': lfs(evilPickle()), 'head.bin': lfs(evilPickle()) });
    const context = testContext({ hubUrl: hub.url }, { cache });
    const one = await auditTarget(model('acme/one'), 'a', undefined, context);
    hub.reset();
    const two = await auditTarget(model('acme/two'), 'a', undefined, context);
    expect(ids(two.report)).toEqual(ids(one.report));
    expect(two.report.artifacts).toEqual(one.report.artifacts);
    // Only the sniff that decides what the file is, where its name does not.
    expect(hub.log.filter((line) => line.includes('/lfs/'))).toEqual([expect.stringContaining('head.bin')]);
  });

  it('moves less than 5 % for a repository that did not change', async () => {
    hub.repo('acme/steady', {
      'README.md': '---\nlicense: mit\n---\n',
      'config.json': '{"model_type":"llama","architectures":["L"]}',
      'a.safetensors': lfs(sparseSafetensors(2e9, 50, 'a'), 'safe'),
      'b.bin': lfs(plainPickle(), 'safe'),
    });
    const context = testContext({ hubUrl: hub.url });
    const first = await auditTarget(model('acme/steady'), '1', undefined, context);
    const moved = hub.bytes;
    hub.reset();
    const second = await auditTarget(model('acme/steady'), '2', first, context);
    expect(second.entry).toMatchObject({ status: 'ok', drift: 0, open: first.entry.open });
    expect(ids(second.report)).toEqual(ids(first.report));
    expect(hub.bytes / moved).toBeLessThan(0.05);
  });

  it('stops at --max-bytes and says so, never clean', async () => {
    hub.repo(
      'acme/much',
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`m${i}.safetensors`, lfs(sparseSafetensors(1e9, 20, `m${i}`))])),
    );
    const { entry, report } = await auditTarget(
      model('acme/much'),
      'a',
      undefined,
      testContext({ hubUrl: hub.url }, { maxBytes: 200_000 }),
    );
    expect(entry.status).toBe('partial');
    expect(entry.reason).toMatch(/max-bytes/);
    expect(report.artifacts.some(({ verdict }) => verdict === 'incomplete')).toBe(true);
    expect(hub.bytes).toBeLessThan(700_000);
  });

  it('leaves a file incomplete that only a download would tell', async () => {
    const gzip = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    hub.repo('acme/compressed', { 'model.pkl': lfs(sparse(3e9, [[0, gzip]])) });
    const { report } = await auditTarget(model('acme/compressed'), 'a', undefined, testContext({ hubUrl: hub.url }));
    expect(report.artifacts[0]?.verdict).not.toBe('clean');
    expect(hub.bytes).toBeLessThan(40e6);
  });
});

describe('a hub that misbehaves', () => {
  const repo = (): void =>
    void hub.repo('acme/faulty', { 'README.md': '# x\n', 'model.safetensors': lfs(sparseSafetensors(1e9, 10, 'x')) });
  it.each<[string, Fault]>([
    ['drops', 'drop'],
    ['truncates', 'truncate'],
    ['web page', 'html'],
    ['wrong range', 'wrong-range'],
    ['lies about length', 'lie-length'],
    ['ignores ranges', 'ignore-range'],
    ['loops', 'loop'],
    ['500', { status: 500 }],
    ['429', { status: 429 }],
    ['404', { status: 404 }],
    ['403', { status: 403 }],
  ])('with weights: %s', async (_, fault) => {
    repo();
    hub.fault = (path) => (path.includes('model.safetensors') && path.includes('resolve') ? fault : undefined);
    const first = await auditTarget(model('acme/faulty'), 'a', undefined, testContext({ hubUrl: hub.url }));
    expect(first.entry.status).toBe('partial');
    expect(first.entry.reason).toMatch(/model\.safetensors/);
    expect(first.report.artifacts.find(({ path }) => path === 'model.safetensors')?.verdict).toBe('incomplete');
    // The next audit reads it again.
    hub.fault = () => undefined;
    const next = await auditTarget(model('acme/faulty'), 'b', first, testContext({ hubUrl: hub.url }));
    expect(next.report.artifacts.find(({ path }) => path === 'model.safetensors')?.verdict).toBe('clean');
    expect(next.entry.drift).toBe(0);
    expect(next.entry.status).toBe('ok');
  });

  it.each<[string, Fault]>([
    ['drops', 'drop'],
    ['web page', 'html'],
    ['loops', 'loop'],
    ['500', { status: 500 }],
    ['asks for an hour', { status: 429, headers: { 'retry-after': '3600' } }],
  ])('with its API: %s', async (_, fault) => {
    repo();
    const first = await auditTarget(model('acme/faulty'), 'a', undefined, testContext({ hubUrl: hub.url }));
    hub.fault = (path) => (path.startsWith('/api/') ? fault : undefined);
    const second = await auditTarget(model('acme/faulty'), 'b', first, testContext({ hubUrl: hub.url }));
    expect(second.entry.status).toBe('failed');
    expect(second.entry.reason).toBeTruthy();
    // What was known stays known, and no change is made up.
    expect(second.snapshot).toEqual(first.snapshot);
    expect(second.entry.drift).toBe(0);
  });

  it('with a stalled body', async () => {
    repo();
    hub.fault = (path) => (path.includes('resolve') && path.includes('safetensors') ? 'stall' : undefined);
    const { entry } = await auditTarget(
      model('acme/faulty'),
      'a',
      undefined,
      testContext({ hubUrl: hub.url, net: { stall: 100, wait: () => Promise.resolve() } }),
    );
    expect(entry.status).toBe('partial');
    hub.fault = (path) => (path.startsWith('/api/') ? 'stall' : undefined);
    const silent = await auditTarget(
      model('acme/faulty'),
      'b',
      undefined,
      testContext({ hubUrl: hub.url, net: { stall: 50, wait: () => Promise.resolve() } }),
    );
    expect(silent.entry.status).toBe('failed');
    expect(silent.entry.reason).toBeTruthy();
  });

  it('never asks another host than the one it was given', async () => {
    repo();
    const asked = new Set<string>();
    const context = testContext({
      hubUrl: hub.url,
      net: { fetch: (input, init) => (asked.add(new URL(String(input)).hostname), fetch(input, init)), wait: () => Promise.resolve() },
    });
    await auditTarget(model('acme/faulty'), 'a', undefined, context);
    expect([...asked].sort()).toEqual(['127.0.0.1', 'localhost']);
    expect(context.net).toBeInstanceOf(Net);
  });

  it('stays with a mirror whose pages name the original', async () => {
    hub.pageSize = 2;
    hub.nextHost = 'https://hub.example';
    for (const name of ['a', 'b', 'c']) hub.repo(`mirrored/${name}`, { 'README.md': 'x' });
    const context = testContext({ hubUrl: hub.url });
    expect((await context.hub(context.net).list('mirrored', 'model')).map(({ name }) => name)).toEqual([
      'mirrored/a',
      'mirrored/b',
      'mirrored/c',
    ]);
    hub.nextHost = undefined;
  });

  it('answers for a pinned commit that is gone', async () => {
    repo();
    const { entry } = await auditTarget(
      model('acme/faulty', { revision: commitOf('nowhere') }),
      'a',
      undefined,
      testContext({ hubUrl: hub.url }),
    );
    expect(entry.status).toBe('gone');
  });
});
