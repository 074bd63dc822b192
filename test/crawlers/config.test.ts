import type { Discovery } from '../../src/core/inventory.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/core/component.ts';
import { buildInventory, type Inventory } from '../../src/core/inventory.ts';
import { configCrawlers, promptCrawlers } from '../../src/crawlers/config-crawlers.ts';
import { fileCrawler } from '../../src/crawlers/crawl-file.ts';
import type { CrawlResult } from '../../src/crawlers/crawl.ts';
import { crawlAll } from './crawl-all.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { directorySource } from '../../src/source/directory.ts';

const ROOT = 'fixtures/discovery/config';
const knowledge = loadKnowledge();

async function scan(name: string): Promise<CrawlResult & { inventory: Inventory }> {
  const source = await directorySource(`${ROOT}/${name}`);
  const { entries } = await source.list();
  const crawlers = [...configCrawlers, ...promptCrawlers];
  const result = await crawlAll({
    entries: entries.filter(({ path }) => path !== 'expected.txt'),
    crawlers,
    knowledge,
    crawlFiles: fileCrawler({ source, crawlers, knowledge }),
    concurrency: 2,
  });
  return { ...result, inventory: buildInventory(result.discoveries) };
}

/** Components of one file of settings. */
async function componentsOf(path: string, text: string): Promise<readonly Component[]> {
  const crawlers = configCrawlers.filter(({ id }) => id === 'config');
  const found = await Promise.all(crawlers.map(async (crawler) => (await crawler.extract({ path, text }, knowledge)).facts));
  return (found as readonly (Discovery | undefined)[]).flatMap((facts) => facts?.components ?? []);
}

const line = (component: Component): string => {
  const first = component.occurrences[0]?.location;
  return `${component.kind} ${component.name} ${first?.path}:${first?.line ?? 0}`;
};

describe('configuration fixtures', () => {
  it.each(readdirSync(ROOT).sort())('%s', async (name) => {
    const { inventory } = await scan(name);
    const expected = readFileSync(`${ROOT}/${name}/expected.txt`, 'utf8')
      .split('\n')
      .filter((row) => row !== '');
    expect(inventory.components.map(line).sort()).toEqual([...expected].sort());
  });
});

describe('facts beside components', () => {
  it('observes containers, ports and privileges', async () => {
    const { inventory } = await scan('compose-rag');
    const ollama = inventory.observations.find(({ type, facts }) => type === 'container' && facts['image'] === 'ollama/ollama');
    expect(ollama?.facts).toMatchObject({ tag: 'latest', privileged: true, dockerSocket: true, via: 'compose' });
    const ports = inventory.observations
      .filter(({ type }) => type === 'exposed-port')
      .map(({ facts }) => `${String(facts['bind'])}:${String(facts['port'])}`);
    expect(ports).toEqual(['0.0.0.0:11434', '127.0.0.1:6333']);
  });

  it('takes an image that is written in parts as one', async () => {
    const { inventory } = await scan('chart-images');
    expect(
      inventory.observations
        .filter(({ type }) => type === 'container')
        .map(({ facts }) => `${String(facts['image'])} ${String(facts['tag'])}`),
    ).toEqual(['ollama/ollama 0.12.3', 'docker.io/bitnami/mlflow 3.3.2', 'mirror.example.com/hub/qdrant/qdrant v1.15.0']);
  });

  it('emits settings that code can be joined with, never the value of a secret', async () => {
    const { inventory } = await scan('compose-rag');
    expect(inventory.components.length).toBeGreaterThan(0);
    const source = await directorySource(`${ROOT}/compose-rag`);
    const { entries } = await source.list();
    let settings: readonly { name: string; value: string; scope: string }[] = [];
    await crawlAll({
      entries,
      crawlers: [
        ...configCrawlers,
        { id: 'probe', wants: () => false, extract: () => ({}), detect: (_, project) => ((settings = project.settings), {}) },
      ],
      knowledge,
      crawlFiles: fileCrawler({ source, crawlers: configCrawlers, knowledge }),
      concurrency: 1,
    });
    expect(settings).toContainEqual(
      expect.objectContaining({ name: 'LLM_MODEL', value: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-7B', scope: 'env' }),
    );
    expect(settings.filter(({ name }) => name === 'TOGETHER_API_KEY').map(({ value }) => value)).toEqual(['']);
    expect(settings.some(({ name }) => name === 'DATABASE_URL')).toBe(true);
  });

  it('places what a command names on its own row', async () => {
    const compose = [
      'services:',
      '  a:',
      '    image: vllm/vllm-openai:v0.6.3',
      '    command: >',
      '      --port 8000',
      '      --model zephyrlab/one',
      '  b:',
      '    image: vllm/vllm-openai:v0.6.3',
      '    command: --port 8000',
      '      --model zephyrlab/two',
      '  c:',
      '    image: vllm/vllm-openai:v0.6.3',
      '    command: "--port 8000',
      '      --model zephyrlab/three"',
      '  d:',
      '    image: vllm/vllm-openai:v0.6.3',
      '    command: |',
      '      --port 8000 \\',
      '      --model zephyrlab/four',
      '  e:',
      '    image: vllm/vllm-openai:v0.6.3',
      '    command: ["sh", "-c", "vllm serve',
      '      zephyrlab/five"]',
    ].join('\n');
    const models = (await componentsOf('compose.yaml', compose)).filter(({ kind }) => kind === 'model');
    expect(models.map(({ name, occurrences }) => `${name} ${occurrences[0]?.location.line ?? ''}`)).toEqual([
      'zephyrlab/one 6',
      'zephyrlab/two 10',
      'zephyrlab/three 14',
      'zephyrlab/four 19',
      'zephyrlab/five 23',
    ]);
  });

  it('keeps what an MCP server is started with, without credentials', async () => {
    const { inventory } = await scan('mcp');
    expect(inventory.get('mcp-server:filesystem')).toMatchObject({
      transport: 'stdio',
      command: 'npx',
      package: { ecosystem: 'npm', name: '@modelcontextprotocol/server-filesystem', version: '2025.1.14' },
    });
    expect(inventory.get('mcp-server:fetch')).toMatchObject({ disabled: true, package: { ecosystem: 'pypi', name: 'mcp-server-fetch' } });
    expect(inventory.get('mcp-server:search')).toMatchObject({
      transport: 'http',
      url: 'https://mcp.example.com/mcp',
      headers: ['Authorization'],
    });
    expect(inventory.get('mcp-server:images')).toMatchObject({
      env: ['OPENAI_API_KEY'],
      package: { ecosystem: 'docker', name: 'mcp/openai-images', version: '1.0' },
    });
    const observation = inventory.observations.find(({ component }) => component === 'mcp-server:search');
    expect(observation?.facts).toMatchObject({ auth: true, inlineSecret: false, url: 'https://mcp.example.com/mcp' });
  });

  it('sees text that a reader does not', async () => {
    const { inventory } = await scan('prompts');
    const kinds = inventory.observations
      .filter(({ type }) => type === 'hidden-text')
      .map(({ location, facts }) => `${location.path}:${location.line} ${String(facts['kind'])} ${String(facts['count'])}`);
    expect(kinds).toEqual(['.cursor/rules/style.mdc:1 zero-width 2', 'AGENTS.md:3 html-comment 1']);
  });

  it('names code that a model folder brings along', async () => {
    const { inventory } = await scan('hub');
    expect(inventory.observations.find(({ type }) => type === 'remote-code')).toMatchObject({
      component: 'model:tiiuae/falcon-7b',
      facts: { file: 'modeling_falcon.FalconModel' },
    });
  });

  it('says what it could not read, and reads the rest', async () => {
    const { skipped } = await scan('broken');
    expect(skipped.map(({ path, reason }) => `${path} ${reason}`).sort()).toEqual(['bad.json syntax-error', 'bad.yaml syntax-error']);
  });

  it('gives roles and providers', async () => {
    const { inventory } = await scan('azure');
    expect(inventory.get('model:text-embedding-3-small')).toMatchObject({ role: 'embedding', provider: 'azure-openai', origin: 'api' });
    expect(inventory.relations).toContainEqual(
      expect.objectContaining({ from: 'service:azure-openai', to: 'model:text-embedding-3-small', type: 'provides' }),
    );
  });
});

describe('properties that the environment gives their value', () => {
  it.each([
    ['application.properties', 'spring.ai.openai.api-key=${MY_KEY}\n', ['service openai']],
    ['application.yml', 'spring:\n  ai:\n    vectorstore:\n      qdrant:\n        host: ${STORE_HOST}\n', ['vector-store qdrant']],
    ['application.properties', 'spring.ai.openai.api-key=\nspring.mail.password=${MY_KEY}\n', []],
  ])('%s %s', async (path, text, expected) => {
    const found = await componentsOf(path, text);
    expect([...new Set(found.map(({ kind, name }) => `${kind} ${name}`))]).toEqual(expected);
  });
});

describe('servers that a program of a framework is', () => {
  it.each([
    ['application.yml', 'spring:\n  ai:\n    mcp:\n      server:\n        name: catalogue\n'],
    ['application.properties', 'spring.ai.mcp.server.name=${MCP_NAME:catalogue}\n'],
    ['application.properties', 'quarkus.mcp.server.server-info.name=catalogue\n'],
  ])('%s names it', async (path, text) => {
    expect(await componentsOf(path, text)).toMatchObject([{ kind: 'mcp-server', name: 'catalogue', implemented: true }]);
  });
});

it('takes the image of a container for no model, whatever the service is called', async () => {
  const text = `services:
  text-embedding:
    image: vllm/vllm-openai:cu130-nightly
    command: --model Qwen/Qwen3-Embedding-0.6B
  image-model:
    model: gpt-image-1
`;
  const models = (await componentsOf('compose.yaml', text)).filter(({ kind }) => kind === 'model');
  expect(models.map(({ name }) => name).sort()).toEqual(['Qwen/Qwen3-Embedding-0.6B', 'gpt-image-1']);
});

it.each([
  ['settings.json', '{"ai.mcpServers": {"todoist": {"command": "todoist-mcp-server"}}}', 'mcp-server todoist'],
  ['mcp.vscode.json', '{"servers": {"ledger": {"command": "node", "args": ["server.js"]}}}', 'mcp-server ledger'],
  ['team-mcp.json', '{"servers": {"ledger": {"command": "node", "args": ["server.js"]}}}', 'mcp-server ledger'],
  ['editor.json', '{"servers": {"ledger": {"type": "stdio", "command": "node", "args": ["mcp.js"]}}}', 'mcp-server ledger'],
  ['lsp.json', '{"servers": {"pyright": {"command": "pyright-langserver", "args": ["--stdio"]}}, "model": "mcp"}', undefined],
  ['settings.json', '{"mcp.servers": {"files": {"command": "npx", "args": ["-y", "files-mcp"]}}}', 'mcp-server files'],
  [
    'service.yaml',
    'apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: iris}\nspec: {predictor: {model: {storageUri: "gs://bucket/models/iris/1.0"}}}\n',
    'model gs://bucket/models/iris/1.0',
  ],
  ['deploy.yaml', 'apiVersion: apps/v1\nkind: Deployment\nspec: {storageUri: "gs://bucket/backups"}\n', undefined],
])('%s: %s', async (path, text, expected) => {
  const components = (await componentsOf(path, text)).filter(({ kind }) => kind === 'mcp-server' || kind === 'model');
  expect(components.map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected === undefined ? [] : [expected]);
});

it('names a server from a repository by the program that is run of it', async () => {
  const text = '{"mcpServers": {"lake": {"command": "uvx", "args": ["--from", "git+https://github.com/acme/mcp", "mcp-server-lake"]}}}';
  expect(await componentsOf('mcp.json', text)).toMatchObject([{ kind: 'mcp-server', name: 'lake', package: { name: 'mcp-server-lake' } }]);
});

it.each([
  [['uv', 'run', '--with', 'ledger-mcp', 'ledger-mcp'], 'ledger-mcp'],
  [['uv', 'run', '--with', 'httpx>=0.28', '--with', 'ledger-python==1.2', 'ledger', 'run'], 'ledger-python 1.2'],
  [['uv', 'run', '--with=ledger_mcp', 'python', '-m', 'ledger_mcp.server'], 'ledger_mcp'],
  [['uv', '--directory', '.', 'run', '--with', 'mcp[cli]', 'mcp', 'run', 'server.py'], undefined],
  [['uv', 'run', '--with', 'fastmcp', 'fastmcp', 'run', 'server.py'], undefined],
  [['uv', 'run', 'server.py'], undefined],
  [['uv', 'run', '--with', 'httpx', 'https://raw.githubusercontent.com/acme/ledger-mcp/main/server.py'], 'ledger-mcp main'],
  [['uv', 'run', 'https://gitlab.com/acme/ledger-mcp/-/raw/v1/server.py'], 'ledger-mcp v1'],
  [['uv', 'tool', 'run', '--with', 'httpx', 'ledger-mcp@1.0'], 'ledger-mcp 1.0'],
  [['npx', '-y', 'github:acme/ledger-mcp'], 'ledger-mcp'],
  [['npx', '-y', 'git+https://github.com/acme/ledger-mcp.git#0a1b2c3'], 'ledger-mcp 0a1b2c3'],
])('package of %j', async ([command, ...args], expected) => {
  const text = JSON.stringify({ mcpServers: { ledger: { command, args } } });
  const [server] = (await componentsOf('mcp.json', text)).filter((component) => component.kind === 'mcp-server');
  const { name, version = '' } = server?.package ?? {};
  expect(name === undefined ? undefined : `${name} ${version}`.trim()).toBe(expected);
});

/** `kind name line` of each component of a file. */
const named = async (path: string, text: string): Promise<string[]> =>
  (await componentsOf(path, text)).map(({ kind, name, occurrences }) => `${kind} ${name} ${occurrences[0]?.location.line ?? 0}`);

it.each([
  ['package.json', '{"scripts": {"eval": "node eval.mjs --model mistralai/Mistral-7B-v0.1", "up": "ollama pull mistral"}}'],
  ['pyproject.toml', '[tool.poe.tasks]\neval = "python eval.py --model mistralai/Mistral-7B-v0.1"\nup.cmd = "ollama pull mistral"\n'],
])('reads the commands that %s keeps under names', async (path, text) => {
  const found = (await componentsOf(path, text)).filter(({ kind }) => kind === 'model').map(({ name }) => name);
  expect(found).toEqual(['mistralai/Mistral-7B-v0.1', 'mistral']);
});

it('reads adapters and draft models in the arguments of a runtime', async () => {
  const text = [
    'services:',
    '  llm:',
    '    image: vllm/vllm-openai:v0.8.4',
    '    command:',
    '      - --model=mistralai/Mistral-7B-v0.1',
    '      - --lora-modules',
    `      - '{"name": "sql", "path": "quiverai/sql-lora"}'`,
    '      - law=quiverai/law-lora',
    '      - notes=/adapters/notes',
    '      - --speculative-config',
    `      - '{"model": "quiverai/draft-1b", "num_speculative_tokens": 3}'`,
    '      - --port=8000',
  ].join('\n');
  const models = (await componentsOf('compose.yaml', text)).filter(({ kind }) => kind === 'model').map(({ name }) => name);
  expect(models).toEqual(['mistralai/Mistral-7B-v0.1', 'quiverai/sql-lora', 'quiverai/law-lora', 'quiverai/draft-1b']);
  expect(await named('vllm.yaml', `model: mistralai/Mistral-7B-v0.1\nspeculative-config: '{"model":"quiverai/draft-1b"}'\n`)).toContain(
    'model quiverai/draft-1b 2',
  );
});

it('takes the pages of a knowledge base for data, and no other address', async () => {
  const sources = '  - url: https://docs.quiverai.dev/guide/install.html\n    depth: 2\n  - url: https://api.quiverai.dev/v1/items\n';
  expect(await named('config/kb-config.yaml', `sources:\n${sources}`)).toEqual(['dataset https://docs.quiverai.dev/guide/install.html 2']);
  expect(await named('config/app.yaml', `llm:\n  model: gpt-4o\nknowledge_base:\n${sources}`)).toContain(
    'dataset https://docs.quiverai.dev/guide/install.html 4',
  );
  expect(await named('config/app.yaml', `model: gpt-4o\nmenu:\n${sources}`)).not.toContain(
    'dataset https://docs.quiverai.dev/guide/install.html 4',
  );
});

it('reads the short names that only a known image gives its models', async () => {
  const text = [
    'services:',
    '  asr:',
    '    image: onerahmet/openai-whisper-asr-webservice:v1.9.1',
    '    environment: [ASR_MODEL=base, ASR_ENGINE=faster_whisper]',
    '  ear:',
    '    image: rhasspy/wyoming-whisper',
    '    command: --model tiny.en --language en',
    '  mouth:',
    '    image: rhasspy/wyoming-piper',
    '    command: [--voice, en_US-lessac-medium]',
    '  shop:',
    '    image: acme/shop:1',
    '    environment: [ASR_MODEL=base]',
  ].join('\n');
  const models = (await componentsOf('compose.yaml', text)).filter(({ kind }) => kind === 'model').map(({ name }) => name);
  expect(models).toEqual(['whisper-base', 'whisper-tiny.en', 'en_US-lessac-medium']);
});
