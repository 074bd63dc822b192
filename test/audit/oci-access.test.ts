import { describe, expect, it } from 'vitest';
import { auditTarget } from '../../src/audit/audit-target.ts';
import { dockerCredentials } from '../../src/registries/oci/credentials.ts';
import { sha256Of, type Fault } from '../registries/registry-server.ts';
import { gguf, safetensors } from '../registries/models.ts';
import { type World } from './context.ts';
import { audit, CONFIG, context, layer, oci, ociServer, ollama, pulled, TEMPLATE, titled } from './oci-context.ts';

const server = ociServer();

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
