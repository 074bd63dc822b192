import { ParseError } from '../core/errors.ts';
import { Cursor } from './cursor.ts';
import { escapes } from './external-path.ts';
import type { InspectContext } from './format.ts';
import { BYTES, isIdentifier, Message, VARINT } from './protobuf.ts';
import type { Draft } from './draft.ts';
import { baseName, defineReader, hasExtension, printable, spend } from './reading.ts';

/** Operators that call Python of the process (`fluid.layers.py_func`), or read and write files of their attributes. */
const PYTHON = new Set(['py_func', 'py_layer', 'run_python', 'custom_python']);
const FILES = new Set(['save', 'save_combine', 'load', 'load_combine', 'print', 'read_file', 'write_file', 'recv_save', 'dump']);
const PARAMETER_TYPES: Readonly<Record<string, string>> = {
  0: 'bool',
  1: 'int16',
  2: 'int32',
  3: 'int64',
  4: 'float16',
  5: 'float32',
  6: 'float64',
  20: 'uint8',
  21: 'int8',
  22: 'bfloat16',
  23: 'complex64',
  24: 'complex128',
};
const MAX_OPERATORS = 200;

/** OpDesc: type in field 3, attributes in field 4. */
async function readOperator(message: Message, operators: Map<string, number>, draft: Draft): Promise<void> {
  let type = '';
  const texts: string[] = [];
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 3 && field.wire === BYTES) type = await message.text(field);
    else if (field.number === 4 && field.wire === BYTES) {
      const attribute = message.sub(field);
      for (let item = await attribute.next(); item; item = await attribute.next())
        if (item.number === 5 && item.wire === BYTES) texts.push(await attribute.text(item));
    }
  }
  if (!isIdentifier(type)) throw new ParseError('Paddle operator without a type', message.end);
  operators.set(type, (operators.get(type) ?? 0) + 1);
  if (PYTHON.has(type) || /py_?func|python/i.test(type))
    draft.report('dangerous-operation', { operation: printable(type, 80), kind: 'python' });
  else if (FILES.has(type)) {
    const path = texts.find((text) => escapes(text));
    if (path !== undefined)
      draft.report('dangerous-operation', {
        operation: type,
        kind: type.startsWith('save') ? 'fileWrite' : 'fileRead',
        target: printable(path),
      });
    else if (type.startsWith('save')) draft.report('custom-operation', { operation: type, domain: 'paddle' });
  }
}

async function readProgram(message: Message, context: InspectContext, draft: Draft): Promise<void> {
  const operators = new Map<string, number>();
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number !== 1) {
      // ProgramDesc: blocks, version, op_version_map, and nothing else.
      if (![2, 3, 4, 5].includes(field.number)) throw new ParseError('no Paddle program', field.start);
      continue;
    }
    const block = message.sub(field);
    for (let item = await block.next(); item; item = await block.next()) {
      spend(context, 1);
      if ((item.number === 1 || item.number === 2) && item.wire !== VARINT) throw new ParseError('no Paddle block', item.start);
      if (item.number === 4 && item.wire === BYTES) {
        await readOperator(block.sub(item), operators, draft);
        draft.certain = true;
      }
    }
  }
  if (operators.size === 0) throw new ParseError('Paddle program without operators');
  draft.facts['operators'] = Object.fromEntries([...operators].sort().slice(0, MAX_OPERATORS));
}

/** Parameters one after the other: u32 version, u64 level of detail, its tables, u32 version, i32 size, TensorDesc, data. */
async function readParameters(cursor: Cursor, context: InspectContext, draft: Draft): Promise<void> {
  let count = 0;
  const dtypes = new Set<string>();
  let elements = 0;
  while (cursor.remaining > 0) {
    spend(context, 1);
    await cursor.need(16);
    if (cursor.u32() !== 0) throw new ParseError('no Paddle tensor', cursor.position);
    const levels = cursor.u64();
    if (levels > 16n) throw new ParseError('no Paddle tensor', cursor.position);
    for (let i = 0; i < Number(levels); i += 1) {
      await cursor.need(8);
      cursor.skip(cursor.u64());
    }
    await cursor.need(8);
    if (cursor.u32() !== 0) throw new ParseError('no Paddle tensor', cursor.position);
    const size = cursor.i32();
    if (size <= 0 || size > 4096) throw new ParseError('no Paddle tensor description', cursor.position);
    const start = cursor.position;
    const description = new Message(cursor, start, start + size);
    let type = -1;
    let product = 1;
    for (let field = await description.next(); field; field = await description.next()) {
      if (field.number === 1) type = Number(field.value);
      else if (field.number === 2)
        for (const dimension of await description.integers(field)) product *= Number(BigInt.asIntN(64, dimension));
    }
    const name = PARAMETER_TYPES[type];
    if (name === undefined || product < 0) throw new ParseError('Paddle tensor of unknown type', start);
    const bits = name === 'bool' ? 8 : Number(/\d+/.exec(name)?.[0] ?? 8);
    cursor.seek(start + size);
    cursor.skip(product * (bits / 8));
    draft.certain = true;
    dtypes.add(name);
    elements += product;
    count += 1;
  }
  if (count === 0) throw new ParseError('no Paddle parameters');
  draft.facts['tensorCount'] = count;
  draft.card = { parameterCount: elements, dtypes: [...dtypes].sort() };
}

/** A block begins with its index, 0, and its parent. */
const beginsBlock = (head: Uint8Array): boolean =>
  [2, 3, 4, 5].some((at) => head[at] === 0x08 && head[at + 1] === 0 && head[at + 2] === 0x10);

/** Paddle's inference format: `.pdmodel` (or `__model__`) and `.pdiparams`. `.pdparams` are pickles. */
export const paddle = defineReader({
  id: 'paddle',
  extensions: ['.pdmodel', '.pdiparams', '.pdparams', '.pdopt'],
  matches: ({ head, path }) => {
    if (hasExtension(path, '.pdmodel', '.pdiparams') || baseName(path) === '__model__') return 'maybe';
    return head[0] === 0x0a && beginsBlock(head) ? 'maybe' : 'no';
  },
  async read({ reader, path }, context, draft) {
    draft.certain = hasExtension(path, '.pdmodel', '.pdiparams');
    if (hasExtension(path, '.pdiparams')) return readParameters(new Cursor(reader), context, draft);
    return readProgram(new Message(new Cursor(reader)), context, draft);
  },
});
