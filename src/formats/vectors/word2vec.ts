import { ParseError } from '../../core/errors.ts';
import { Cursor } from '../cursor.ts';
import { defineReader, hasExtension, spend } from '../reading.ts';
import { inspectTrailing } from '../remainder.ts';

const HEADER = /^(\d{1,9}) (\d{1,5})\r?\n/;
const MAX_WORD = 4096;

/** word2vec's binary: `words dimensions`, then each word, a blank and its floats. */
export const word2vec = defineReader({
  id: 'word2vec',
  extensions: ['.bin', '.vec', '.emb'],
  matches: ({ head, path }) =>
    HEADER.test(Buffer.from(head.subarray(0, 32)).toString('latin1')) && hasExtension(path, '.bin', '.vec', '.emb', '.model', '.w2v')
      ? 'maybe'
      : 'no',
  async read(input, context, draft) {
    const head = Buffer.from(await input.reader.read(0, 32)).toString('latin1');
    const match = HEADER.exec(head);
    if (!match) throw new ParseError('no word2vec header', 0);
    const [words, dimensions] = [Number(match[1]), Number(match[2])];
    if (words === 0 || dimensions === 0) throw new ParseError('empty word2vec file', 0);
    const cursor = new Cursor(input.reader);
    cursor.skip(match[0].length);
    for (let i = 0; i < words; i += 1) {
      spend(context, 1);
      for (let length = 0; ; length += 1) {
        if (!cursor.has(1)) await cursor.need(1);
        if (cursor.u8() === 0x20 && length > 0) break;
        if (length > MAX_WORD) throw new ParseError('word is too long', cursor.position);
      }
      cursor.skip(dimensions * 4);
      // Some writers end each vector with a line feed.
      if (i === 0 && cursor.remaining === 0 && words > 1) throw new ParseError('word2vec file ends early', cursor.position);
      draft.certain ||= i > 2;
    }
    draft.certain = true;
    draft.facts['vocabularySize'] = words;
    draft.card = { architecture: 'word2vec', parameterCount: words * dimensions, dtypes: ['float32'] };
    await inspectTrailing(input, Math.min(cursor.position + 1, input.reader.size), context, draft);
  },
});
