import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readCommand, shellWords } from '../../src/crawlers/config/kinds/commands.ts';
import { Sink } from '../../src/crawlers/config/sink.ts';
import { agentsSection } from '../../src/knowledge/agents.ts';
import { datasetsSection } from '../../src/knowledge/datasets.ts';
import { hostOf } from '../../src/knowledge/hosts.ts';
import { imageName, infrastructureSection } from '../../src/knowledge/infrastructure.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { providersSection } from '../../src/knowledge/providers.ts';
import { vectorStoresSection } from '../../src/knowledge/vector-stores.ts';

const knowledge = loadKnowledge();
const yaml = (path: string): unknown => parse(readFileSync(`rules/catalog/${path}`, 'utf8'));
type Examples = { good: Record<string, string>; bad: string[] };

describe('providers', () => {
  const providers = knowledge.get(providersSection);
  const { examples } = yaml('providers/words.yaml') as { examples: { hosts: Examples; env: Examples; values: Examples } };
  const host = (text: string): string | undefined => {
    const parts = hostOf(text);
    return parts && providers.byHost(parts.host, parts.path);
  };

  it('know their hosts, names and words, and nothing else', () => {
    for (const [text, slug] of Object.entries(examples.hosts.good)) expect([text, host(text)]).toEqual([text, slug]);
    for (const text of examples.hosts.bad) expect([text, host(text)]).toEqual([text, undefined]);
    for (const [text, slug] of Object.entries(examples.env.good))
      expect(providers.byEnv(text)).toMatchObject({ provider: slug, shared: false });
    for (const text of examples.env.bad) expect([text, providers.byEnv(text)?.shared ?? true]).toEqual([text, true]);
    for (const [text, slug] of Object.entries(examples.values.good)) expect([text, providers.byWord(text)]).toEqual([text, slug]);
    for (const text of examples.values.bad) expect([text, providers.byWord(text)]).toEqual([text, undefined]);
  });

  it('are told by URL, local runtimes by port and host name', () => {
    expect(providers.byUrl('https://api.openai.com/v1')).toEqual({ provider: 'openai', local: false });
    expect(providers.byUrl('http://localhost:11434')).toEqual({ provider: 'ollama', local: true });
    expect(providers.byUrl('http://ollama:11434/api')).toEqual({ provider: 'ollama', local: true });
    for (const url of ['http://localhost:8080', 'https://example.com:8000', 'not a url', 'redis://redis:6379'])
      expect(providers.byUrl(url)).toBeUndefined();
  });

  it('are told by property and by package', () => {
    expect(providers.byProperty('spring.ai.ollama.chat.options.model')).toBe('ollama');
    expect(providers.byPackage('pypi', 'anthropic')).toContain('anthropic');
    expect(providers.byEnv('NEXT_PUBLIC_OPENAI_API_KEY')).toMatchObject({ provider: 'openai', role: 'credential' });
  });
});

describe('infrastructure', () => {
  const infra = knowledge.get(infrastructureSection);
  it('tells AI resource types from others', () => {
    const { examples } = yaml('infra/resources.yaml') as { examples: { good: string[]; bad: string[] } };
    const any = (type: string): boolean =>
      (['terraform', 'cloudformation', 'azure', 'pulumi'] as const).some((system) => infra.resource(system, type));
    for (const type of examples.good) expect([type, any(type)]).toEqual([type, true]);
    for (const type of examples.bad) expect([type, any(type)]).toEqual([type, false]);
  });
  it('knows images, and images built of a runtime', () => {
    expect(infra.image('docker.io/vllm/vllm-openai')?.service).toBe('vllm');
    expect(infra.image('nvidia/cuda')?.gpuBase).toBe(true);
    expect(infra.image('nginx')).toBeUndefined();
    expect(infra.image('harbor.example.com/hub/ollama/ollama')?.service).toBe('ollama');
    expect(infra.image('mine/ollama/ollama'), 'a path that begins with no registry').toBeUndefined();
    expect(knowledge.get(vectorStoresSection).byImage('localhost:5000/qdrant/qdrant')).toBe('qdrant');
    expect(infra.localImage('docker.io/library/vllm-gemma4')).toBe('vllm');
    for (const image of ['whisperer/app', 'triton-wallet', 'postgres', 'ghcr.io/acme/api', 'registry.acme.org/k8s-vllm-poc-gateway'])
      expect(infra.localImage(image)).toBeUndefined();
    expect(imageName('ghcr.io/a/b:1.2@sha256:00')).toEqual({ name: 'ghcr.io/a/b', tag: '1.2', digest: 'sha256:00' });
    expect(imageName('localhost:5000/a')).toEqual({ name: 'localhost:5000/a' });
    expect(imageName('${IMAGE}')).toBeUndefined();
  });
  it('holds the examples of images and commands', () => {
    const { examples: images } = yaml('infra/images.yaml') as { examples: { good: string[]; bad: string[] } };
    const known = (image: string): boolean => infra.image(image) !== undefined || infra.localImage(image) !== undefined;
    expect(images.good.filter((image) => !known(image))).toEqual([]);
    expect(images.bad.filter(known)).toEqual([]);
    const { examples } = yaml('infra/commands.yaml') as {
      examples: { good: { line: string; model: string }[]; data: { line: string; dataset: string }[]; bad: string[] };
    };
    const named = (line: string, wanted = 'model'): string[] => {
      const sink = new Sink('x.sh', knowledge, 'test');
      readCommand(sink, shellWords(line, 1));
      return (sink.facts?.components ?? []).filter(({ kind }) => kind === wanted).map(({ name }) => name);
    };
    for (const { line, model } of examples.good) expect([line, named(line)]).toEqual([line, [model]]);
    for (const { line, dataset } of examples.data) expect([line, [...new Set(named(line, 'dataset'))]]).toEqual([line, [dataset]]);
    for (const line of examples.bad) expect([line, named(line)]).toEqual([line, []]);
  });
  it('knows accelerators', () => {
    for (const name of ['nvidia.com/gpu', 'nvidia.com/mig-2g.48gb', 'aws.amazon.com/neuron']) expect(infra.isAccelerator(name)).toBe(true);
    for (const name of ['cpu', 'nvidia.com/other', 'example.com/gpu']) expect(infra.isAccelerator(name)).toBe(false);
  });
});

describe('agents', () => {
  const agents = knowledge.get(agentsSection);
  it('knows files for coding agents', () => {
    const { examples } = yaml('agents-mcp/agent-files.yaml') as { examples: { good: string[]; bad: string[] } };
    for (const path of examples.good) expect([path, agents.file(path) !== undefined]).toEqual([path, true]);
    for (const path of examples.bad) expect([path, agents.file(path) !== undefined]).toEqual([path, false]);
  });
  it('knows actions that call models', () => {
    expect(agents.action('anthropics/claude-code-action@v1')?.service).toBe('anthropic');
    expect(agents.action('actions/checkout@v4')).toBeUndefined();
  });
});

describe('vector stores and data sets', () => {
  const stores = knowledge.get(vectorStoresSection);
  it('names a store by image, variable, property and word', () => {
    expect(stores.byImage('qdrant/qdrant')).toBe('qdrant');
    expect(stores.byEnv('CHROMA_HOST')).toBe('chroma');
    expect(stores.byProperty('spring.ai.vectorstore.pgvector.dimensions')).toBe('pgvector');
    expect(stores.byWord('ChromaDB')?.slug).toBe('chroma');
    for (const name of ['IS_PERSISTENT', 'POSTGRES_CONNECTION_STRING', 'REDIS_URL']) expect(stores.byEnv(name)).toBeUndefined();
    for (const image of ['postgres', 'redis', 'elasticsearch']) expect(stores.byImage(image)).toBeUndefined();
  });
  it('knows data sets by alias', () => {
    expect(knowledge.get(datasetsSection).find('EleutherAI/pile')?.concern_kinds).toContain('copyrighted');
    expect(knowledge.get(datasetsSection).find('no-such-set')).toBeUndefined();
  });
});
