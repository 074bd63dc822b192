import { describe, expect, test } from 'vitest';
import { spellings } from '../../src/crawlers/code/constants.ts';
import { recogniseModel } from '../../src/knowledge/models.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const knowledge = loadKnowledge();
const modelOf = (constant: string): string | undefined => {
  for (const text of spellings(constant)) {
    const found = recogniseModel(knowledge, text, { position: 'key', key: 'model' });
    if (found?.family) return found.name;
  }
  return undefined;
};

describe('constants of SDKs', () => {
  test.each([
    ['GPT4o', 'gpt-4o'],
    ['GPT3Dot5Turbo', 'gpt-3.5-turbo'],
    ['GPT4oMini', 'gpt-4o-mini'],
    ['GPT_4O_MINI', 'gpt-4o-mini'],
    ['GPT_4_1', 'gpt-4.1'],
    ['GPT_4_1_MINI', 'gpt-4.1-mini'],
    ['ChatModelGPT4o', 'gpt-4o'],
    ['ModelClaude3Haiku20240307', 'claude-3-haiku-20240307'],
    ['CLAUDE_3_5_SONNET_20241022', 'claude-3-5-sonnet-20241022'],
    ['ModelClaude3_5HaikuLatest', 'claude-3-5-haiku-latest'],
    ['ModelClaudeSonnet4_20250514', 'claude-sonnet-4-20250514'],
    ['Claude35Sonnet', 'claude-3-5-sonnet'],
    ['AdaEmbeddingV2', 'text-embedding-ada-002'],
    ['SmallEmbedding3', 'text-embedding-3-small'],
    ['TEXT_EMBEDDING_3_LARGE', 'text-embedding-3-large'],
    ['O3Mini', 'o3-mini'],
    ['Whisper1', 'whisper-1'],
    ['DALL_E_3', 'dall-e-3'],
    ['GEMINI_2_0_FLASH', 'gemini-2.0-flash'],
  ])('%s is %s', (constant, model) => {
    expect(modelOf(constant)).toBe(model);
  });

  test.each(['MAX_TOKENS_4', 'HTTP_404', 'Version2', 'Model3', 'ModelT800'])('%s is none', (constant) => {
    expect(modelOf(constant)).toBeUndefined();
  });
});
