import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, parseTarget, targetOfKey } from '../../src/audit/targets.ts';
import { bomTargets } from '../../src/audit/bom.ts';
import { UserError } from '../../src/core/errors.ts';
import { parseChallenge } from '../../src/registries/oci/challenge.ts';
import { dockerCredentials } from '../../src/registries/oci/credentials.ts';
import { parseManifest } from '../../src/registries/oci/manifest.ts';
import { originOf, parseOci, parseOllama } from '../../src/registries/oci/reference.ts';
import { RegistryError } from '../../src/registries/registry-error.ts';
import { layoutOf } from '../../src/source/oci/layout.ts';

const PIN = `sha256:${'0'.repeat(64)}`;

describe('names in registries', () => {
  it.each([
    ['llama3.2', { host: 'registry.ollama.ai', repository: 'library/llama3.2', tag: 'latest' }],
    ['llama3.2:1b', { host: 'registry.ollama.ai', repository: 'library/llama3.2', tag: '1b' }],
    ['acme/Model-X:Q4_K_M', { host: 'registry.ollama.ai', repository: 'acme/Model-X', tag: 'Q4_K_M' }],
    ['hf.co/acme/m-GGUF:Q8_0', { host: 'hf.co', repository: 'acme/m-GGUF', tag: 'Q8_0' }],
    [`x@${PIN}`, { host: 'registry.ollama.ai', repository: 'library/x', digest: PIN }],
  ])('of Ollama: %s', (text, parts) => expect(parseOllama(text)).toEqual({ kind: 'ollama', ...parts }));

  it.each([
    ['ghcr.io/acme/models/m:v1', { host: 'ghcr.io', repository: 'acme/models/m', tag: 'v1' }],
    ['127.0.0.1:5000/m', { host: '127.0.0.1:5000', repository: 'm', tag: 'latest' }],
    [`localhost/m:v1@${PIN}`, { host: 'localhost', repository: 'm', tag: 'v1', digest: PIN }],
  ])('of OCI: %s', (text, parts) => expect(parseOci(text)).toEqual({ kind: 'oci', ...parts }));

  it.each([
    '',
    'acme/m',
    'ghcr.io/',
    'ghcr.io/../x',
    'ghcr.io/a//b',
    'ghcr.io/a:..',
    'ghcr.io/a@sha256:1',
    'ghcr.io/A',
    'evil.io?x/a',
    'u@evil.io/a',
    'ghcr.io/a:b:c',
  ])('refuses %j', (text) => expect(parseOci(text)).toBeUndefined());
  it.each(['', '../x', 'a/b/c/d', 'evil/a/b', 'x:..', 'a..b', 'x@latest', 'a b', 'ho?st.io/a/b'])('refuses %j of Ollama', (text) =>
    expect(parseOllama(text)).toBeUndefined(),
  );

  it('are what their key says', () => {
    for (const text of [
      'ollama:llama3.2:1b',
      'ollama:acme/m:latest',
      'ollama:hf.co/acme/m:Q8_0',
      `oci:ghcr.io/a/b:v1@${PIN}`,
      `oci:ghcr.io/a@${PIN}`,
    ])
      expect(keyOf(targetOfKey(text))).toBe(text);
    expect(keyOf(targetOfKey('ollama:llama3.2'))).toBe('ollama:llama3.2:latest');
    fc.assert(
      fc.property(fc.constantFrom('oci:', 'ollama:', 'oci:a.b/', 'ollama:a/'), fc.string(), (start, rest) => {
        try {
          const target = parseTarget(start + rest);
          if (target.kind === 'oci' || target.kind === 'ollama') expect(targetOfKey(keyOf(target))).toEqual(target);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }),
    );
  });

  it('lead over TLS, except on this machine', () => {
    expect(originOf('ghcr.io')).toBe('https://ghcr.io');
    expect(originOf('docker.io')).toBe('https://registry-1.docker.io');
    expect(originOf('localhost:5000')).toBe('http://localhost:5000');
    expect(originOf('127.0.0.1.evil.io')).toBe('https://127.0.0.1.evil.io');
  });
});

describe('what a registry asks for', () => {
  it('is read as registries write it', () => {
    expect(parseChallenge('Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull"')).toEqual({
      scheme: 'bearer',
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
      scope: 'repository:a/b:pull',
    });
    expect(parseChallenge('Bearer realm=https://a.io/t, service=x')).toMatchObject({ realm: 'https://a.io/t', service: 'x' });
    expect(parseChallenge('Basic realm="x"')).toEqual({ scheme: 'basic' });
    for (const text of [null, '', 'Bearer', 'Bearer realm="x"', 'Negotiate', `Bearer realm="${'a'.repeat(5000)}"`])
      expect(parseChallenge(text)).toBeUndefined();
  });
  it('is never more than text', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseChallenge(`Bearer ${text}`)));
  });
});

describe('credentials of Docker', () => {
  it('belong to their host', () => {
    const given = dockerCredentials(
      JSON.stringify({ auths: { 'ghcr.io': { auth: 'YTpi' }, 'https://index.docker.io/v1/': { auth: 'Yzpk' }, x: {} } }),
    );
    expect(['ghcr.io', 'evil.io', 'ghcr.io.evil.io', 'registry-1.docker.io', 'x'].map(given)).toEqual([
      'YTpi',
      undefined,
      undefined,
      'Yzpk',
      undefined,
    ]);
    for (const text of [undefined, '', '[]', '{"auths":[]}', '{"auths":{"a":{"auth":"\\n"}}}'])
      expect(dockerCredentials(text)('a')).toBeUndefined();
  });
});

describe('manifests and the files that they name', () => {
  it('are JSON of anybody', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        try {
          parseManifest(Buffer.from(text), 'https://r.example');
        } catch (error) {
          if (!(error instanceof RegistryError)) throw error;
        }
      }),
    );
  });

  it('have paths that stay inside, each once', () => {
    const title = fc.oneof(fc.string(), fc.constantFrom('../a', '/a', 'a', 'a/', './a', 'a/../b', '..', '.', '', 'C:\\a', 'a\0'));
    const blob = fc.record({
      mediaType: fc.constantFrom(
        'application/vnd.ollama.image.model',
        'application/vnd.ollama.image.license',
        'application/vnd.ollama.image.json',
        'x.tar',
        'x',
      ),
      digest: fc.integer({ min: 0, max: 9 }).map((n) => `sha256:${String(n).repeat(64)}`),
      size: fc.nat(),
      name: title,
      annotations: title.map((text) => new Map([['org.opencontainers.image.title', text]])),
    });
    fc.assert(
      fc.property(
        fc.array(fc.record({ layers: fc.array(blob), annotations: fc.constant(new Map<string, string>()) }), { maxLength: 3 }),
        (manifests) => {
          const { layers, hostile } = layoutOf(manifests);
          const paths = layers.map(({ path }) => path);
          expect(new Set(paths).size).toBe(paths.length);
          for (const path of paths) expect(path).toMatch(/^(?!.*(?:^|\/)\.{0,2}(?:\/|$))\P{Cc}+$/su);
          for (const { path } of hostile) expect(paths).toContain(path);
        },
      ),
    );
  });
});

describe('a BOM that names models in registries', () => {
  it('is the lock file of these too', () => {
    const bom = {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: [
        { type: 'machine-learning-model', name: 'm', purl: `pkg:oci/m@sha256%3A${'0'.repeat(64)}?repository_url=ghcr.io/acme/m&tag=v1` },
        { type: 'machine-learning-model', name: 'llama3.2', purl: 'pkg:ollama/llama3.2@1b' },
        { type: 'container', name: 'app', purl: `pkg:oci/app@sha256%3A${'1'.repeat(64)}?repository_url=ghcr.io/acme/app` },
        { type: 'machine-learning-model', name: 'acme/b', purl: 'pkg:huggingface/acme/b' },
      ],
    };
    expect(bomTargets(JSON.stringify(bom), 'bom.json').targets.map(keyOf)).toEqual([
      'hf://acme/b',
      `oci:ghcr.io/acme/m@${PIN}`,
      'ollama:llama3.2:1b',
    ]);
  });
});
