// Ways in which strangers' repositories name their AI that a scan once missed, each with what must stay silent.
import { describe, expect, it } from 'vitest';
import { components, places } from '../rules/scan-tree.ts';

const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('programs in other clothes', () => {
  it('reads the C# of Razor components at its own lines', async () => {
    const page = rows(
      '@page "/"',
      '@using Microsoft.SemanticKernel.Agents',
      '<h1>Leave</h1>',
      '@code {',
      '    private async Task Ask()',
      '    {',
      '        var agent = new ChatCompletionAgent() { Name = "LeaveAgent" };',
      '    }',
      '}',
      '<p>{ Name = "Not code" }</p>',
    );
    expect(await components('agent', { 'Pages/Home.razor': page })).toEqual(['LeaveAgent Pages/Home.razor:7']);
    expect(await components('agent', { 'Pages/Home.razor': page.replace('@code {', '') })).toEqual([]);
  });

  it('reads programs without an extension by their first line', async () => {
    const ask = rows('#!/usr/bin/env -S python3', 'from openai import OpenAI', 'OpenAI().responses.create(model="gpt-5-mini")');
    expect(await components('model', { 'bin/ask': ask })).toEqual(['gpt-5-mini bin/ask:3']);
    expect(await components('model', { 'bin/ask': ask.replace('python3', 'perl') })).toEqual([]);
    expect(await components('model', { 'bin/serve': rows('#!/bin/sh', 'vllm serve acme-lab/chat-7b') })).toEqual([
      'acme-lab/chat-7b bin/serve:2',
    ]);
  });

  it('knows a .NET server that is given no name by its project', async () => {
    const program = rows(
      'var builder = Host.CreateApplicationBuilder(args);',
      'builder.Services.AddMcpServer().WithStdioServerTransport();',
    );
    const files = {
      'src/Stock.Server/Stock.Server.csproj': '<Project/>',
      'src/All.csproj': '<Project/>',
      'src/Stock.Server/Hosting/Program.cs': program,
    };
    expect(await components('mcp-server', files)).toEqual(['Stock.Server src/Stock.Server/Hosting/Program.cs:2']);
    const named = program.replace('AddMcpServer()', 'AddMcpServer(options => Configure(options))');
    expect(await components('mcp-server', { ...files, 'src/Stock.Server/Hosting/Program.cs': named })).toEqual([]);
  });
});

describe('names in other places', () => {
  it('reads what a program looks for in the cache of the Hub', async () => {
    const cached = rows('CACHE = File.expand_path("~/.cache/huggingface/hub/models--acme-lab--chat-7b/snapshots/*/tokenizer.json")');
    expect(await components('model', { 'train.rb': cached })).toEqual(['acme-lab/chat-7b train.rb:1']);
    expect(await components('model', { 'train.rb': rows('# ~/.cache/huggingface/hub/models--acme-lab--chat-7b/snapshots') })).toEqual([]);
  });

  it('reads lists of data sets where a program loads them', async () => {
    const lists = rows('DATASETS = [', '    "acme-lab/questions",', '    "other-lab/answers",', '    "data/local.csv",', ']');
    const loads = rows('from datasets import load_dataset', 'load_dataset("acme-lab/questions")');
    expect(await components('dataset', { 'app.py': loads + lists })).toEqual(['acme-lab/questions app.py:2', 'other-lab/answers app.py:5']);
    expect(await components('dataset', { 'app.py': lists })).toEqual([]);
  });

  it('reads lists of pages where an index is built', async () => {
    const pages = rows(
      'sources = [',
      '    "https://docs.example.org/guide/agents.html",',
      '    "https://docs.example.org/guide/teams.html",',
      ']',
      'index(sources)',
    );
    const imports = rows('from langchain_chroma import Chroma', 'store = Chroma()');
    expect(await components('dataset', { 'app.py': imports + pages })).toEqual([
      'https://docs.example.org/guide/agents.html app.py:4',
      'https://docs.example.org/guide/teams.html app.py:5',
    ]);
    expect(await components('dataset', { 'app.py': `import openai\n${pages}` })).toEqual([]);
  });

  it('reads the path of a function that builds a model, in a configuration', async () => {
    const params = (backbone: string): Promise<readonly string[]> =>
      components('model', { 'params.yaml': rows('model:', `  backbone: ${backbone}`) });
    expect(await params('tensorflow.keras.applications.MobileNetV2')).toEqual(['MobileNetV2 params.yaml:2']);
    expect(await params('torchvision.models.resnet50')).toEqual([]);
  });

  it('knows a served folder by the name that clients use', async () => {
    const serve = (...args: readonly string[]): Promise<readonly string[]> =>
      components('model', { 'serve.sh': rows(`vllm serve ${args.join(' ')}`) });
    expect(await serve('--model=/model', '--served-model-name=granite-3-1-8b-instruct')).toEqual(['granite-3-1-8b-instruct serve.sh:1']);
    expect(await serve('acme-lab/chat-7b', '--served-model-name=chat')).toEqual(['acme-lab/chat-7b serve.sh:1']);
  });

  it('reads model cars of KServe', async () => {
    const service = rows(
      'apiVersion: serving.kserve.io/v1beta1',
      'kind: InferenceService',
      'metadata: { name: chat }',
      'spec:',
      '  predictor:',
      '    model:',
      '      storageUri: oci://registry.example.com/models/chat-7b:1.5',
    );
    expect(await components('model', { 'service.yaml': service })).toEqual([
      'oci://registry.example.com/models/chat-7b:1.5 service.yaml:7',
    ]);
  });

  it('takes a switch of an SDK for its provider only if it is on', async () => {
    const services = (value: string): Promise<readonly string[]> =>
      components('service', { '.env.example': rows(`GOOGLE_GENAI_USE_VERTEXAI=${value}`) });
    expect(await services('TRUE')).toEqual(['google-vertex-ai .env.example:1']);
    expect(await services('FALSE')).toEqual([]);
  });

  it('reads the archive that a configuration downloads', async () => {
    const params = (key: string): Promise<readonly string[]> =>
      components('dataset', {
        'params.yaml': rows('train: { epochs: 3 }', 'data:', '  download:', `    ${key}: https://files.acme.dev/cats.zip`),
      });
    expect(await params('url')).toEqual(['https://files.acme.dev/cats.zip params.yaml:4']);
    expect(await components('dataset', { 'tools.yaml': rows('download:', '  url: https://files.acme.dev/tool.exe') })).toEqual([]);
  });

  it('sees a package that a notebook runs as a module', async () => {
    const notebook = JSON.stringify({
      cells: [{ cell_type: 'code', source: ['import nltk\n', '!python3 -m spacy train en out\n'] }],
      metadata: {},
      nbformat: 4,
    });
    expect((await components('library', { 'train.ipynb': notebook })).map((row) => row.split(' ')[0])).toEqual(['nltk', 'spacy']);
  });

  it('takes no index over another store for one in memory', async () => {
    const python = (call: string): Promise<readonly string[]> =>
      components('vector-store', {
        'app.py': rows('from llama_index.core import VectorStoreIndex, StorageContext', `index = VectorStoreIndex.${call}`),
      });
    expect(await python('from_documents(docs)')).toEqual(['in-memory app.py:2']);
    expect(await python('from_vector_store(store)')).toEqual([]);
    expect(await python('from_documents(docs, storage_context=StorageContext.from_defaults(vector_store=store))')).toEqual([]);
  });
});

describe('what platforms and servers say', () => {
  it('reads variables that a blueprint lists by key', async () => {
    const blueprint = rows(
      'services:',
      '  - type: web',
      '    envVars:',
      '      - key: GROQ_MODEL',
      '        value: llama-3.3-70b-versatile',
    );
    expect(await components('model', { 'render.yaml': blueprint })).toEqual(['llama-3.3-70b-versatile render.yaml:5']);
  });

  it('knows a served folder that is called after its model', async () => {
    const serve = (folder: string): Promise<readonly string[]> =>
      components('model', { 'serve.sh': rows(`/launch-cluster.sh vllm serve ${folder} --served-model-name chat`) });
    expect(await serve('/models/Qwen3.5-122B-A10B-FP8')).toEqual(['Qwen3.5-122B-A10B-FP8 serve.sh:1']);
    expect(await serve('/models/current2')).toEqual([]);
  });

  it("reads the agents of Symfony's bundle", async () => {
    const bundle = (key: string): Promise<readonly string[]> =>
      components('agent', {
        'config/packages/ai.yaml': rows(
          'ai:',
          `  ${key}:`,
          '    summary:',
          "      model: 'llama3.2'",
          '      prompt: { file: prompts/summary.json }',
        ),
      });
    expect(await bundle('agent')).toEqual(['summary config/packages/ai.yaml:3']);
    expect(await bundle('platform')).toEqual([]);
  });

  it('takes no fallback of an evaluation for a model', async () => {
    const tasks = (key: string): Promise<readonly string[]> =>
      components('model', {
        'configs/all.yaml': rows(
          `${key}:`,
          '  yesno:',
          '    hf_fallback:',
          '      - id: google/yes-no',
          '    split_train: train',
          'llm: true',
        ),
      });
    expect(await tasks('tasks')).toEqual([]);
    expect(await tasks('served')).toEqual(['google/yes-no configs/all.yaml:4']);
  });

  it('reads constants that a plugin exports, and the image that a host is told', async () => {
    const config = rows(
      "import { gemini20Flash, googleAI } from '@genkit-ai/googleai';",
      "import { gemini99Ultra } from './models';",
      'export const ai = genkit({ plugins: [googleAI()], model: gemini20Flash });',
    );
    expect(await components('model', { 'src/config.ts': config })).toEqual(['gemini-2.0-flash src/config.ts:1']);
    const host = (image: string): Promise<readonly string[]> =>
      components('infra', {
        'Program.cs': rows(
          `var db = builder.AddPostgres("db").WithImage("${image}").WithOllama("x");`,
          'var key = "OPENAI_API_KEY";',
          'var m = "gpt-4o";',
        ),
      });
    expect(await host('ankane/pgvector')).toEqual(['ankane/pgvector Program.cs:1']);
    expect(await host('acme/postgres')).toEqual([]);
  });
});

describe('names that only their place explains', () => {
  it('reads a size of Whisper where speech is recognised', async () => {
    expect(await components('model', { 'config.yaml': rows('asr:', '  model_size: small.en') })).toEqual(['small.en config.yaml:2']);
    expect(await components('model', { 'config.yaml': rows('chart:', '  model_size: small') })).toEqual([]);
  });

  it('reads a Modelfile that a ConfigMap holds', async () => {
    const map = (key: string): Promise<readonly string[]> =>
      components('model', {
        'k8s/custom.yaml': rows(
          'apiVersion: v1',
          'kind: ConfigMap',
          'metadata: { name: qwen-custom }',
          'data:',
          `  ${key}: |`,
          '    FROM qwen:7b-q4_K_M',
          '    SYSTEM "You help."',
        ),
      });
    expect(await map('Modelfile')).toEqual(['qwen:7b-q4_K_M k8s/custom.yaml:6']);
    expect(await map('notes.txt')).toEqual([]);
  });

  it('reads the name that a typed answer of the handshake gives a server', async () => {
    const answer = rows(
      'package main',
      'var result = map[string]any{',
      '  "protocolVersion": "2024-11-05",',
      '  "serverInfo": ServerInfo{',
      '    Name: "mail-server",',
      '  },',
      '}',
    );
    expect(await components('mcp-server', { 'main.go': answer })).toEqual(['mail-server main.go:4']);
  });

  it('takes the modules of a package of packages for what the manifest declares', async () => {
    const files = {
      'requirements.txt': 'azureml-sdk==1.60.0\n',
      'train.py': rows('from azureml.pipeline.core import Pipeline', 'from azureml.core import Workspace', 'Workspace.from_config()'),
    };
    expect((await components('library', files)).map((row) => row.split(' ')[0])).toEqual(['azureml-sdk']);
    expect(await components('service', files)).toEqual(['azure-machine-learning train.py:3']);
    expect(await places('undeclared-ai-library', { ...files, 'requirements.txt': 'flask==3.0.0\n' })).toEqual(['train.py:1', 'train.py:2']);
  });
});

describe('environments of conda', () => {
  const environment = rows(
    'name: quant',
    'channels:',
    '  - conda-forge',
    'dependencies:',
    '  - python=3.10',
    '  - pip',
    '  - pip:',
    '      - torch',
    '      - peft==0.17.0',
  );

  it('are known by what they hold, whatever their name', async () => {
    expect(await components('library', { 'third_party_envs/quant.yml': environment })).toEqual([
      'peft third_party_envs/quant.yml:9',
      'torch third_party_envs/quant.yml:8',
    ]);
    expect(await places('unpinned-library', { 'third_party_envs/quant.yml': environment })).toEqual(['third_party_envs/quant.yml:8']);
  });

  it('are no charts', async () => {
    expect(
      await components('library', { 'charts/app/Chart.yaml': rows('name: app', 'dependencies:', '  - name: torch', '    version: 1.0.0') }),
    ).toEqual([]);
  });
});

it('does not ask where a tool brings what its plugin imports', async () => {
  const plugin = rows('import type { Plugin } from "@opencode-ai/plugin";', 'export const Check: Plugin = async () => ({});');
  expect(await places('undeclared-ai-library', { '.opencode/plugins/check.ts': plugin, 'package.json': '{}' })).toEqual([]);
  expect(await places('undeclared-ai-library', { 'src/check.ts': plugin, 'package.json': '{}' })).toEqual(['src/check.ts:1']);
});

describe('trust-remote-code', () => {
  const program = (...lines: readonly string[]): Promise<readonly string[]> =>
    places('trust-remote-code', { 'config.py': rows('from transformers import AutoModel', 'class Config:', ...lines) });

  it('is where a field of settings switches it on', async () => {
    expect(await program('    trust_remote_code: bool = True')).toEqual(['config.py:3']);
    expect(
      await program('    def __init__(self, **kwargs):', '        self.trust_remote_code = kwargs.get("trust_remote_code", True)'),
    ).toEqual(['config.py:4']);
  });

  it('is not where the field is off, or a local name', async () => {
    expect(await program('    trust_remote_code: bool = False')).toEqual([]);
    expect(
      await program(
        '    def __init__(self, **kwargs):',
        '        self.trust_remote_code = kwargs.get("trust_remote_code", False)',
        '        trust_remote_code = True',
      ),
    ).toEqual([]);
  });
});

describe('exposed-model-server', () => {
  const compose = (...lines: readonly string[]): Promise<readonly string[]> =>
    places('exposed-model-server', { 'compose.yaml': rows('services:', '  one:', ...lines) });

  it('knows servers that bear no provider', async () => {
    expect(await compose('    image: onerahmet/openai-whisper-asr-webservice', '    ports:', '      - "9010:9000"')).toEqual([
      'compose.yaml:5',
    ]);
    expect(await compose('    image: ghcr.io/open-webui/open-webui', '    ports:', '      - "3000:8080"')).toEqual([]);
  });

  it('sees where a server listens in the network of the host', async () => {
    const vllm = (mode: string): Promise<readonly string[]> =>
      compose(
        '    image: acme/node',
        `    network_mode: ${mode}`,
        '    command: >',
        '      vllm serve acme-lab/chat-7b',
        '      --host 0.0.0.0',
      );
    expect(await vllm('host')).toEqual(['compose.yaml:7']);
    expect(await vllm('bridge')).toEqual([]);
  });

  it('sees the ways into a cluster, wherever they stand', async () => {
    const workload = rows(
      'apiVersion: apps/v1',
      'kind: Deployment',
      'metadata: { name: g }',
      'spec:',
      '  template:',
      '    metadata: { labels: { app: g } }',
      '    spec:',
      '      containers:',
      '        - image: vllm/vllm-openai:v0.11.0',
    );
    const service = rows(
      'apiVersion: v1',
      'kind: Service',
      'metadata: { name: g }',
      'spec: { selector: { app: g }, ports: [{ port: 80 }] }',
    );
    const way = (kind: string, spec: string): Promise<readonly string[]> =>
      places('exposed-model-server', {
        'k8s/deployment.yaml': workload,
        'k8s/service.yaml': service,
        'k8s/way.yaml': rows('apiVersion: x/v1', `kind: ${kind}`, 'metadata: { name: w }', `spec: ${spec}`),
      });
    expect(await way('Route', '{ to: { kind: Service, name: g } }')).toEqual(['k8s/way.yaml:2']);
    expect(await way('HTTPRoute', '{ rules: [{ backendRefs: [{ name: g, port: 80 }] }] }')).toEqual(['k8s/way.yaml:2']);
    expect(await way('IngressRoute', '{ routes: [{ services: [{ name: g, port: 80 }] }] }')).toEqual(['k8s/way.yaml:2']);
    expect(await way('Route', '{ to: { kind: Service, name: other } }')).toEqual([]);
  });

  it('sees the port of an image of its own that bears the name of a store', async () => {
    const script = (name: string): Promise<readonly string[]> =>
      places('exposed-model-server', { 'up.sh': rows(`docker run -d -p 8000:8000 ${name}`) });
    expect(await script('chromadb')).toEqual(['up.sh:1']);
    expect(await script('postgres')).toEqual([]);
  });

  it('does not take flags of any program in the network of the host for a model', async () => {
    const program = rows('services:', '  one:', '    image: acme/render', '    network_mode: host', '    command: render --model teapot');
    expect(await components('model', { 'compose.yaml': program })).toEqual([]);
  });
});

describe('privileged-container', () => {
  const code = { 'app/chat.py': rows('import openai', 'openai.OpenAI()'), 'requirements.txt': 'openai==2.8.0\n' };
  const found = (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
    places('privileged-container', { ...code, ...files });

  it('counts for a container that is given the code of an AI program', async () => {
    const compose = (mount: string): string =>
      rows('services:', '  one:', '    image: own', '    volumes:', `      - ${mount}`, '    privileged: true');
    expect(await found({ 'compose.yaml': compose('./app:/srv/app') })).toEqual(['compose.yaml:6']);
    expect(await found({ 'compose.yaml': compose('./data:/srv/data') })).toEqual([]);
    expect(await found({ 'compose.yaml': compose('/srv/app:/srv/app') })).toEqual([]);
  });

  it('counts for one that a script starts over its own folder', async () => {
    expect(await found({ 'run.sh': rows('docker run --privileged --rm -v $PWD:/usr/src/app own/demo python app/chat.py') })).toEqual([
      'run.sh:1',
    ]);
    expect(await found({ 'run.sh': rows('docker run --privileged --rm -v /etc:/etc own/demo ls') })).toEqual([]);
  });
});
