import { inflateSync } from 'node:zlib';
import { LimitError, ParseError } from '../../core/errors.ts';
import type { InspectContext } from '../format.ts';
import { spend } from '../reading.ts';
import type { Datatype } from './datatype.ts';
import type { GlobalHeaps } from './heaps.ts';
import { MESSAGE, type HeaderMessage } from './messages.ts';
import type { Space } from './space.ts';

/** Bytes of one value that could be a pickle. */
const MAX_VALUE = 16 * 1024 * 1024;
/** Chunks of one dataset of bytes that are looked at. */
const MAX_CHUNKS = 4096;
const MAX_LEVEL = 16;
const DEFLATE = 1;
const SHUFFLE = 2;
const CHECKSUM = 3;

export interface Layout {
  readonly kind: 'compact' | 'contiguous' | 'chunked' | 'virtual' | 'other';
  readonly data: Uint8Array | undefined;
  readonly address: number | undefined;
  readonly size: number;
  /** Dimensions of the chunk B-tree's keys, for version 3 layouts. */
  readonly rank: number;
}

export function readLayout(bytes: Uint8Array, space: Space): Layout {
  const fields = space.of(bytes);
  const version = fields.uint(1);
  const none = { data: undefined, address: undefined, size: 0, rank: 0 };
  if (version < 3) {
    const rank = fields.uint(1);
    const layout = fields.uint(1);
    fields.skip(5);
    return {
      ...none,
      kind: layout === 1 ? 'contiguous' : layout === 2 ? 'chunked' : 'compact',
      address: layout === 0 ? undefined : fields.address(),
      rank,
      size: 0,
    };
  }
  const layout = fields.uint(1);
  if (layout === 0) {
    const size = fields.uint(2);
    return { ...none, kind: 'compact', data: fields.take(size), size };
  }
  if (layout === 1) return { ...none, kind: 'contiguous', address: fields.address(), size: fields.length() };
  if (layout === 3) return { ...none, kind: 'virtual', address: fields.address() };
  if (layout === 2 && version === 3) {
    const rank = fields.uint(1);
    return { ...none, kind: 'chunked', address: fields.address(), rank };
  }
  return { ...none, kind: 'other' };
}

/** Ids of the filters of a dataset, in the order of writing. */
function readFilters(messages: readonly HeaderMessage[], space: Space): readonly number[] {
  const message = messages.find(({ type }) => type === MESSAGE.filters);
  if (!message) return [];
  const fields = space.of(message.data);
  const version = fields.uint(1);
  const count = fields.uint(1);
  if (version === 1) fields.skip(6);
  const ids: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const id = fields.uint(2);
    const nameLength = version === 1 || id >= 256 ? fields.uint(2) : 0;
    fields.skip(2);
    const values = fields.uint(2);
    fields.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    fields.skip(values * 4 + (version === 1 && values % 2 === 1 ? 4 : 0));
    ids.push(id);
  }
  return ids;
}

interface Chunk {
  readonly address: number;
  readonly size: number;
}

/** Chunks of a version 1 B-tree. */
async function readChunks(space: Space, root: number, rank: number): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  const seen = new Set<number>();
  const keySize = 8 + rank * 8;
  const visit = async (address: number, depth: number): Promise<void> => {
    if (depth > MAX_LEVEL || seen.has(address)) throw new ParseError('HDF5 chunk tree with a loop', address);
    seen.add(address);
    const head = await space.fields(address, 8 + 2 * space.offsetSize);
    head.signature('TREE');
    if (head.uint(1) !== 1) throw new ParseError('HDF5 chunk tree of another kind', address);
    const level = head.uint(1);
    const entries = head.uint(2);
    const body = await space.fields(address + 8 + 2 * space.offsetSize, entries * (keySize + space.offsetSize));
    for (let i = 0; i < entries; i += 1) {
      const size = body.uint(4);
      body.skip(keySize - 4);
      const child = body.address();
      if (child === undefined) continue;
      if (level > 0) await visit(child, depth + 1);
      else chunks.push({ address: child, size });
      if (chunks.length > MAX_CHUNKS) throw new LimitError('hdf5-chunks', 'HDF5 dataset of bytes with too many chunks');
    }
  };
  await visit(root, 0);
  return chunks;
}

function inflate(bytes: Uint8Array, context: InspectContext): Uint8Array {
  const limit = Math.min(MAX_VALUE, Math.max(1, context.budget.bytes));
  try {
    const out = inflateSync(bytes, { maxOutputLength: limit });
    context.budget.bytes -= out.length;
    return out;
  } catch {
    throw new ParseError('HDF5 chunk cannot be inflated');
  }
}

/** Raw pieces of a dataset's data, one at a time, each of which may hold a payload of its own. */
export async function* datasetPieces(
  layout: Layout,
  messages: readonly HeaderMessage[],
  space: Space,
  context: InspectContext,
): AsyncGenerator<Uint8Array> {
  if (layout.kind === 'compact') {
    if (layout.data) yield layout.data;
    return;
  }
  if (layout.kind === 'contiguous') {
    if (layout.address !== undefined) yield await space.read(layout.address, Math.min(layout.size, MAX_VALUE));
    return;
  }
  if (layout.kind !== 'chunked') throw new ParseError('HDF5 dataset of bytes in a layout that is not read');
  const filters = readFilters(messages, space);
  if (layout.address === undefined) return;
  for (const { address, size } of await readChunks(space, layout.address, layout.rank)) {
    let piece = await space.read(address, size);
    for (const filter of [...filters].reverse()) {
      if (filter === DEFLATE) piece = inflate(piece, context);
      // Shuffle changes nothing for single bytes; Fletcher-32 appends four.
      else if (filter !== SHUFFLE && filter !== CHECKSUM) throw new ParseError(`HDF5 filter ${filter} is not read`);
    }
    yield piece;
  }
}

/** Values of a piece whose elements are strings, bytes or sequences. */
export async function* datasetValues(
  datatype: Datatype,
  piece: Uint8Array,
  space: Space,
  heaps: GlobalHeaps,
  context: InspectContext,
): AsyncGenerator<Uint8Array> {
  if (datatype.kind === 'number') {
    yield piece;
    return;
  }
  if (datatype.kind === 'vlen' || datatype.kind === 'vlen-string') {
    const fields = space.of(piece);
    while (fields.remaining >= 8 + space.offsetSize) {
      spend(context, 1);
      const length = fields.uint(4);
      const address = fields.address();
      const index = fields.uint(4);
      const value = length > 0 && address !== undefined && address > 0 ? await heaps.object(address, index) : undefined;
      if (value) yield value;
    }
    return;
  }
  for (let at = 0; at + datatype.size <= piece.length && datatype.size > 0; at += datatype.size)
    yield piece.subarray(at, at + datatype.size);
}
