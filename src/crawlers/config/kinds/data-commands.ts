import { HUB_ID } from '../../../knowledge/models/hub-id.ts';
import type { CommandFacts } from '../../../knowledge/infrastructure.ts';
import type { Sink } from '../sink.ts';
import { withDefaults } from './values.ts';
import type { Word } from './word.ts';

/** A data set of a user, or a competition. */
const KAGGLE_ID = /^[\w-]+\/[\w-]+$|^[a-z][\w-]{2,}$/;

/** Where a command fetches data from, and not a model: a command of its own, or one of the Hub that is told so. */
export function dataSource(facts: CommandFacts | undefined, words: readonly Word[]): 'kaggle' | 'huggingface' | undefined {
  if (facts?.data_from !== undefined || facts?.hub !== 'huggingface') return facts?.data_from;
  return words.some(({ text }, index) => text === '--repo-type=dataset' || (text === '--repo-type' && words[index + 1]?.text === 'dataset'))
    ? 'huggingface'
    : undefined;
}

/** A word of a command that is the name of a data set. */
export function readDataName(sink: Sink, word: Word | undefined, symbol: string, from: 'kaggle' | 'huggingface' = 'huggingface'): void {
  const text = word && withDefaults(word.text).text;
  if (!word || text === undefined || sink.models.isPlaceholder(text)) return;
  if (from === 'kaggle') {
    if (KAGGLE_ID.test(text)) sink.dataset(text, 'kaggle', word.line, symbol);
  } else if (HUB_ID.test(text) && !sink.models.isPathOwner(text.split('/')[0] ?? '') && !/\.\w{2,7}$/.test(text))
    sink.dataset(text, 'huggingface', word.line, symbol);
}
