import { ParseError } from '../core/errors.ts';
import { Cursor } from './cursor.ts';
import { Table } from './flatbuffer.ts';
import type { InspectContext } from './format.ts';
import type { Draft } from './draft.ts';
import { defineReader, printable, spend } from './reading.ts';
import { GraphJudge } from './tensorflow/judge.ts';
import { vocabularySection } from '../knowledge/vocabulary.ts';

/** `BuiltinOperator_CUSTOM`. */
const CUSTOM = 32;
const TYPES = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
  'complex128',
  'uint64',
  'resource',
  'variant',
  'uint32',
  'uint16',
  'int4',
  'bfloat16',
];
const MAX_RANK = 32;
/** `Tensor.buffer` 0 is the empty buffer of tensors without data. */
const NO_BUFFER = 0;

async function judgeOperators(model: Table, context: InspectContext, draft: Draft): Promise<void> {
  const vocabulary = context.knowledge.get(vocabularySection);
  const judge = new GraphJudge(vocabulary, draft);
  const builtin = new Set<number>();
  for await (const code of model.tables(1)) {
    spend(context, 1);
    const id = Math.max(await code.i8(0), await code.i32(3));
    const custom = await code.text(1);
    if (id !== CUSTOM && custom === undefined) {
      builtin.add(id);
      continue;
    }
    const name = custom ?? '';
    if (name.startsWith('Flex')) judge.node({ name, operator: name.slice(4), inputs: [], strings: new Map() });
    else {
      judge.operators.set(name, 1);
      const known =
        vocabulary.names('tflite', 'operators').has(name) ||
        [...vocabulary.names('tflite', 'prefixes')].some((prefix) => name.startsWith(prefix));
      if (!known) draft.report('custom-operation', { operation: printable(name, 80), domain: 'tflite' });
    }
  }
  judge.finish();
  draft.facts['builtinOperators'] = builtin.size;
  if (judge.operators.size > 0) draft.facts['customOperators'] = [...judge.operators.keys()].map((name) => printable(name, 80)).sort();
}

async function readTensors(model: Table, buffers: number, context: InspectContext, draft: Draft): Promise<void> {
  let parameters = 0;
  let tensors = 0;
  const dtypes = new Set<string>();
  for await (const graph of model.tables(2)) {
    spend(context, 1);
    for await (const tensor of graph.tables(0)) {
      spend(context, 1);
      tensors += 1;
      const buffer = await tensor.u32(2);
      if (buffer >= buffers)
        draft.report('malformed-artifact', { problem: 'buffer-index', tensor: printable((await tensor.text(3)) ?? '', 80) });
      if (buffer === NO_BUFFER) continue;
      const shape = await tensor.integers(0, MAX_RANK);
      parameters += shape.reduce((product, dimension) => product * Math.max(0, dimension), 1);
      dtypes.add(TYPES[await tensor.i8(1)] ?? 'unknown');
    }
  }
  draft.facts['tensorCount'] = tensors;
  draft.card = { ...(dtypes.size > 0 && { parameterCount: parameters, dtypes: [...dtypes].sort() }) };
}

export const tflite = defineReader({
  id: 'tflite',
  extensions: ['.tflite', '.lite'],
  matches: ({ head }) => (Buffer.from(head.subarray(4, 8)).toString('latin1') === 'TFL3' ? 'yes' : 'no'),
  async read({ reader }, context, draft) {
    draft.certain = true;
    const model = await Table.root(new Cursor(reader));
    draft.facts['schemaVersion'] = await model.u32(0);
    const description = await model.text(3);
    if (description !== undefined) draft.facts['writer'] = printable(description);
    await judgeOperators(model, context, draft);
    const buffers = await model.vector(4);
    for await (const buffer of model.tables(4)) {
      spend(context, 1);
      await buffer.vector(0);
      if ((await buffer.u64(1)) + (await buffer.u64(2)) > BigInt(reader.size)) throw new ParseError('buffer ends beyond the file');
    }
    await readTensors(model, buffers?.length ?? 0, context, draft);
  },
});
