import { ParseError } from '../../core/errors.ts';
import { Cursor } from '../cursor.ts';
import { defineReader, spend } from '../reading.ts';
import { inspectTrailing } from '../remainder.ts';

/** `FASTTEXT_FILEFORMAT_MAGIC_INT32` and the versions that exist. */
const MAGIC = 793_712_314;
const VERSIONS = new Set([11, 12]);
const MAX_WORD = 1024;
const CENTROIDS = 256;

/** Floats after rows and columns; returns their number. */
async function skipMatrix(cursor: Cursor): Promise<number> {
  await cursor.need(16);
  const [rows, columns] = [Number(cursor.i64()), Number(cursor.i64())];
  if (rows < 0 || columns < 0) throw new ParseError('negative matrix', cursor.position);
  cursor.skip(rows * columns * 4);
  return rows * columns;
}

async function skipQuantizer(cursor: Cursor): Promise<void> {
  await cursor.need(16);
  const dimension = cursor.i32();
  cursor.skip(12);
  if (dimension < 0) throw new ParseError('negative dimension', cursor.position);
  cursor.skip(dimension * CENTROIDS * 4);
}

/** A product-quantised matrix (`.ftz`). */
async function skipQuantized(cursor: Cursor): Promise<number> {
  await cursor.need(21);
  const normalised = cursor.u8() !== 0;
  const [rows, columns] = [Number(cursor.i64()), Number(cursor.i64())];
  const codes = cursor.i32();
  cursor.skip(codes);
  await skipQuantizer(cursor);
  if (normalised) {
    cursor.skip(rows);
    await skipQuantizer(cursor);
  }
  return rows * columns;
}

/** https://github.com/facebookresearch/fastText: arguments, dictionary, two matrices; no code anywhere. */
export const fasttext = defineReader({
  id: 'fasttext',
  extensions: ['.ftz'],
  matches: ({ head }) => (head.length >= 8 && new DataView(head.buffer, head.byteOffset).getInt32(0, true) === MAGIC ? 'yes' : 'no'),
  async read(input, context, draft) {
    draft.certain = true;
    const cursor = new Cursor(input.reader);
    await cursor.need(8 + 12 * 4 + 8);
    cursor.skip(4);
    const version = cursor.i32();
    if (!VERSIONS.has(version)) throw new ParseError(`fastText version ${version}`, 4);
    draft.facts['version'] = version;
    draft.facts['dimension'] = cursor.i32();
    cursor.skip(11 * 4 + 8);
    await cursor.need(28);
    const size = cursor.i32();
    draft.facts['vocabularySize'] = cursor.i32();
    draft.facts['labelCount'] = cursor.i32();
    cursor.skip(8);
    const pruned = Number(cursor.i64());
    for (let i = 0; i < size; i += 1) {
      spend(context, 1);
      let length = 0;
      for (;;) {
        if (!cursor.has(1)) await cursor.need(1);
        if (cursor.u8() === 0) break;
        if (++length > MAX_WORD) throw new ParseError('word is too long', cursor.position);
      }
      cursor.skip(9);
    }
    if (pruned > 0) cursor.skip(pruned * 8);
    await cursor.need(1);
    const quantized = cursor.u8() !== 0;
    let parameters = quantized ? await skipQuantized(cursor) : await skipMatrix(cursor);
    await cursor.need(1);
    const output = cursor.u8() !== 0;
    parameters += quantized && output ? await skipQuantized(cursor) : await skipMatrix(cursor);
    draft.card = {
      architecture: 'fasttext',
      parameterCount: parameters,
      dtypes: ['float32'],
      ...(quantized && { quantization: 'product' }),
    };
    await inspectTrailing(input, cursor.position, context, draft);
  },
});
