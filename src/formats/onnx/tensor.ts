import type { Draft } from '../draft.ts';
import { printable } from '../reading.ts';
import { escapes } from '../external-path.ts';
import { inspectBytesTensor, MAX_REGIONS } from '../region.ts';
import { BYTES, VARINT, type Field, type Message } from '../protobuf.ts';
import type { OnnxWalk } from './walk-state.ts';

/** `TensorProto.DataType`: name and bits. Strings (8) have no size. */
const TYPES: ReadonlyMap<number, readonly [string, bigint]> = new Map([
  [1, ['FLOAT', 32n]],
  [2, ['UINT8', 8n]],
  [3, ['INT8', 8n]],
  [4, ['UINT16', 16n]],
  [5, ['INT16', 16n]],
  [6, ['INT32', 32n]],
  [7, ['INT64', 64n]],
  [9, ['BOOL', 8n]],
  [10, ['FLOAT16', 16n]],
  [11, ['DOUBLE', 64n]],
  [12, ['UINT32', 32n]],
  [13, ['UINT64', 64n]],
  [14, ['COMPLEX64', 64n]],
  [15, ['COMPLEX128', 128n]],
  [16, ['BFLOAT16', 16n]],
  [17, ['FLOAT8E4M3FN', 8n]],
  [18, ['FLOAT8E4M3FNUZ', 8n]],
  [19, ['FLOAT8E5M2', 8n]],
  [20, ['FLOAT8E5M2FNUZ', 8n]],
  [21, ['UINT4', 4n]],
  [22, ['INT4', 4n]],
  [23, ['FLOAT4E2M1', 4n]],
  [24, ['FLOAT8E8M0', 8n]],
]);
const EXTERNAL = 1n;
const MAX_EXTERNAL_FILES = 50;
/** Longer than any system opens. */
const MAX_PATH = 65_536;
const MAX_ELEMENTS = 1n << 62n;

async function entry(message: Message, field: Field): Promise<readonly [string, string]> {
  const pair = message.sub(field);
  let [key, value] = ['', ''];
  for (let item = await pair.next(); item; item = await pair.next()) {
    if (item.number === 1) key = await pair.text(item);
    else if (item.number === 2) value = await pair.text(item, MAX_PATH);
  }
  return [key, value];
}

function judgeExternal(entries: readonly (readonly [string, string])[], name: string, walk: OnnxWalk, draft: Draft): void {
  const tensor = printable(name, 80);
  for (const [key, value] of entries) {
    if (!walk.words('externalKeys').has(key)) {
      // CVE-2026-34445: keys become attributes of a Python object.
      if (!key.startsWith('prepacked')) draft.report('external-reference', { tensor, problem: 'unknown-key', key: printable(key, 60) });
    } else if (key === 'location') {
      if (escapes(value)) draft.report('external-reference', { tensor, problem: 'path', target: printable(value) });
      walk.externalFiles.add(printable(value));
    } else if (key === 'basepath') draft.report('external-reference', { tensor, problem: 'basepath', target: printable(value) });
    else if ((key === 'offset' || key === 'length') && !/^\d{1,18}$/.test(value))
      draft.report('malformed-artifact', { problem: 'external-range', tensor, value: printable(value, 40) });
  }
  if (entries.filter(([key, value]) => key === 'location' && value !== '').length !== 1)
    draft.report('malformed-artifact', { problem: 'external-location', tensor });
}

/** `UINT8`, `INT8` and `STRING`: bytes. */
const BYTE_TYPES: ReadonlySet<number> = new Set([2, 3, 8]);

/** Reads dimensions, type and place of a TensorProto; its data is passed over, but that a row of bytes may be a file. */
export async function readTensor(message: Message, counted: boolean, walk: OnnxWalk): Promise<void> {
  const { draft } = walk;
  let elements = 1n;
  let type = 0;
  let name = '';
  let location = 0n;
  let raw: Field | undefined;
  let text: Field | undefined;
  const external: (readonly [string, string])[] = [];
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1) {
      for (const dimension of await message.integers(field)) {
        if (dimension > MAX_ELEMENTS) draft.report('malformed-artifact', { problem: 'negative-dimension' }, { offset: field.start });
        else elements *= dimension;
      }
    } else if (field.number === 2 && field.wire === VARINT) type = Number(field.value);
    else if (field.number === 8) name = await message.text(field);
    else if (field.number === 9 && field.wire === BYTES) raw = field;
    else if (field.number === 6 && field.wire === BYTES) text ??= field;
    else if (field.number === 13) external.push(await entry(message, field));
    else if (field.number === 14) location = field.value;
  }
  if (elements > MAX_ELEMENTS) {
    draft.report('malformed-artifact', { problem: 'shape-overflow', tensor: printable(name, 80) }, { offset: message.end });
    elements = 0n;
  }
  const known = TYPES.get(type);
  if (counted) {
    walk.parameters += elements;
    walk.tensors += 1;
    if (known) walk.dtypes.add(known[0]);
  }
  if (location === EXTERNAL || external.length > 0) {
    if (walk.externalFiles.size < MAX_EXTERNAL_FILES) judgeExternal(external, name, walk, draft);
    return;
  }
  const row = raw ?? text;
  if (row && BYTE_TYPES.has(type) && walk.rows < MAX_REGIONS) {
    walk.rows += 1;
    const path = `${walk.path}!${printable(name, 60)}`;
    draft.findings.push(...(await inspectBytesTensor(walk.reader, row.start, row.length, path, walk.context)));
  }
  if (raw !== undefined && known && BigInt(raw.length) !== (elements * known[1] + 7n) / 8n) {
    draft.report('malformed-artifact', { problem: 'size-mismatch', tensor: printable(name, 80) }, { offset: message.end });
  }
}

/** SparseTensorProto: two tensors, either of which may be external. */
export async function readSparseTensor(message: Message, walk: OnnxWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1 || field.number === 2) await readTensor(message.sub(field), field.number === 1, walk);
  }
}
