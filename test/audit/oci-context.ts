import { afterAll, afterEach, beforeAll } from 'vitest';
import { auditTarget } from '../../src/audit/audit-target.ts';
import { parseTarget, type Target } from '../../src/audit/targets.ts';
import type { Content } from '../registries/registry-server.ts';
import { gguf } from '../registries/models.ts';
import { OciServer, type FakeArtifact, type FakeLayer } from '../registries/oci-server.ts';
import { testContext, type World } from './context.ts';

/** A registry on loopback for the tests of one file. Each test finds it as it was started. */
export function ociServer(): OciServer {
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  afterEach(() => {
    server.fault = () => undefined;
    server.login = server.realm = undefined;
    server.tokenUses = Number.POSITIVE_INFINITY;
    server.blobsElsewhere = true;
    server.reset();
  });
  return server;
}

const server = new OciServer();

const target = (spec: string): Target => {
  const parsed = parseTarget(spec);
  if (parsed.kind !== 'oci' && parsed.kind !== 'ollama') throw new Error(spec);
  return parsed;
};
export const oci = (name: string): Target => target(`oci:${server.host}/${name}`);
export const ollama = (name: string): Target => target(`ollama:${name}`);
export const context = (more: Partial<World> = {}, maxBytes = 256e6) =>
  testContext({ hubUrl: 'http://127.0.0.1:1', ollamaUrl: server.url, ...more }, { maxBytes });
export const audit = (name: Target, more: Partial<World> = {}, maxBytes?: number) =>
  auditTarget(name, 'a', undefined, context(more, maxBytes));
export const ids = (report: { findings: readonly { ruleId: string }[] }): string[] => report.findings.map(({ ruleId }) => ruleId);

export const layer = (what: string, content: Content): FakeLayer => ({ mediaType: `application/vnd.ollama.image.${what}`, content });
export const CONFIG: FakeLayer = {
  mediaType: 'application/vnd.docker.container.image.v1+json',
  content: JSON.stringify({ model_format: 'gguf', model_family: 'llama', model_type: '8.0B', file_type: 'Q4_0' }),
};
export const TEMPLATE =
  '{{- if .System }}<|system|>{{ .System }}{{ end }}{{ range .Messages }}{{ .Content }}{{ json .ToolCalls }}{{ end }}';
export const pulled = (more: readonly FakeLayer[] = [], model: Content = gguf(4e9)): FakeArtifact => ({
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
export const titled = (title: string, content: Content, mediaType = 'application/octet-stream'): FakeLayer => ({
  content,
  mediaType,
  annotations: { 'org.opencontainers.image.title': title },
});
