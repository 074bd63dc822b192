import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/core/component.ts';
import { emptyPolicy } from '../../src/policy/policy.ts';
import { findingsOf, hits, library, model, observation, seen } from './inventory.ts';

describe('end-of-life-model', () => {
  const at = (today: string) => hits('end-of-life-model', { today, components: [model('claude-3-opus-20240229', { provider: 'anthropic' })] });

  it('is medium after the date, low in the last 90 days, info before', () => {
    // The maker's page gives 2026-01-05 for this model.
    expect(at('2026-01-05')).toEqual(['app.py:1 medium']);
    expect(at('2026-01-04')).toEqual(['app.py:1 low']);
    expect(at('2025-10-07')).toEqual(['app.py:1 low']);
    expect(at('2025-10-01')).toEqual(['app.py:1 info']);
  });

  it('is said once per file, with the other places', () => {
    const component = model('claude-3-opus-20240229', { provider: 'anthropic', occurrences: [seen('a.py', 3), seen('a.py', 9), seen('b.py', 1)] });
    const findings = findingsOf('end-of-life-model', { components: [component] });
    expect(findings.map(({ location, related }) => [location.path, location.line, related?.length])).toEqual([
      ['a.py', 3, 1],
      ['b.py', 1, 0],
    ]);
    expect(findings[0]?.args).toMatchObject({ provider: 'anthropic', state: 'is retired since', source: expect.stringContaining('https://') as string });
  });

  it('counts two spellings on one line once', () => {
    const components = [model('claude-3-opus-20240229', { provider: 'anthropic' }), model('claude-3-opus', { provider: 'anthropic' })];
    expect(hits('end-of-life-model', { components })).toEqual(['app.py:1 medium']);
    expect(hits('end-of-life-model', { components: [...components, model('claude-3-sonnet-20240229', { provider: 'anthropic' })] })).toHaveLength(2);
  });

  it("takes the maker's date at a gateway without dates of its own, less surely", () => {
    const [finding] = findingsOf('end-of-life-model', { components: [model('anthropic/claude-3-opus-20240229', { provider: 'openrouter' })] });
    expect(finding).toMatchObject({ confidence: 'medium', args: { provider: 'anthropic' } });
  });

  it('is silent about weights that one holds, and about models in service', () => {
    expect(hits('end-of-life-model', { components: [model('claude-3-opus-20240229', { origin: 'file' }), model('no-such-model-9', { provider: 'anthropic' })] })).toEqual([]);
  });
});

describe('plaintext-endpoint', () => {
  const endpoint = (url: string, facts: object = {}) => hits('plaintext-endpoint', { observations: [observation('endpoint', { url, via: 'base_url', ...facts })] });

  it.each(['http://192.168.100.190:11434', 'http://llm.acme.com/v1', 'http://8.8.8.8/v1', 'ws://llm.acme.com/realtime'])('reports %s', (url) => {
    expect(endpoint(url)).toEqual(['app.py:1 medium']);
  });

  it.each(['https://llm.acme.com/v1', 'http://localhost:11434', 'http://127.0.0.1:8000', 'http://[::1]:8000', 'http://ollama:11434', 'http://host.docker.internal:11434', 'http://vllm.ai.svc.cluster.local', 'http://gpu.local:8000', 'http://', 'http://<node>:80/v1'])(
    'does not report %s',
    (url) => {
      expect(endpoint(url)).toEqual([]);
    },
  );

  it('believes the crawler about internal names, but not about addresses', () => {
    expect(endpoint('http://llm.acme.com/v1', { internal: true })).toEqual([]);
    expect(endpoint('http://172.17.0.1:11434', { internal: true })).toEqual([]);
    expect(endpoint('http://10.1.2.3:11434', { internal: true })).toEqual(['app.py:1 medium']);
  });
});

describe('credentials', () => {
  it('go to the rule of the place where they stand, never with a value', () => {
    const credential = (place: string, line: number) => observation('credential', { detector: 'openai-key', redacted: 'sk-p… 1a2b3c', in: place }, { line, component: 'service:openai' });
    const world = { observations: [credential('code', 1), credential('config', 2), credential('prompt', 3), credential('mcp', 4)] };
    expect(hits('hard-coded-credential', world)).toEqual(['app.py:1 high', 'app.py:2 high']);
    expect(hits('credential-in-prompt', world)).toEqual(['app.py:3 high']);
    expect(hits('mcp-inline-secret', world)).toEqual(['app.py:4 high']);
  });

  it('are as serious in tests', () => {
    expect(hits('hard-coded-credential', { observations: [observation('credential', { detector: 'x', in: 'code' }, { path: 'tests/a.py' })] })).toEqual(['tests/a.py:1 high']);
  });
});

describe('lists of the policy', () => {
  const service: Component = { kind: 'service', name: 'openai', title: 'OpenAI', occurrences: [seen()] };

  it('say nothing where there is no policy', () => {
    expect(hits('unapproved-provider', { components: [service] })).toEqual([]);
    expect(hits('unapproved-model', { components: [model('acme/chat')] })).toEqual([]);
  });

  it('judge providers, models, licences and registries', () => {
    const policy = { ...emptyPolicy, providers: { allow: ['anthropic'] }, models: { deny: ['pkg:huggingface/acme/*'] }, licences: { deny: ['cc-by-nc-*'] }, registries: { allow: ['huggingface.co'] } };
    const world = {
      policy,
      components: [service, model('acme/chat', { origin: 'huggingface' as const, licence: { id: 'cc-by-nc-4.0', source: 'card' } }), model('other/chat', { origin: 'huggingface' as const })],
      observations: [
        observation('container', { image: 'ollama/ollama', tag: '0.9' }, { path: 'compose.yaml' }),
        observation('model-load', { id: 'acme/chat', hub: 'huggingface' }),
        observation('download', { url: 'https://cdn.acme.com/x.bin' }, { path: 'get.py' }),
      ],
    };
    expect(findingsOf('unapproved-provider', world).map(({ args }) => args)).toEqual([{ name: 'OpenAI', reason: 'not allowed' }]);
    expect(findingsOf('unapproved-model', world).map(({ args }) => args)).toEqual([{ name: 'acme/chat', reason: 'denied', entry: 'pkg:huggingface/acme/*' }]);
    expect(findingsOf('unapproved-licence', world).map(({ args }) => args['licence'])).toEqual(['cc-by-nc-4.0']);
    expect(findingsOf('unapproved-registry', world).map(({ args }) => args['host'])).toEqual(['docker.io', 'cdn.acme.com']);
  });

  it('does not count self-hosted servers as providers', () => {
    expect(hits('unapproved-provider', { policy: { ...emptyPolicy, providers: { allow: [] } }, components: [{ ...service, name: 'ollama', selfHosted: true }] })).toEqual([]);
  });
});

describe('libraries', () => {
  it('vulnerable-library compares versions, and joins what the service says with what ships', () => {
    const langchain = library('langchain', { version: '0.0.200' });
    const shipped = findingsOf('vulnerable-library', { components: [langchain] });
    expect(shipped.length).toBeGreaterThan(3);
    expect(shipped.find(({ args }) => args['advisory'] === 'PYSEC-2023-109')?.args).toMatchObject({ aliases: expect.arrayContaining(['CVE-2023-36188']) as unknown, fixed: '0.0.247' });
    expect(hits('vulnerable-library', { components: [library('langchain', { version: '99.0' })] })).toEqual([]);
    expect(hits('vulnerable-library', { components: [library('langchain', { range: '>=0.0.1' })] })).toEqual([]);
    const same = { id: 'GHSA-57fc-8q82-gfp3', aliases: ['CVE-2023-36188'], ecosystem: 'pypi', package: 'langchain', ranges: [{ introduced: '0', fixed: '0.0.247' }], severity: 'critical' } as const;
    const joined = findingsOf('vulnerable-library', { components: [langchain], advisories: [same] });
    expect(joined).toHaveLength(shipped.length);
    expect(joined.find(({ args }) => args['advisory'] === same.id)?.severity).toBe('critical');
  });

  it('vulnerable-library points at the line that fixes the version, and names the imports beside it', () => {
    const occurrences = [seen('app/triage.py', 2), { ...seen('requirements.txt', 4), technique: 'manifest-analysis' as const }];
    const [finding] = findingsOf('vulnerable-library', { components: [library('langchain', { version: '0.0.200', occurrences })] });
    expect(finding?.location).toMatchObject({ path: 'requirements.txt', line: 4 });
    expect(finding?.related).toMatchObject([{ path: 'app/triage.py', line: 2 }]);
  });

  it('undeclared-ai-library names the first import outside of tests', () => {
    const components = [library('torch', { declared: false }), library('numpy', { declared: true }), library('joblib', { declared: false, transitive: true })];
    const seenImport = (name: string, path: string, line: number) => observation('import', { module: name }, { path, line, component: `library:pypi/${name}` });
    const observations = [seenImport('torch', 'a_test.py', 1), seenImport('torch', 'src/b.py', 2), seenImport('numpy', 'src/b.py', 3), seenImport('joblib', 'src/b.py', 4)];
    expect(hits('undeclared-ai-library', { components, observations })).toEqual(['src/b.py:2 low']);
  });

  it('unpinned-library judges deployable manifests without bound and lock', () => {
    const requirement = (facts: object, line: number) =>
      observation('requirement', { deployable: true, locked: false, bounded: false, manifest: 'requirements.txt', ...facts }, { path: 'requirements.txt', line, component: 'library:pypi/torch' });
    const on = (facts: object) => hits('unpinned-library', { components: [library('torch')], observations: [requirement(facts, 1)] });
    expect(on({})).toEqual(['requirements.txt:1 low']);
    for (const facts of [{ bounded: true }, { locked: true }, { deployable: false }, { scope: 'development' }]) expect(on(facts)).toEqual([]);
    expect(hits('unpinned-library', { components: [library('torch')], observations: [requirement({}, 1), requirement({}, 7)] })).toEqual(['requirements.txt:1 low']);
  });

  it('lookalike-package knows the difference between the two names', () => {
    const on = (name: string) => findingsOf('lookalike-package', { observations: [observation('requirement', {}, { component: `library:npm/${name}` })] });
    expect(on('anthropic-ai')[0]?.args).toMatchObject({ name: 'anthropic-ai', twin: '@anthropic-ai/sdk' });
    expect(on('@anthropic-ai/sdk')).toEqual([]);
  });
});
