// Databases that keep vectors, and addresses that leave the machine, each with what must stay silent.
import { describe, expect, it } from 'vitest';
import { components, places } from '../rules/scan-tree.ts';

const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('images of databases that keep vectors beside other things', () => {
  const compose = (image: string, ...more: readonly string[]) =>
    rows('services:', '  db:', `    image: ${image}`, '    ports:', '      - "6379:6379"', ...more);
  const VECTORS = rows('from langchain_redis import RedisVectorStore', 'RedisVectorStore(embeddings, redis_url="redis://db:6379")');
  const CACHE = rows('import redis', 'from openai import OpenAI', 'redis.Redis(host="db")', 'OpenAI()');

  it('are infrastructure where a program keeps vectors in them', async () => {
    const tree = { 'compose.yaml': compose('redis/redis-stack:latest'), 'app.py': VECTORS };
    expect(await components('infra', tree)).toEqual(['redis/redis-stack compose.yaml:3']);
    expect(await components('vector-store', tree)).toEqual(['redis app.py:2']);
    expect(await places('exposed-model-server', tree)).toEqual(['compose.yaml:5']);
    expect(await places('unpinned-image', tree)).toEqual(['compose.yaml:3']);
  });

  it('are not where they are a cache, or where they ask for a password', async () => {
    expect(await components('infra', { 'compose.yaml': compose('redis/redis-stack:latest'), 'app.py': CACHE })).toEqual([]);
    const guarded = compose('redis/redis-stack:7.4.0-v1', '    environment:', '      - REDIS_ARGS=--requirepass ${REDIS_SECRET}');
    expect(await places('exposed-model-server', { 'compose.yaml': guarded, 'app.py': VECTORS })).toEqual([]);
  });

  it('start guarded unless a variable says otherwise', async () => {
    const app = rows(
      'from langchain_elasticsearch import ElasticsearchStore',
      'ElasticsearchStore(es_url="http://db:9200", index_name="a")',
    );
    const image = 'docker.elastic.co/elasticsearch/elasticsearch:8.15.0';
    expect(await places('exposed-model-server', { 'compose.yaml': compose(image), 'app.py': app })).toEqual([]);
    const open = compose(image, '    environment:', '      - xpack.security.enabled=false');
    expect(await places('exposed-model-server', { 'compose.yaml': open, 'app.py': app })).toEqual(['compose.yaml:5']);
  });
});

describe('plaintext-endpoint in variables of containers', () => {
  const pod = (url: string) =>
    places('plaintext-endpoint', {
      'pod.yaml': rows(
        'apiVersion: v1',
        'kind: Pod',
        'metadata: { name: web }',
        'spec:',
        '  containers:',
        '    - image: acme/web:1.0',
        '      env:',
        '        - name: OLLAMA_HOST',
        `          value: ${url}`,
      ),
    });

  it.each(['http://ollama.acme-corp.com:11434', 'http://ollama.acme.io', 'http://203.0.113.9:11434'])('is %s', async (url) => {
    expect(await pod(url)).toEqual(['pod.yaml:9']);
  });

  it.each([
    'http://ollama:11434',
    'http://ollama.models:11434',
    'http://ollama.models.svc:11434',
    'http://ollama.models.svc.cluster.local:11434',
    'http://localhost:11434',
    'https://ollama.acme-corp.com',
  ])('is not %s', async (url) => {
    expect(await pod(url)).toEqual([]);
  });
});

describe('mcp-unpinned-server in C#', () => {
  const options = (...lines: readonly string[]) =>
    places('mcp-unpinned-server', {
      'Program.cs': rows('using ModelContextProtocol.Client;', 'var o = new StdioClientTransportOptions', '{', ...lines, '};'),
    });

  it('is a package without a version, whichever way its arguments are listed', async () => {
    expect(await options('    Command = "npx",', '    Arguments = ["-y", "@acme/ledger-mcp"],')).toEqual(['Program.cs:4']);
    expect(await options('    Command = "uvx",', '    Arguments = new List<string> { "ledger-mcp" },')).toEqual(['Program.cs:4']);
  });

  it('is not one with a version', async () => {
    expect(await options('    Command = "npx",', '    Arguments = ["-y", "@acme/ledger-mcp@1.2.3"],')).toEqual([]);
  });
});

describe('addresses of servers of models that nobody knows', () => {
  const variable = (name: string, url: string) =>
    places('plaintext-endpoint', {
      'compose.yaml': rows('services:', '  web:', '    image: acme/web:1.0', '    environment:', `      ${name}: ${url}`),
    });
  const constant = (name: string, url: string) =>
    places('plaintext-endpoint', { 'app.py': rows('import requests', 'import torch', `${name} = "${url}"`) });

  it('are told by the name that they are given', async () => {
    expect(await variable('LLM_SERVICE_URL', 'http://192.168.31.61:80')).toEqual(['compose.yaml:5']);
    expect(await variable('EMBEDDINGS_ENDPOINT', 'http://vectors.acme.com')).toEqual(['compose.yaml:5']);
    expect(await constant('SCORING_URI', 'http://a1b2.westeurope.azurecontainer.io/score')).toEqual(['app.py:3']);
  });

  it('are not those inside, those of other things, or those that are encrypted', async () => {
    expect(await variable('LLM_SERVICE_URL', 'http://llm:8000')).toEqual([]);
    expect(await variable('MODEL_URL', 'http://files.acme.com/model.bin')).toEqual([]);
    expect(await variable('LLM_SERVICE_URL', 'https://llm.acme.com')).toEqual([]);
    expect(await constant('SCORING_URI', 'http://localhost:5001/score')).toEqual([]);
    expect(await constant('HOMEPAGE_URL', 'http://www.acme.com/score')).toEqual([]);
  });
});

describe('privileged-container of a service that several compose files describe', () => {
  const OVER = rows('services:', '  runner:', '    volumes:', '      - /var/run/docker.sock:/var/run/docker.sock');
  const base = (name: string, ...more: readonly string[]) => rows('services:', `  ${name}:`, '    build: .', ...more);
  const app = rows('from crewai import Agent', 'Agent(role="Writer", goal="g", backstory="b")');
  const found = (tree: Readonly<Record<string, string>>) =>
    places('privileged-container', { 'app.py': app, 'requirements.txt': 'crewai\n', ...tree });

  it('is where one of them mounts the socket', async () => {
    expect(await found({ 'docker-compose.yml': base('runner'), 'docker-compose.override.yml': OVER })).toEqual([
      'docker-compose.override.yml:4',
    ]);
    const told = rows('services:', '  runner:', '    image: acme/runner:1', '    environment: [OPENAI_API_KEY]');
    expect(await found({ 'docker-compose.yml': told, 'compose.nested.yml': OVER })).toEqual(['compose.nested.yml:4']);
  });

  it('is not of another service, or in another folder', async () => {
    expect(await found({ 'docker-compose.yml': base('web'), 'docker-compose.override.yml': OVER })).toEqual([]);
    expect(await found({ 'docker-compose.yml': base('runner'), 'ci/docker-compose.override.yml': OVER })).toEqual([]);
  });
});

describe('unpinned-revision of models that configuration gives an engine', () => {
  const found = (path: string, ...lines: readonly string[]) => places('unpinned-revision', { [path]: rows(...lines) });

  it('is the id beside options that no client knows', async () => {
    expect(await found('values.yaml', 'vllm:', '  model: Qwen/Qwen3-0.6B', '  gpuMemoryUtilization: 0.2')).toEqual(['values.yaml:2']);
    expect(await found('vllm_config.yaml', 'model: Qwen/Qwen3-0.6B', 'max-model-len: 4096')).toEqual(['vllm_config.yaml:1']);
    const ray = ['llm_configs:', '  - model_loading_config:', '      model_id: qwen', '      model_source: Qwen/Qwen3-0.6B'];
    expect(await found('serve.yaml', ...ray)).toEqual(['serve.yaml:4']);
    const stack = ['servingEngineSpec:', '  modelSpec:', '    - name: opt', '      modelURL: facebook/opt-125m'];
    expect(await found('values.yaml', ...stack)).toEqual(['values.yaml:4']);
  });

  it('is what KServe and its like fetch', async () => {
    const service = (line: string) => [
      'apiVersion: serving.kserve.io/v1beta1',
      'kind: InferenceService',
      'spec:',
      '  predictor:',
      '    model:',
      '      modelFormat: {name: huggingface}',
      `      ${line}`,
    ];
    expect(await found('isvc.yaml', ...service('storageUri: hf://Qwen/Qwen3-8B'))).toEqual(['isvc.yaml:7']);
    expect(await found('isvc.yaml', ...service('args: ["--model_id=Qwen/Qwen3-8B"]'))).toEqual(['isvc.yaml:7']);
    expect(await found('isvc.yaml', ...service(`storageUri: hf://Qwen/Qwen3-8B:${'a'.repeat(40)}`))).toEqual([]);
    expect(await found('model.yaml', 'apiVersion: kubeai.org/v1', 'kind: Model', 'spec:', '  url: hf://Qwen/Qwen3-8B')).toEqual([
      'model.yaml:4',
    ]);
  });

  it('is not what a client asks for, or what has a commit', async () => {
    expect(await found('app.yaml', 'llm:', '  provider: vllm', '  base_url: http://vllm:8000/v1', '  model: Qwen/Qwen3-4B')).toEqual([]);
    const pinned = ['vllm:', '  model: Qwen/Qwen3-0.6B', `  revision: ${'a'.repeat(40)}`, '  maxModelLen: 2048'];
    expect(await found('values.yaml', ...pinned)).toEqual([]);
  });
});

describe('names of MCP servers', () => {
  it('are not those of ways to reach them', async () => {
    const tree = {
      'application.yml': rows('langchain4j:', '  mcp:', '    stdio:', '      command: ${MCP_COMMAND:/opt/bin/mcp-server-ledger}'),
    };
    expect(await components('mcp-server', tree)).toEqual(['mcp-server-ledger application.yml:3']);
  });

  it('are not those of modules that a virtual environment runs', async () => {
    const tree = { 'run.sh': rows('venv/bin/python -m my_mcp_bot', 'uvx mcp-server-time') };
    expect(await components('mcp-server', tree)).toEqual(['mcp-server-time run.sh:2']);
  });
});

describe('data that lie beside programs which ask models', () => {
  const app = rows('from openai import OpenAI', 'OpenAI().responses.create(model="gpt-4.1", input="x")');
  const names = (kind: 'prompt' | 'dataset', tree: Readonly<Record<string, string>>) => components(kind, { 'app.py': app, ...tree });

  it('are prompts where their keys are the parts of one, in any language', async () => {
    const prompt =
      '{"metadata": {"version": "1"}, "task": "Responder perguntas.", "instructions": ["Seja direto."], "outputFormat": "Texto"}\n';
    expect(await names('prompt', { 'src/prompts/answer.json': prompt })).toEqual(['src/prompts/answer.json src/prompts/answer.json:0']);
    expect(await names('prompt', { 'src/prompts/questions.json': '{"prompts": [{"message": "Nome?", "type": "input"}]}\n' })).toEqual([]);
  });

  it('are data sets where a notebook reads them', async () => {
    const read = rows(
      'from pathlib import Path',
      'from openai import OpenAI',
      'rows = Path("data/reviews.json").read_text()',
      'OpenAI().responses.create(model="gpt-4.1", input=rows)',
    );
    expect(await names('dataset', { 'notebooks/a.py': read, 'data/reviews.json': '[]\n' })).toEqual(['data/reviews.json notebooks/a.py:3']);
    expect(await names('dataset', { 'src/a.py': read, 'data/reviews.json': '[]\n' })).toEqual([]);
  });
});

describe('insecure-download of weights whose addresses are rewritten', () => {
  const net = (call: string) =>
    rows(
      'import torch',
      'from torchvision import models',
      'from torchvision.models.vgg import model_urls',
      call,
      'models.vgg16_bn(pretrained=True)',
    );

  it('is where they lose their protection', async () => {
    const bared = 'model_urls["vgg16_bn"] = model_urls["vgg16_bn"].replace("https://", "http://")';
    expect(await places('insecure-download', { 'net.py': net(bared) })).toEqual(['net.py:4']);
    expect(await places('insecure-download', { 'net.py': net(bared.replace('"https://", "http://"', '"http://", "https://"')) })).toEqual(
      [],
    );
    expect(await places('insecure-download', { 'net.py': net('page = link.replace("https://", "http://")') })).toEqual([]);
  });
});

describe('clients of search engines', () => {
  const clients = async (tree: Readonly<Record<string, string>>) =>
    (await places('unpinned-library', { 'layer/requirements.txt': 'opensearch-py\nboto3\n', ...tree })).join();
  const index = (body: string) =>
    rows('from opensearchpy import OpenSearch', 'client = OpenSearch(hosts=[])', `client.indices.create(index="i", body=${body})`);

  it('are AI where vectors are searched, and else are not', async () => {
    expect(
      await clients({
        'app.py': index('{"settings": {"index.knn": True}, "mappings": {"properties": {"v": {"type": "knn_vector", "dimension": 1024}}}}'),
      }),
    ).toBe('layer/requirements.txt:1');
    expect(await clients({ 'app.py': index('{"mappings": {"properties": {"title": {"type": "text"}}}}') })).toBe('');
  });
});
