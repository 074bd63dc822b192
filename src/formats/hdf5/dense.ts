import { LimitError, ParseError } from '../../core/errors.ts';
import { verify } from './checksum.ts';
import type { Space } from './space.ts';

/** Objects of one fractal heap that are read: links or attributes of one object. */
const MAX_RECORDS = 100_000;
const MAX_DEPTH = 8;

interface Heap {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly width: number;
  readonly startSize: number;
  readonly maxDirect: number;
  readonly root: number;
  readonly rootRows: number;
  readonly checksums: boolean;
  readonly filtered: boolean;
  readonly heapBits: number;
}

async function readHeap(space: Space, address: number): Promise<Heap> {
  const fields = await space.fields(address, 22 + 12 * space.lengthSize + 3 * space.offsetSize);
  fields.signature('FRHP');
  fields.skip(3);
  const filters = fields.uint(2);
  const flags = fields.uint(1);
  const maxManaged = fields.uint(4);
  fields.length();
  fields.address();
  fields.length();
  fields.address();
  for (let i = 0; i < 8; i += 1) fields.length();
  const width = fields.uint(2);
  const startSize = fields.length();
  const maxDirect = fields.length();
  const heapBits = fields.uint(2);
  fields.skip(2);
  const root = fields.address();
  const rootRows = fields.uint(2);
  if (filters === 0) await verify(space, address, fields.at + 4, 'fractal heap');
  if (root === undefined) throw new ParseError('empty HDF5 fractal heap', address);
  const bytesFor = (value: number): number => Math.max(1, Math.ceil(Math.log2(value + 1) / 8));
  if (startSize === 0 || width === 0) throw new ParseError('HDF5 fractal heap without blocks', address);
  return {
    offsetBytes: Math.ceil(heapBits / 8),
    lengthBytes: Math.min(bytesFor(maxDirect), bytesFor(maxManaged)),
    width,
    startSize,
    maxDirect,
    root,
    rootRows,
    checksums: (flags & 2) !== 0,
    filtered: filters > 0,
    heapBits,
  };
}

/** Rows of the doubling table: the first two have blocks of the starting size. */
const rowSize = (heap: Heap, row: number): number => heap.startSize * 2 ** Math.max(0, row - 1);

/** Address of the direct block that holds a heap offset, and where the block begins in the heap. */
async function locate(space: Space, heap: Heap, offset: number): Promise<readonly [number, number]> {
  let address = heap.root;
  let rows = heap.rootRows;
  let start = 0;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    if (rows === 0) return [address, start];
    let row = 0;
    let rowStart = start;
    while (row < rows && offset >= rowStart + heap.width * rowSize(heap, row)) {
      rowStart += heap.width * rowSize(heap, row);
      row += 1;
    }
    if (row >= rows) throw new ParseError('HDF5 heap offset beyond its blocks');
    const column = Math.floor((offset - rowStart) / rowSize(heap, row));
    const head = 5 + space.offsetSize + heap.offsetBytes;
    const pointer = await space.fields(address + head + (row * heap.width + column) * space.offsetSize, space.offsetSize);
    const child = pointer.address();
    if (child === undefined) throw new ParseError('HDF5 heap block is missing');
    start = rowStart + column * rowSize(heap, row);
    rows = rowSize(heap, row) <= heap.maxDirect ? 0 : Math.log2(rowSize(heap, row) / (heap.startSize * heap.width)) + 1;
    address = child;
  }
  throw new LimitError('hdf5-heap-depth', 'HDF5 fractal heap is too deep');
}

async function readObject(space: Space, heap: Heap, id: Uint8Array): Promise<Uint8Array | undefined> {
  const kind = ((id[0] ?? 0) >> 4) & 3;
  if (kind === 2) return id.subarray(1, 2 + ((id[0] ?? 0) & 15));
  if (kind !== 0 || heap.filtered) return undefined;
  const fields = space.of(id.subarray(1));
  const offset = fields.uint(heap.offsetBytes);
  const length = fields.uint(heap.lengthBytes);
  const [block, start] = await locate(space, heap, offset);
  return space.read(block + offset - start, length);
}

/** Heap ids of a version 2 B-tree: link names (5, 6), attributes (8, 9). */
async function readIds(space: Space, address: number): Promise<Uint8Array[]> {
  const head = await space.fields(address, 22 + space.offsetSize + space.lengthSize);
  head.signature('BTHD');
  head.skip(1);
  const type = head.uint(1);
  const nodeSize = head.uint(4);
  const recordSize = head.uint(2);
  const depth = head.uint(2);
  head.skip(2);
  const root = head.address();
  const count = head.uint(2);
  await verify(space, address, 22 + space.offsetSize + space.lengthSize, 'B-tree');
  // Index by name puts a hash before the id (5), index by creation order 8 bytes (6).
  const skip = type === 5 ? 4 : type === 6 ? 8 : type === 8 || type === 9 ? 0 : -1;
  const idSize = type === 5 || type === 6 ? 7 : 8;
  if (skip < 0 || recordSize < skip + idSize) throw new ParseError(`HDF5 B-tree of type ${type}`, address);
  const ids: Uint8Array[] = [];
  const maxLeaf = Math.floor((nodeSize - 10) / recordSize);
  const bytesFor = (value: number): number => Math.max(1, Math.ceil(Math.log2(value + 1) / 8));
  const visit = async (node: number, records: number, level: number, most: number): Promise<void> => {
    if (ids.length > MAX_RECORDS || level > MAX_DEPTH) throw new LimitError('hdf5-btree', 'HDF5 B-tree is too large');
    const fields = await space.fields(node, nodeSize);
    fields.signature(level === 0 ? 'BTLF' : 'BTIN');
    fields.skip(2);
    for (let i = 0; i < records; i += 1) ids.push(fields.take(recordSize).subarray(skip, skip + idSize));
    if (level === 0) return;
    for (let i = 0; i <= records; i += 1) {
      const child = fields.address();
      const inside = fields.uint(bytesFor(maxLeaf));
      if (level > 1) fields.skip(bytesFor(most));
      if (child !== undefined) await visit(child, inside, level - 1, most);
    }
  };
  if (root !== undefined) await visit(root, count, depth, maxLeaf * maxLeaf);
  return ids;
}

/**
 * Links or attributes that one object stores outside of its header: a fractal heap, indexed by a
 * version 2 B-tree. Throws `ParseError` at the end where some are stored in ways that are not read
 * here (huge, filtered).
 */
export async function* readDense(space: Space, heapAddress: number, treeAddress: number): AsyncGenerator<Uint8Array> {
  const heap = await readHeap(space, heapAddress);
  let missing = 0;
  for (const id of await readIds(space, treeAddress)) {
    const object = await readObject(space, heap, id);
    if (object) yield object;
    else missing += 1;
  }
  if (missing > 0) throw new ParseError('HDF5 heap with objects that are not read');
}
