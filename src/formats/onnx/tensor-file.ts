import { ParseError } from '../../core/errors.ts';
import { Cursor } from '../cursor.ts';
import { BYTES, Message, VARINT } from '../protobuf.ts';
import { defineReader, hasExtension } from '../reading.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';
import { readTensor } from './tensor.ts';
import { newWalk } from './walk-state.ts';

/** Fields of TensorProto: dimensions, type, numbers in their kinds, name, text, place. */
const FIELDS: ReadonlyMap<number, readonly number[]> = new Map([
  [1, [VARINT, BYTES]],
  [2, [VARINT]],
  [4, [BYTES, 5]],
  [5, [BYTES, VARINT]],
  [6, [BYTES]],
  [7, [BYTES, VARINT]],
  [8, [BYTES]],
  [9, [BYTES]],
  [10, [BYTES, 1]],
  [11, [BYTES, VARINT]],
  [12, [BYTES]],
  [13, [BYTES]],
  [14, [VARINT]],
]);
/** `TensorProto.DataType` has no more. */
const MAX_TYPE = 32n;

/** Whether every field is one of TensorProto's, a type among them: protobuf has no magic. */
async function isTensor(message: Message): Promise<boolean> {
  let typed = false;
  let filled = false;
  for (let field = await message.next(); field; field = await message.next()) {
    if (FIELDS.get(field.number)?.includes(field.wire) !== true) return false;
    if (field.number === 2) typed = field.value > 0n && field.value < MAX_TYPE;
    if (field.number > 2 && field.number !== 8) filled = true;
  }
  return typed && filled;
}

/** One ONNX tensor in a file of its own: inputs and outputs of test data, and initialisers of large models. */
export const onnxTensor = defineReader({
  id: 'onnx-tensor',
  extensions: ['.pb'],
  matches: ({ head, path }) => (hasExtension(path, '.pb') && (head[0] === 0x08 || head[0] === 0x0a || head[0] === 0x10) ? 'maybe' : 'no'),
  async read(input, context, draft) {
    if (!(await isTensor(new Message(new Cursor(input.reader))))) throw new ParseError('no ONNX tensor', 0);
    draft.certain = true;
    const words = context.knowledge.get(vocabularySection);
    const walk = newWalk(input, context, draft, (list) => words.names('onnx', list));
    await readTensor(new Message(new Cursor(input.reader)), true, walk);
    draft.card = { parameterCount: Number(walk.parameters), dtypes: [...walk.dtypes].sort() };
  },
});
