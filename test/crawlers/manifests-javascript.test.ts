import { describe, expect, it } from 'vitest';
import { requirementAt, scan } from './manifests-helper.ts';

const json = (value: unknown): string => JSON.stringify(value, null, 2);

describe('package.json', () => {
  it('declares by every table, aliases resolved, local packages apart', async () => {
    const scanned = await scan({
      'package.json': json({
        name: 'app',
        dependencies: {
          openai: '^4.1.0',
          mine: 'npm:@anthropic-ai/sdk@0.20.0',
          ollama: 'latest',
          '@langchain/core': 'github:langchain-ai/core#main',
          local: 'file:../local',
        },
        devDependencies: { promptfoo: '*' },
        optionalDependencies: { '@huggingface/transformers': '3.0.0' },
        peerDependencies: { ai: '>=3' },
      }),
    });
    expect(scanned.lines).toEqual([
      'npm/@anthropic-ai/sdk 0.20.0 runtime package.json:5',
      'npm/@huggingface/transformers 3.0.0 optional package.json:14',
      'npm/@langchain/core - runtime package.json:7',
      'npm/ai ~>=3 optional package.json:17',
      'npm/local - runtime package.json:8',
      'npm/ollama ~latest runtime package.json:6',
      'npm/openai ~^4.1.0 runtime package.json:4',
      'npm/promptfoo ~* development package.json:11',
    ]);
    expect(requirementAt(scanned, 'npm/openai', 'package.json:4')).toMatchObject({ bounded: true, locked: false });
    expect(requirementAt(scanned, 'npm/ollama', 'package.json:6')).toMatchObject({ bounded: false, locked: false });
    expect(requirementAt(scanned, 'npm/local', 'package.json:8')).toBeUndefined();
  });

  it('answers catalog: from the workspace, and leaves the packages of the workspace out', async () => {
    const { lines } = await scan({
      'pnpm-workspace.yaml': "packages: ['packages/*']\ncatalog:\n  openai: ^4.2.0\ncatalogs:\n  old:\n    ai: 3.0.0\n",
      'package.json': json({ private: true }),
      'packages/a/package.json': json({
        name: '@acme/a',
        dependencies: { openai: 'catalog:', ai: 'catalog:old', '@acme/b': 'workspace:*' },
      }),
      'packages/b/package.json': json({ name: '@acme/b' }),
    });
    expect(lines).toEqual(['npm/ai 3.0.0 runtime packages/a/package.json:5', 'npm/openai ~^4.2.0 runtime packages/a/package.json:4']);
  });
});

describe('lock files of JavaScript', () => {
  const manifest = json({ name: 'app', dependencies: { openai: '^4.0.0' } });
  const expected = ['npm/openai 4.1.0 runtime package.json:4'];

  it.each([
    [
      'package-lock.json',
      json({
        lockfileVersion: 3,
        packages: {
          '': { name: 'app' },
          'node_modules/openai': { version: '4.1.0', dependencies: { x: '1' } },
          'node_modules/openai/node_modules/js-tiktoken': { version: '1.0.1' },
        },
      }),
      13,
    ],
    [
      'package-lock.json',
      json({
        lockfileVersion: 1,
        dependencies: { openai: { version: '4.1.0', requires: { x: '1' }, dependencies: { 'js-tiktoken': { version: '1.0.1' } } } },
      }),
      10,
    ],
    [
      'pnpm-lock.yaml',
      "lockfileVersion: '9.0'\n\npackages:\n\n  openai@4.1.0(zod@3.0.0):\n    resolution: {integrity: x}\n\n  js-tiktoken@1.0.1:\n    engines: {node: '>=1'}\n\nsnapshots:\n\n  ai@1.0.0: {}\n",
      8,
    ],
    ['pnpm-lock.yaml', "lockfileVersion: '6.0'\npackages:\n  /openai@4.1.0:\n    dev: false\n  /js-tiktoken/1.0.1:\n    dev: false\n", 5],
    [
      'yarn.lock',
      '# yarn lockfile v1\n\nopenai@^4.0.0:\n  version "4.1.0"\n  resolved "https://example.org/x"\n  dependencies:\n    version "9"\n\njs-tiktoken@^1.0.0, js-tiktoken@^1.0.1:\n  version "1.0.1"\n',
      9,
    ],
    [
      'yarn.lock',
      '__metadata:\n  version: 8\n\n"openai@npm:^4.0.0":\n  version: 4.1.0\n  resolution: "openai@npm:4.1.0"\n\n"app@workspace:.":\n  version: 0.0.0-use.local\n\n"js-tiktoken@npm:^1.0.0":\n  version: 1.0.1\n',
      11,
    ],
    [
      'bun.lock',
      '{\n  "lockfileVersion": 1,\n  "workspaces": { "": { "name": "app" } },\n  "packages": {\n    "openai": ["openai@4.1.0", "", {}, "sha512-x"],\n    "js-tiktoken": ["js-tiktoken@1.0.1", "", {}, "sha512-y"],\n  }\n}\n',
      6,
    ],
  ])('%s gives the versions (%#)', async (name, lock, line) => {
    const scanned = await scan({ 'package.json': manifest, [name]: lock });
    expect(scanned.lines).toEqual([`npm/js-tiktoken 1.0.1 runtime ${name}:${line} *`, ...expected]);
    expect(requirementAt(scanned, 'npm/openai', 'package.json:4')).toMatchObject({ locked: true });
  });
});

describe('Deno', () => {
  it('imports by specifier', async () => {
    const { lines } = await scan({
      'deno.jsonc':
        '{\n  // AI\n  "imports": {\n    "openai": "npm:openai@4.20.1",\n    "ai": "https://esm.sh/ai@3.0.0/react",\n    "std": "jsr:@std/fs@1",\n  }\n}',
    });
    expect(lines).toEqual(['npm/ai 3.0.0 runtime deno.jsonc:5', 'npm/openai 4.20.1 runtime deno.jsonc:4']);
  });
});
