// What settings say of agents, and of services that a user may choose, each with what must stay silent.
import { describe, expect, it } from 'vitest';
import { components } from '../rules/scan-tree.ts';

const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('agents whose instructions stand in a file', () => {
  const ASSISTANT = rows('name = "helper-01"', 'model = "gpt-5-mini"', 'instructions_file = "instructions.md"');
  const TEAM = rows('agents:', '  - name: writer', '    model: gpt-5-mini', '    system_prompt_path: ../words/writer.txt');

  it('are found with the file', async () => {
    const tree = { 'helper/helper.toml': ASSISTANT, 'helper/instructions.md': 'Answer shortly.\n' };
    expect(await components('agent', tree)).toEqual(['helper-01 helper/helper.toml:1']);
    expect(await components('prompt', tree)).toEqual(['helper/instructions.md helper/helper.toml:3']);
    const team = { 'config/team.yaml': TEAM, 'words/writer.txt': 'Write.\n' };
    expect(await components('agent', team)).toEqual(['writer config/team.yaml:2']);
    expect(await components('prompt', team)).toEqual(['words/writer.txt config/team.yaml:4']);
  });

  it('are no agents without a model, and no prompts without the file', async () => {
    const shop = { 'shop.toml': rows('name = "oven"', 'instructions_file = "instructions.md"'), 'instructions.md': 'Clean it.\n' };
    expect(await components('agent', shop)).toEqual([]);
    expect(await components('prompt', shop)).toEqual([]);
    expect(await components('prompt', { 'helper.toml': ASSISTANT })).toEqual([]);
  });
});

describe('services that a list of models names', () => {
  const crew = (model: string) => rows('from crewai import LLM', 'def make(model):', `    return LLM(model=${model})`);
  const LIST = rows(
    'ALLOWED_MODELS = {',
    '    "openai/gpt-5.4",',
    '    "google/gemini-3-flash-preview",',
    '    "acme/gemini-3-flash-preview",',
    '}',
  );
  const services = async (tree: Readonly<Record<string, string>>) => await components('service', tree);

  it('are asked where the library gets the id that was chosen', async () => {
    expect(await services({ 'crew.py': crew('model'), 'api/routes.py': LIST })).toEqual([
      'google-gemini api/routes.py:3',
      'openai api/routes.py:2',
    ]);
  });

  it('are not where the id is written, where nothing routes, or where a gateway is asked', async () => {
    expect(await services({ 'crew.py': crew('"openai/gpt-5.4"'), 'api/routes.py': LIST })).toEqual(['openai crew.py:3']);
    expect(await services({ 'api/routes.py': LIST })).toEqual([]);
    const gateway = rows('from openai import OpenAI', 'OpenAI(base_url="https://openrouter.ai/api/v1")');
    expect(await services({ 'crew.py': crew('model'), 'api/routes.py': LIST, 'ask.py': gateway })).toEqual(['openrouter ask.py:2']);
  });
});

describe('a model with a short name', () => {
  it('is one with its whole name', async () => {
    const load = rows('import whisper', 'def load(size="small"):', '    return whisper.load_model(size)');
    expect(await components('model', { '.env': 'WHISPER_MODEL_NAME=small\n', 'load.py': load })).toEqual(['whisper-small .env:1']);
    expect(await components('model', { '.env': 'WHISPER_MODEL_NAME=tiny\n', 'load.py': load })).toEqual([
      'tiny .env:1',
      'whisper-small load.py:2',
    ]);
  });
});
