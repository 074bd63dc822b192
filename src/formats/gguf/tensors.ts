import { LimitError, ParseError } from '../../core/errors.ts';
import type { Cursor } from '../cursor.ts';
import type { InspectContext } from '../format.ts';
import type { Draft } from '../draft.ts';
import { printable, spend } from '../reading.ts';
import type { MetadataReader } from './metadata.ts';
import { GGML_TYPES } from './types.ts';

/** `GGML_MAX_DIMS`. */
const MAX_DIMENSIONS = 4;
/** ggml keeps 64 bytes; longer names are cut or refused. */
const MAX_NAME = 1024;
/** Several times the largest mixture-of-experts checkpoints. */
const MAX_TENSORS = 200_000;

interface TensorSpan {
  readonly name: string;
  readonly begin: bigint;
  readonly end: bigint;
}

export interface TensorTable {
  readonly elements: bigint;
  readonly types: ReadonlyMap<string, number>;
  /** Bytes of the data section that the tensors cover. */
  readonly dataSize: bigint;
  /** A tensor type that we do not know: its size cannot be checked. */
  readonly unknownTypes: readonly number[];
}

/** Reads and checks the tensor table. Offsets count from the aligned end of the header. */
export async function readTensors(
  cursor: Cursor,
  strings: MetadataReader,
  version: number,
  count: number,
  alignment: bigint,
  context: InspectContext,
  draft: Draft,
): Promise<TensorTable> {
  if (count > MAX_TENSORS) throw new LimitError('gguf-tensors', `${count} tensors are over the limit of ${MAX_TENSORS}`);
  const spans: TensorSpan[] = [];
  const names = new Set<string>();
  const types = new Map<string, number>();
  const unknownTypes = new Set<number>();
  let total = 0n;
  for (let i = 0; i < count; i += 1) {
    spend(context, 1);
    const at = cursor.position;
    const { text } = await strings.string(MAX_NAME);
    const name = printable(text ?? '');
    const problem = (kind: string): void => draft.report('malformed-artifact', { problem: kind, tensor: name }, { offset: at });
    if (text === undefined) problem('tensor-name-too-long');
    else if (names.has(text)) problem('duplicate-tensor');
    else names.add(text);
    await cursor.need(4);
    const dimensions = cursor.u32();
    if (dimensions > MAX_DIMENSIONS) throw new ParseError(`tensor with ${dimensions} dimensions`, at);
    await cursor.need(dimensions * 8 + 12);
    let elements = 1n;
    for (let d = 0; d < dimensions; d += 1) elements *= version > 1 ? cursor.u64() : BigInt(cursor.u32());
    const typeId = cursor.u32();
    const begin = cursor.u64();
    if (elements >= 1n << 63n) {
      problem('shape-overflow');
      continue;
    }
    total += elements;
    const type = GGML_TYPES.get(typeId);
    if (!type) {
      unknownTypes.add(typeId);
      continue;
    }
    types.set(type.name, (types.get(type.name) ?? 0) + 1);
    if (elements % type.block !== 0n) problem('partial-block');
    if (begin % alignment !== 0n) problem('misaligned-tensor');
    spans.push({ name, begin, end: begin + ((elements + type.block - 1n) / type.block) * type.size });
  }
  spans.sort((a, b) => (a.begin < b.begin ? -1 : a.begin > b.begin ? 1 : a.end < b.end ? -1 : 1));
  let covered = 0n;
  for (const span of spans) {
    if (span.begin < covered) draft.report('malformed-artifact', { problem: 'overlapping-tensors', tensor: span.name });
    else if (span.begin - covered >= alignment && unknownTypes.size === 0)
      draft.report('malformed-artifact', { problem: 'hole-between-tensors', tensor: span.name });
    if (span.end > covered) covered = span.end;
  }
  return { elements: total, types, dataSize: covered, unknownTypes: [...unknownTypes] };
}
