import { sliceReader } from '../core/byte-reader.ts';
import { ParseError } from '../core/errors.ts';
import { Cursor } from './cursor.ts';
import { inspectEncodedText } from './encoded.ts';
import { judgeFreeText } from './free-text.ts';
import type { ArtifactInput, InspectContext } from './format.ts';
import { walkMsgpack } from './msgpack.ts';
import type { Draft } from './draft.ts';
import { defineReader, hasExtension, printable, RECORD, spend } from './reading.ts';
import { inspectTrailing } from './remainder.ts';

const EXTENSIONS = ['.msgpack', '.flax', '.orbax'];
/** Extension types of flax.serialization: array, complex number, numpy scalar. */
const ARRAY = 1;
const KNOWN_EXTENSIONS = new Set([1, 2, 3, -1]);
/** Keys that only matter to a reader that builds Python objects. */
const REACHING = /^__(?:reduce|reduce_ex|class|globals|builtins|import|getattr|setstate|code|init|module)__$/;
const SCALARS = new Set(['bool', 'bool_', 'bytes', 'string']);
const DTYPE = /^(?:bool_?|u?int(?:2|4|8|16|32|64)|b?float(?:16|32|64)|float8_\w+|float4_\w+|complex(?:64|128)|[<>|=]?[biufcSUV]\d*)$/;

/** An array: `(shape, dtype, bytes)`, packed again. */
async function readArray(
  input: ArtifactInput,
  start: number,
  length: number,
  context: InspectContext,
  draft: Draft,
  state: { tensors: number; dtypes: Set<string> },
): Promise<void> {
  const texts: string[] = [];
  await walkMsgpack(new Cursor(sliceReader(input.reader, start, length), 0, length, false), {
    step: () => spend(context, RECORD),
    text: (text) => void texts.push(text),
  });
  const [dtype = ''] = texts;
  state.tensors += 1;
  if (state.dtypes.size < 50) state.dtypes.add(printable(dtype, 20));
  // numpy refuses to build objects from bytes; a reader that does not is what such a file is for.
  if (!DTYPE.test(dtype) && !SCALARS.has(dtype))
    draft.report('unknown-object', { target: printable(dtype, 60), kind: 'dtype' }, { offset: start });
}

async function readBinary(input: ArtifactInput, start: number, length: number, context: InspectContext, draft: Draft): Promise<void> {
  const head = await input.reader.read(start, 2);
  if (head[0] !== 0x80 || (head[1] ?? 0) < 2 || (head[1] ?? 9) > 5) return;
  const path = `${input.path}!binary`;
  draft.absorb(await context.inspect({ path, reader: sliceReader(input.reader, start, length) }), path);
}

export const flax = defineReader({
  id: 'flax-msgpack',
  extensions: EXTENSIONS,
  matches: ({ head, path }) => {
    if (hasExtension(path, ...EXTENSIONS)) return 'maybe';
    const [first = 0, second = 0] = head;
    const map = (first > 0x80 && first < 0x90) || first === 0xde || first === 0xdf;
    return map && ((second > 0xa0 && second < 0xc0) || second === 0xd9) && head.includes(0xc7 + 2) ? 'maybe' : 'no';
  },
  async read(input, context, draft) {
    draft.certain = hasExtension(input.path, ...EXTENSIONS);
    const cursor = new Cursor(input.reader, 0, input.reader.size, false);
    const state = { tensors: 0, dtypes: new Set<string>() };
    let keys = 0;
    await walkMsgpack(cursor, {
      step: () => spend(context, RECORD),
      async text(text, isKey) {
        judgeFreeText(text, isKey ? 'key' : 'value', draft);
        if (isKey) {
          keys += 1;
          if (REACHING.test(text)) draft.report('unknown-object', { target: printable(text, 60), kind: 'key' });
        } else await inspectEncodedText(text, `${input.path}!text`, context, draft);
      },
      binary: (start, length) => readBinary(input, start, length, context, draft),
      async extension(type, start, length) {
        if (type === ARRAY) await readArray(input, start, length, context, draft, state);
        else if (!KNOWN_EXTENSIONS.has(type))
          draft.report('unknown-object', { target: `extension ${type}`, kind: 'msgpack' }, { offset: start });
      },
    });
    if (!draft.certain && state.tensors === 0) throw new ParseError('no flax checkpoint');
    const [first = 0] = await input.reader.read(0, 1);
    const isMap = (first >= 0x80 && first < 0x90) || first === 0xde || first === 0xdf;
    if (!isMap) draft.report('incomplete-artifact', { reason: 'malformed', detail: 'the root is no map' });
    draft.certain = true;
    draft.facts['keyCount'] = keys;
    draft.facts['tensorCount'] = state.tensors;
    if (state.tensors > 0) draft.card = { dtypes: [...state.dtypes].sort() };
    await inspectTrailing(input, cursor.position, context, draft);
  },
});
