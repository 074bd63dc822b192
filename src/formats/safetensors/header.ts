import { ParseError } from '../../core/errors.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../strict-json.ts';

/** Bits per element: `safetensors/src/tensor.rs`. Sub-byte types are packed. */
const DTYPE_BITS: ReadonlyMap<string, bigint> = new Map(
  Object.entries({
    BOOL: 8n,
    F4: 4n,
    F6_E2M3: 6n,
    F6_E3M2: 6n,
    U8: 8n,
    I8: 8n,
    F8_E5M2: 8n,
    F8_E4M3: 8n,
    F8_E8M0: 8n,
    F8_E4M3FNUZ: 8n,
    F8_E5M2FNUZ: 8n,
    I16: 16n,
    U16: 16n,
    F16: 16n,
    BF16: 16n,
    I32: 32n,
    U32: 32n,
    F32: 32n,
    C64: 64n,
    F64: 64n,
    I64: 64n,
    U64: 64n,
  }),
);

const USIZE = 1n << 64n;

interface Tensor {
  readonly name: string;
  readonly dtype: string;
  /** One row: what a program stores that is no weight. */
  readonly flat: boolean;
  readonly elements: bigint;
  readonly begin: bigint;
  readonly end: bigint;
}

interface Problem {
  readonly problem: string;
  readonly tensor?: string;
  readonly detail?: string;
}

const isSize = (value: JsonValue | undefined): value is bigint => typeof value === 'bigint' && value >= 0n && value < USIZE;

function tensorOf(name: string, value: JsonValue): Tensor | Problem {
  if (!isObject(value)) return { problem: 'tensor-not-object', tensor: name };
  const dtype = value.get('dtype');
  const shape = value.get('shape');
  const offsets = value.get('data_offsets');
  if (typeof dtype !== 'string' || !DTYPE_BITS.has(dtype)) {
    return { problem: 'unknown-dtype', tensor: name, ...(typeof dtype === 'string' && { detail: dtype }) };
  }
  if (!isArray(shape) || !shape.every(isSize)) return { problem: 'invalid-shape', tensor: name };
  if (!isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) return { problem: 'invalid-offsets', tensor: name };
  let elements = 1n;
  for (const dimension of shape as readonly bigint[]) {
    elements *= dimension;
    // The reference multiplies in order and checks each step, so a later 0 does not save an overflow.
    if (elements >= USIZE) return { problem: 'shape-overflow', tensor: name };
  }
  return { name, dtype, flat: shape.length === 1, elements, begin: offsets[0] as bigint, end: offsets[1] as bigint };
}

function layoutProblems(tensors: readonly Tensor[]): Problem[] {
  const problems: Problem[] = [];
  const order = [...tensors].sort((a, b) => (a.begin < b.begin ? -1 : a.begin > b.begin ? 1 : a.end < b.end ? -1 : a.end > b.end ? 1 : 0));
  let expected = 0n;
  for (const { name, dtype, elements, begin, end } of order) {
    if (end < begin) problems.push({ problem: 'reversed-offsets', tensor: name });
    else if (begin < expected) problems.push({ problem: 'overlapping-tensors', tensor: name });
    else if (begin > expected) problems.push({ problem: 'hole-between-tensors', tensor: name });
    if (end > expected) expected = end;
    const bits = elements * (DTYPE_BITS.get(dtype) ?? 0n);
    if (bits >= USIZE) problems.push({ problem: 'shape-overflow', tensor: name });
    else if (bits % 8n !== 0n) problems.push({ problem: 'misaligned-slice', tensor: name });
    else if (end >= begin && end - begin !== bits / 8n) problems.push({ problem: 'size-mismatch', tensor: name });
  }
  return problems;
}

export interface Header {
  readonly tensors: readonly Tensor[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Bytes of tensor data that the header promises. */
  readonly dataSize: bigint;
  readonly problems: readonly Problem[];
}

/** Applies every rule of the reference implementation; goes on after a broken one to say all. */
export function readHeader(root: JsonObject): Header {
  const tensors: Tensor[] = [];
  const problems: Problem[] = [];
  const metadata = new Map<string, string>();
  for (const [name, value] of root) {
    if (name === '__metadata__') {
      if (value === null) continue;
      if (!isObject(value)) {
        problems.push({ problem: 'metadata-not-object' });
        continue;
      }
      for (const [key, item] of value) {
        if (typeof item === 'string') metadata.set(key, item);
        else problems.push({ problem: 'metadata-not-string', detail: key });
      }
      continue;
    }
    const tensor = tensorOf(name, value);
    if ('problem' in tensor) problems.push(tensor);
    else tensors.push(tensor);
  }
  problems.push(...layoutProblems(tensors));
  let dataSize = 0n;
  for (const tensor of tensors) if (tensor.end > dataSize) dataSize = tensor.end;
  return { tensors, metadata, dataSize, problems };
}

/** Throws `ParseError` where the JSON value is no object. */
export function headerObject(value: JsonValue): JsonObject {
  if (!isObject(value)) throw new ParseError('header is no JSON object', 8);
  return value;
}
