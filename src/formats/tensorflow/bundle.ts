import { LimitError, ParseError } from '../../core/errors.ts';
import { bytesReader } from '../../core/byte-reader.ts';
import { Cursor as ByteCursor } from '../archive/bytes.ts';
import { unsnappy } from '../archive/snappy.ts';
import { Cursor } from '../cursor.ts';
import type { ArtifactInput, InspectContext } from '../format.ts';
import { BYTES, Message, VARINT } from '../protobuf.ts';
import type { Draft } from '../draft.ts';
import { defineReader, printable, RECORD, spend } from '../reading.ts';
import { crc32c } from './crc32c.ts';

/**
 * The index of a checkpoint: a sorted table of LevelDB's form
 * (https://github.com/google/leveldb/blob/main/doc/table_format.md) from the names of tensors to
 * BundleEntryProto (tensorflow/core/protobuf/tensor_bundle.proto). The tensors lie beside it.
 */
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb] as const;
const FOOTER = 48;
/** Compression and checksum behind every block. */
const TRAILER = 5;
/** Blocks are written at 256 kB; a table of a model of thousands of tensors has a few. */
const MAX_BLOCK = 64 << 20;
const PLAIN = 0;
const SNAPPY = 1;
const CRC_MASK = 0xa282_ead8;
/** `DataType` of types.proto, without references. */
const TYPES = [
  '',
  'float32',
  'float64',
  'int32',
  'uint8',
  'int16',
  'int8',
  'string',
  'complex64',
  'int64',
  'bool',
  'qint8',
  'quint8',
  'qint32',
  'bfloat16',
  'qint16',
  'quint16',
  'uint16',
  'complex128',
  'float16',
  'resource',
  'variant',
  'uint32',
  'uint64',
  'float8_e5m2',
  'float8_e4m3fn',
] as const;

interface Place {
  readonly offset: number;
  readonly size: number;
}

function varint(cursor: ByteCursor): number {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = cursor.u8();
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return value;
  }
  throw new ParseError('integer in a checkpoint index is too long', cursor.offset);
}

const readPlace = (cursor: ByteCursor): Place => ({ offset: varint(cursor), size: varint(cursor) });

async function readBlock({ reader }: ArtifactInput, { offset, size }: Place, context: InspectContext): Promise<Uint8Array> {
  if (size > MAX_BLOCK) throw new LimitError('MAX_BLOCK', `block of ${size} bytes in a checkpoint index`);
  const bytes = await reader.read(offset, size + TRAILER);
  if (bytes.length < size + TRAILER) throw new ParseError('checkpoint index is cut off', offset);
  const crc = crc32c(bytes.subarray(0, size + 1));
  const masked = (((crc >>> 15) | (crc << 17)) + CRC_MASK) >>> 0;
  if (new ByteCursor(bytes, size + 1).u32() !== masked) throw new ParseError('checksum of a checkpoint index differs', offset);
  const block = bytes.subarray(0, size);
  if (bytes[size] === PLAIN) return block;
  if (bytes[size] !== SNAPPY) throw new ParseError('block of a checkpoint index is compressed by an unknown method', offset);
  const plain = unsnappy(block, MAX_BLOCK);
  context.budget.bytes -= plain.length;
  if (context.budget.bytes < 0) throw new LimitError('MAX_DECOMPRESSED', 'the artifact decompresses to more bytes than the limit');
  return plain;
}

/** Keys share a prefix with the one before; an array of restart points follows them. */
function* entriesOf(block: Uint8Array): Generator<readonly [key: Uint8Array, value: Uint8Array]> {
  if (block.length < 4) throw new ParseError('block of a checkpoint index is too short');
  const restarts = new ByteCursor(block, block.length - 4).u32();
  const end = block.length - 4 - restarts * 4;
  const cursor = new ByteCursor(block);
  let key = new Uint8Array(0);
  while (cursor.offset < end) {
    const [shared, own, length] = [varint(cursor), varint(cursor), varint(cursor)];
    if (shared > key.length) throw new ParseError('key of a checkpoint index has no beginning', cursor.offset);
    key = Buffer.concat([key.subarray(0, shared), cursor.take(own)]);
    yield [key, cursor.take(length)];
  }
  if (cursor.offset !== end) throw new ParseError('entries of a checkpoint index overrun', cursor.offset);
}

interface Totals {
  tensors: number;
  parameters: bigint;
  readonly dtypes: Set<string>;
}

async function readEntry(value: Uint8Array, totals: Totals): Promise<void> {
  const message = new Message(new Cursor(bytesReader(value)));
  let elements = 1n;
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1 && field.wire === VARINT) totals.dtypes.add(TYPES[Number(field.value)] ?? `type ${field.value}`);
    else if (field.number === 2 && field.wire === BYTES) {
      const shape = message.sub(field);
      for (let dimension = await shape.next(); dimension; dimension = await shape.next()) {
        if (dimension.number !== 2 || dimension.wire !== BYTES) continue;
        const size = await shape.sub(dimension).next();
        if (size?.number === 1) elements *= size.value;
      }
    }
  }
  totals.tensors += 1;
  totals.parameters += elements;
}

async function read(input: ArtifactInput, context: InspectContext, draft: Draft): Promise<void> {
  const { reader } = input;
  draft.certain = true;
  const footer = new ByteCursor(await reader.read(reader.size - FOOTER, FOOTER));
  const [meta, index] = [readPlace(footer), readPlace(footer)];
  let covered = meta.size + index.size + 2 * TRAILER;
  const totals: Totals = { tensors: 0, parameters: 0n, dtypes: new Set() };
  await readBlock(input, meta, context);
  for (const [, place] of entriesOf(await readBlock(input, index, context))) {
    const at = readPlace(new ByteCursor(place));
    covered += at.size + TRAILER;
    for (const [key, value] of entriesOf(await readBlock(input, at, context))) {
      spend(context, RECORD);
      // The empty key holds the header, and a leading underscore Keras' graph of objects.
      if (key.length > 0 && !printable(Buffer.from(key).toString('latin1')).startsWith('_CHECKPOINTABLE')) await readEntry(value, totals);
    }
  }
  if (covered + FOOTER !== reader.size)
    draft.report('incomplete-artifact', { reason: 'malformed', detail: 'bytes of a checkpoint index that belong to no block' });
  draft.facts['tensorCount'] = totals.tensors;
  if (totals.tensors > 0) draft.card = { parameterCount: Number(totals.parameters), dtypes: [...totals.dtypes].sort() };
}

export const tensorflowBundle = defineReader({
  id: 'tensorflow-checkpoint',
  extensions: ['.index'],
  matches: ({ tail }) => (tail.length >= FOOTER && MAGIC.every((byte, at) => tail[tail.length - 8 + at] === byte) ? 'yes' : 'no'),
  read,
});
