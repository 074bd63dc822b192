import { ParseError } from '../../core/errors.ts';
import type { Fields } from './space.ts';

export interface Datatype {
  readonly kind: 'number' | 'string' | 'opaque' | 'compound' | 'reference' | 'vlen-string' | 'vlen' | 'array' | 'other';
  /** Bytes of one element in the file. */
  readonly size: number;
  /** Name for the report: `float32`, `int64`. */
  readonly name: string;
}

const CLASSES: readonly Datatype['kind'][] = [
  'number',
  'number',
  'other',
  'string',
  'number',
  'opaque',
  'compound',
  'reference',
  'number',
  'vlen',
  'array',
  'number',
];

/** Class, size and a short name of a datatype message; members of compounds are not followed. */
export function readDatatype(fields: Fields): Datatype {
  const first = fields.uint(1);
  const bits = fields.uint(1);
  fields.skip(2);
  const size = fields.uint(4);
  const kind = CLASSES[first & 15];
  if (kind === undefined) throw new ParseError(`unknown HDF5 datatype class ${first & 15}`);
  if (kind === 'vlen') return { kind: (bits & 15) === 1 ? 'vlen-string' : 'vlen', size, name: 'vlen' };
  const names: Readonly<Record<number, string>> = {
    0: (bits & 8) === 0 && (fields.bytes[1] ?? 0) >= 0 ? 'uint' : 'int',
    1: 'float',
    4: 'bits',
    8: 'enum',
  };
  return { kind, size, name: names[first & 15] === undefined ? kind : `${names[first & 15]}${size * 8}` };
}

/** Number of elements of a dataspace message. */
export function readDataspace(fields: Fields): { readonly rank: number; readonly elements: number } {
  const version = fields.uint(1);
  const rank = fields.uint(1);
  if (rank > 32) throw new ParseError(`HDF5 dataspace of rank ${rank}`);
  fields.skip(1);
  fields.skip(version === 1 ? 5 : 1);
  let elements = 1;
  for (let i = 0; i < rank; i += 1) elements *= fields.length();
  return { rank, elements };
}
