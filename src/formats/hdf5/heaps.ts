import { LimitError, ParseError } from '../../core/errors.ts';
import type { Fields, Space } from './space.ts';

const MAX_HEAP = 16 * 1024 * 1024;
const MAX_OBJECTS = 200_000;

/** Data segment of a local heap: names of old-style groups. */
export async function readLocalHeap(space: Space, address: number): Promise<Uint8Array> {
  const fields = await space.fields(address, 8 + 2 * space.lengthSize + space.offsetSize);
  fields.signature('HEAP');
  fields.skip(4);
  const size = fields.length();
  fields.length();
  const data = fields.address();
  if (data === undefined) throw new ParseError('HDF5 local heap without data', address);
  if (size > MAX_HEAP) throw new LimitError('hdf5-heap', 'HDF5 local heap is too large');
  return space.read(data, size);
}

export function heapString(heap: Uint8Array, offset: number): string {
  if (offset >= heap.length) throw new ParseError('HDF5 name beyond its heap');
  const end = heap.indexOf(0, offset);
  return Buffer.from(heap.subarray(offset, end < 0 ? heap.length : end)).toString('utf8');
}

/** Objects of global heap collections: variable-length strings and sequences. */
export class GlobalHeaps {
  readonly #space: Space;
  readonly #collections = new Map<number, Promise<ReadonlyMap<number, Uint8Array>>>();

  constructor(space: Space) {
    this.#space = space;
  }

  async object(address: number, index: number): Promise<Uint8Array | undefined> {
    let collection = this.#collections.get(address);
    if (!collection) {
      if (this.#collections.size > 8) this.#collections.clear();
      collection = readCollection(this.#space, address);
      this.#collections.set(address, collection);
    }
    return (await collection).get(index);
  }
}

async function readCollection(space: Space, address: number): Promise<ReadonlyMap<number, Uint8Array>> {
  const head = await space.fields(address, 8 + space.lengthSize);
  head.signature('GCOL');
  head.skip(4);
  const size = head.length();
  if (size > MAX_HEAP) throw new LimitError('hdf5-heap', 'HDF5 global heap is too large');
  return heapObjects(await space.fields(address, size), head.at);
}

function heapObjects(fields: Fields, start: number): ReadonlyMap<number, Uint8Array> {
  const objects = new Map<number, Uint8Array>();
  fields.skip(start);
  while (fields.remaining >= 16 && objects.size < MAX_OBJECTS) {
    const index = fields.uint(2);
    if (index === 0) break;
    fields.skip(6);
    const size = fields.length();
    objects.set(index, fields.take(size));
    fields.skip(Math.min((8 - (size % 8)) % 8, fields.remaining));
  }
  return objects;
}
