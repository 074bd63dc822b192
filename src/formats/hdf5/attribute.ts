import { ParseError } from '../../core/errors.ts';
import { readDataspace, readDatatype, type Datatype } from './datatype.ts';
import type { GlobalHeaps } from './heaps.ts';
import type { Space } from './space.ts';

export interface Attribute {
  readonly name: string;
  readonly datatype: Datatype | undefined;
  readonly elements: number;
  readonly data: Uint8Array;
}

/** Strings of one attribute that are read; weight name lists of deep networks have thousands. */
const MAX_STRINGS = 10_000;

const padded = (size: number, version: number): number => (version === 1 ? Math.ceil(size / 8) * 8 : size);

/** An attribute message, version 1 to 3. A shared (committed) datatype is left `undefined`. */
export function readAttribute(bytes: Uint8Array, space: Space): Attribute {
  const fields = space.of(bytes);
  const version = fields.uint(1);
  if (version < 1 || version > 3) throw new ParseError(`HDF5 attribute version ${version}`);
  const flags = fields.uint(1);
  const [nameSize, typeSize, spaceSize] = [fields.uint(2), fields.uint(2), fields.uint(2)];
  if (version === 3) fields.skip(1);
  const name = Buffer.from(fields.take(padded(nameSize, version)))
    .toString('utf8')
    .replace(/\0.*$/s, '');
  const type = fields.take(padded(typeSize, version));
  const extent = fields.take(padded(spaceSize, version));
  const datatype = version > 1 && (flags & 1) !== 0 ? undefined : readDatatype(space.of(type));
  const { elements } = readDataspace(space.of(extent));
  return { name, datatype, elements, data: bytes.subarray(fields.at) };
}

/** The values of a string, opaque or byte attribute; empty for numbers. */
export async function attributeBytes({ datatype, elements, data }: Attribute, space: Space, heaps: GlobalHeaps): Promise<Uint8Array[]> {
  // Without a known type, the whole value is one.
  if (!datatype) return [data];
  if (datatype.kind === 'vlen' || datatype.kind === 'vlen-string') {
    const values: Uint8Array[] = [];
    const fields = space.of(data);
    for (let i = 0; i < Math.min(elements, MAX_STRINGS) && fields.remaining >= 8 + space.offsetSize; i += 1) {
      const length = fields.uint(4);
      const address = fields.address();
      const index = fields.uint(4);
      if (length === 0 || address === undefined || address === 0) continue;
      const value = await heaps.object(address, index);
      if (value) values.push(value);
    }
    return values;
  }
  if (datatype.kind === 'number' && datatype.size > 1) return [];
  if (datatype.kind === 'number') return [data.subarray(0, elements)];
  const values: Uint8Array[] = [];
  for (let i = 0; i < Math.min(elements, MAX_STRINGS) && (i + 1) * datatype.size <= data.length; i += 1)
    values.push(data.subarray(i * datatype.size, (i + 1) * datatype.size));
  return values;
}
