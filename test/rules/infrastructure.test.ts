import { describe, expect, it } from 'vitest';
import { findingsOf, hits, observation, seen } from './inventory.ts';
import type { Component } from '../../src/core/component.ts';

describe('unpinned-image', () => {
  const image = (facts: object) => hits('unpinned-image', { observations: [observation('container', { image: 'vllm/vllm-openai', via: 'compose', ...facts })] });

  it.each([{}, { tag: 'latest' }, { tag: 'nightly' }, { tag: 'main' }, { tag: 'latest-gpu' }, { tag: 'nightly-cuda12' }])('reports %o', (facts) => {
    expect(image(facts)).toEqual(['app.py:1 medium']);
  });

  it.each([{ tag: 'v0.9.2' }, { tag: 'latest', digest: `sha256:${'a'.repeat(64)}` }, { tag: null }, { tag: 'local' }, { tag: 'rocm' }])('does not report %o', (facts) => {
    expect(image(facts)).toEqual([]);
  });
});

describe('exposed-model-server', () => {
  const qdrant: Component = { kind: 'vector-store', name: 'qdrant', occurrences: [seen('compose.yaml')] };
  const port = (facts: object, line = 5) => observation('exposed-port', { via: 'compose', ...facts }, { path: 'compose.yaml', line, component: 'vector-store:qdrant' });
  const on = (...ports: readonly ReturnType<typeof port>[]) => hits('exposed-model-server', { components: [qdrant], observations: ports });

  it('reports ports on all interfaces without authentication', () => {
    expect(on(port({ port: 6333 }))).toEqual(['compose.yaml:5 medium']);
    expect(on(port({ port: 6333, bind: '0.0.0.0' }))).toEqual(['compose.yaml:5 medium']);
    expect(on(port({ port: 6333, bind: '192.168.1.4' }))).toEqual(['compose.yaml:5 medium']);
  });

  it('does not report loopback, authentication, or what could not be resolved', () => {
    expect(on(port({ bind: '127.0.0.1' }))).toEqual([]);
    expect(on(port({ auth: true }))).toEqual([]);
    expect(on(port({ auth: null }))).toEqual([]);
    expect(on(port({ settings: ['QDRANT__LOG_LEVEL', 'QDRANT__SERVICE__API_KEY'] }))).toEqual([]);
    expect(on(port({ settings: ['QDRANT__LOG_LEVEL'] }))).toHaveLength(1);
  });

  it('leaves servers that do not start without a password, unless told to', () => {
    const pgvector: Component = { kind: 'vector-store', name: 'pgvector', occurrences: [seen('compose.yaml')] };
    const given = (settings: readonly string[]) =>
      hits('exposed-model-server', {
        components: [pgvector],
        observations: [observation('exposed-port', { via: 'compose', port: 5432, settings: [...settings] }, { path: 'compose.yaml', line: 5, component: 'vector-store:pgvector' })],
      });
    expect(given([])).toEqual([]);
    expect(given(['POSTGRES_HOST_AUTH_METHOD'])).toEqual(['compose.yaml:5 medium']);
  });

  it('counts the ports of one service once', () => {
    const [finding, ...more] = findingsOf('exposed-model-server', { components: [qdrant], observations: [port({ port: 6333 }, 5), port({ port: 6334 }, 6), port({ port: 6333 }, 40)] });
    expect(finding?.args).toMatchObject({ name: 'qdrant', port: '6333, 6334' });
    expect(more).toHaveLength(1);
  });
});

describe('privileged-container', () => {
  it('says what the container holds', () => {
    const container = (facts: object) => observation('container', { image: 'vllm/vllm-openai', tag: 'v0.9.2', via: 'kubernetes', ...facts });
    expect(findingsOf('privileged-container', { observations: [container({ privileged: true, dockerSocket: true })] })[0]?.args['what']).toBe('runs privileged and mounts the container runtime socket');
    expect(hits('privileged-container', { observations: [container({ privileged: false })] })).toEqual([]);
  });
});
