// Tables from which a program takes its models.
import { describe, expect, it } from 'vitest';
import { components, places } from '../rules/scan-tree.ts';

const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const models = (tree: Readonly<Record<string, string>>): Promise<string[]> => components('model', tree);

describe('tables of models', () => {
  const config = rows(
    'import torch',
    'init_llm = "ChatGLM2-6B"',
    'embedding_model_dict = {',
    '    "tiny": "lakehouse/lake-3.0-nano",',
    '    "bge-m3": "BAAI/bge-m3 ",',
    '    "local": "/models/lake",',
    '}',
    'llm_model_dict = {',
    '    "chatglm2": {"ChatGLM2-6B": "THUDM/chatglm2-6b"},',
    '    "lake": {"lake-chat": "lakehouse/lake-chat-7b"}',
    '    "river": {"river-2b": "riverlab/River2-2B-hf"}',
    '}',
  );

  it('adds the ids on the Hub, behind a missing comma too, and no name that stands for one', async () => {
    expect(await models({ 'config.py': config })).toEqual([
      'BAAI/bge-m3 config.py:5',
      'lakehouse/lake-3.0-nano config.py:4',
      'riverlab/River2-2B-hf config.py:11',
      'THUDM/chatglm2-6b config.py:9',
    ]);
  });

  it('reads the name of an entry that holds an id', async () => {
    const code = rows('import torch', 'LLMS = {"ChatGLM-6B": {"model_name": "ZhipuAI/ChatGLM-6B"}}', 'run(llm_model="ChatGLM-6B")');
    expect(await models({ 'app.py': code })).toEqual(['ZhipuAI/ChatGLM-6B app.py:2']);
  });

  it('takes ids with a title for what people choose among', async () => {
    const code = rows(
      'from groq import Groq',
      'client = Groq()',
      'groq_models = {',
      '    "llama3-70b-8192": {"name": "LLaMA3-70b-Instruct", "tokens": 8192},',
      '    "gemma2-9b-it": {"name": "Gemma2-9b-it", "tokens": 8192},',
      '}',
    );
    expect(await models({ 'app.py': code })).toEqual(['gemma2-9b-it app.py:5', 'llama3-70b-8192 app.py:4']);
    expect(await places('end-of-life-model', { 'app.py': code })).toEqual(['app.py:4', 'app.py:5']);
  });

  it('takes none of prices, of other models, of a program without AI', async () => {
    const prices = rows('import openai', 'MODEL_PRICES = {"gpt-4-32k": {"input": 0.06, "output": 0.12}}');
    const django = rows('import torch', 'MODELS = {"user": "accounts/user", "file": "media/last.pt"}');
    const none = rows('MODELS = {"t-1000": "skynet/t-1000"}');
    expect(await models({ 'prices.py': prices, 'models.py': django })).toEqual([]);
    expect(await models({ 'robots.py': none })).toEqual([]);
  });
});

it('follows a name that is given to itself to where it was imported from', async () => {
  const app = rows(
    'from config import *',
    'from langchain_community.embeddings import HuggingFaceEmbeddings',
    'encoders = encoders',
    'HuggingFaceEmbeddings(model_name=encoders["small"])',
  );
  const tree = { 'config.py': 'import torch\nencoders = {"small": "lakehouse/lake-embed-small"}\n', 'app.py': app };
  expect(await places('unpinned-revision', tree)).toEqual(['app.py:4']);
});

it('names models that constants of an SDK do not spell', async () => {
  const code = rows(
    'package main',
    'import openai "github.com/sashabaranov/go-openai"',
    'func main() {',
    '  ask(openai.ChatCompletionRequest{Model: openai.GPT4Turbo1106})',
    '  ask(openai.CompletionRequest{Model: openai.CodexCodeDavinci002})',
    '  ask(openai.ChatCompletionRequest{Model: openai.GPT4oMini20240718})',
    '}',
  );
  expect((await models({ 'main.go': code })).map((text) => text.split(' ')[0])).toEqual([
    'code-davinci-002',
    'gpt-4-1106-preview',
    'gpt-4o-mini-2024-07-18',
  ]);
});

it('places a constant where it is written, not where a field brings it', async () => {
  const config = rows(
    'package config',
    'import openai "github.com/sashabaranov/go-openai"',
    'type Config struct { Model string }',
    'func Default() *Config {',
    '  return &Config{Model: openai.GPT4Turbo1106}',
    '}',
  );
  const main = rows(
    'package main',
    'import (',
    '  openai "github.com/sashabaranov/go-openai"',
    '  "example.com/bot/config"',
    ')',
    'func main() {',
    '  settings := config.Default()',
    '  client := openai.NewClient("")',
    '  client.CreateChatCompletion(ctx, openai.ChatCompletionRequest{Model: settings.Model})',
    '}',
  );
  const tree = { 'go.mod': 'module example.com/bot\n', 'config/config.go': config, 'main.go': main };
  expect(await places('end-of-life-model', tree)).toEqual(['config/config.go:5']);
});
