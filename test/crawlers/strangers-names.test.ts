// Names that a program gives its own agents, and names that look like models and are none.
import { describe, expect, it } from 'vitest';
import { components, scanTree } from '../rules/scan-tree.ts';

const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const ASKS = rows('from openai import OpenAI', 'OpenAI().responses.create(model="gpt-5-mini")');

describe('agents that a program made itself', () => {
  const base = rows('from abc import ABC', 'import openai', 'class BaseAgent(ABC):', '    def __init__(self, name): self.name = name');
  const team = rows(
    'import openai',
    'from base import BaseAgent',
    'class SupervisorAgent(BaseAgent):',
    '    def __init__(self, **kwargs):',
    '        super().__init__(name="Supervisor", **kwargs)',
    'class Writer(BaseAgent):',
    '    agent_name = "report_writer"',
    'class Silent(BaseAgent):',
    '    pass',
    'class Tool(BaseTool):',
    '    name = "search"',
  );

  it('takes the name that a class tells its base, or says itself', async () => {
    expect(await components('agent', { 'base.py': base, 'team.py': team, 'ask.py': ASKS })).toEqual([
      'report_writer team.py:7',
      'Supervisor team.py:5',
    ]);
  });

  it('takes no agent of a game or of reinforcement learning', async () => {
    expect(
      await components('agent', {
        'base.py': base.replace('import openai', 'import torch'),
        'team.py': team.replace('import openai', 'import torch'),
      }),
    ).toEqual([]);
    expect(await components('agent', { 'tests/base.py': base, 'tests/team.py': team, 'ask.py': ASKS })).toEqual([]);
  });
});

describe('names that are no models', () => {
  it('of parts of a checkpoint, of folders that a run writes', async () => {
    const index = '{"weight_map": {"a": "pytorch_model-00001-of-00002.bin", "b": "pytorch_model-00002-of-00002.bin"}}';
    const load = rows(
      'from transformers import AutoModel',
      'AutoModel.from_pretrained("export_test_output/fp16")',
      'AutoModel.from_pretrained("mlx_model")',
      'AutoModel.from_pretrained("acme-lab/chat-7b")',
    );
    expect(await components('model', { 'm/pytorch_model.bin.index.json': index, 'load.py': load })).toEqual(['acme-lab/chat-7b load.py:4']);
  });

  it('takes the name behind the prefix of an API', async () => {
    const code = rows(
      'from langchain_google_genai import GoogleGenerativeAIEmbeddings',
      'NAME = "text-embedding-004"',
      'GoogleGenerativeAIEmbeddings(model=f"models/{NAME}")',
    );
    expect((await components('model', { 'embed.py': code })).map((text) => text.split(' ')[0])).toEqual(['text-embedding-004']);
  });
});

it('takes the pages of a site for no prompts', async () => {
  const pages = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`website/guide/page${index}.md`, '# Page']));
  const page = '# Prompt templates\nYou are a helpful assistant. Answer the question in the context: {question}\n';
  const site = { ...pages, 'website/.vitepress/config.ts': 'export default {}', 'website/02-prompts/one.md': page, 'ask.py': ASKS };
  expect(await components('prompt', site)).toEqual([]);
  expect(await components('prompt', { 'prompts/one.md': page, 'ask.py': ASKS })).toEqual(['prompts/one.md prompts/one.md:0']);
});

it('gives services and stores the other names that people write', async () => {
  const code = rows(
    'import chromadb',
    'chromadb.PersistentClient("x")',
    'import voyageai',
    'voyageai.Client().embed(["x"], model="voyage-3")',
  );
  const { components: found } = await scanTree({ 'a.py': code });
  const aliases = (name: string) => found.find((component) => component.name === name)?.aliases;
  expect(aliases('chroma')).toContain('chromadb');
  expect(aliases('voyage')).toContain('voyage-ai');
});
