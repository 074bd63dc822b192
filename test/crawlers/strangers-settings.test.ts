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

describe('settings of a Go program in a package of their own', () => {
  const CONFIG = rows(
    'package config',
    'import "os"',
    'type Config struct{ ServerName string }',
    'func Load() Config {',
    '	name := os.Getenv("MCP_SERVER_NAME")',
    '	if name == "" {',
    '		name = "tides"',
    '	}',
    '	return Config{ServerName: name}',
    '}',
  );
  const server = (...lines: readonly string[]) =>
    rows('package server', 'import (', '	"acme/internal/config"', '	"github.com/modelcontextprotocol/go-sdk/mcp"', ')', ...lines);
  const names = (code: string) => components('mcp-server', { 'internal/config/config.go': CONFIG, 'internal/server/server.go': code });
  const make = (name: string) => `	return mcp.NewServer(&mcp.Implementation{Name: ${name}}, nil)`;

  it('are followed from a variable', async () => {
    const code = server('func make() *mcp.Server {', '	cfg := config.Load()', make('cfg.ServerName'), '}');
    expect(await names(code)).toEqual(['tides internal/config/config.go:7']);
  });

  it('are followed from a field of a struct', async () => {
    const typed = server('type S struct{ Config config.Config }', 'func (s *S) make() *mcp.Server {', make('s.Config.ServerName'), '}');
    expect(await names(typed)).toEqual(['tides internal/config/config.go:7']);
  });

  it('are nothing where another package is asked', async () => {
    const code = server('import "acme/other"', 'func make() *mcp.Server {', '	cfg := other.Load()', make('cfg.ServerName'), '}');
    expect(await names(code)).toEqual([]);
  });
});

describe('recipes of torchtune', () => {
  const recipe = (folder: string) =>
    rows(
      'model:',
      '  _component_: torchtune.models.llama3_2.lora_llama3_2_1b',
      'tokenizer:',
      '  _component_: torchtune.models.llama3.llama3_tokenizer',
      'checkpointer:',
      '  _component_: torchtune.training.FullModelHFCheckpointer',
      `  checkpoint_dir: ${folder}`,
      '  model_type: LLAMA3_2',
      'dataset:',
      '  _component_: torchtune.datasets.alpaca_cleaned_dataset',
    );

  it('name their model by the folder of its weights, else by what builds it', async () => {
    expect(await components('model', { 'lora.yaml': recipe('/tmp/Llama-3.2-1B-Instruct/') })).toEqual([
      'Llama-3.2-1B-Instruct lora.yaml:7',
    ]);
    expect(await components('model', { 'lora.yaml': recipe('/tmp/weights') })).toEqual(['llama3_2_1b lora.yaml:2']);
  });

  it('name the data set that a function loads by default', async () => {
    expect(await components('dataset', { 'lora.yaml': recipe('/tmp/weights') })).toEqual(['yahma/alpaca-cleaned lora.yaml:10']);
    const own = rows('dataset:', '  _component_: torchtune.datasets.alpaca_dataset', '  source: json', '  data_files: own.json');
    expect(await components('dataset', { 'lora.yaml': own })).toEqual([]);
  });
});
