import type { ByteReader } from '../../core/byte-reader.ts';
import { ParseError } from '../../core/errors.ts';
import { verify } from './checksum.ts';
import { Fields, Space } from './space.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
/** A user block may be any power of two from 512; nobody uses more than a megabyte. */
const MAX_USER_BLOCK = 1 << 20;
const HEAD = 160;

export interface Superblock {
  readonly version: number;
  /** Where the signature stands: what is before is the user block. */
  readonly offset: number;
  /** End of the file relative to the base, as written. */
  readonly endOfFile: number | undefined;
  readonly root: number;
}

export const hasSignature = (bytes: Uint8Array, at = 0): boolean => SIGNATURE.every((byte, i) => bytes[at + i] === byte);

export async function findSignature(reader: ByteReader): Promise<number | undefined> {
  for (let offset = 0; offset <= MAX_USER_BLOCK && offset < reader.size; offset = offset === 0 ? 512 : offset * 2) {
    if (hasSignature(await reader.read(offset, 8))) return offset;
  }
  return undefined;
}

const sizeOf = (value: number): number => {
  if (![2, 4, 8].includes(value)) throw new ParseError(`HDF5 offsets of ${value} bytes`);
  return value;
};

/** Reads superblocks 0 to 3 and sets sizes and base of the space. */
export async function readSuperblock(reader: ByteReader, space: Space, offset: number): Promise<Superblock> {
  const bytes = await reader.read(offset, HEAD);
  const fields = new Fields(bytes, space);
  fields.skip(8);
  const version = fields.uint(1);
  if (version > 3) throw new ParseError(`HDF5 superblock version ${version}`, offset);
  if (version >= 2) {
    space.offsetSize = sizeOf(fields.uint(1));
    space.lengthSize = sizeOf(fields.uint(1));
    fields.skip(1);
    const base = fields.address() ?? 0;
    fields.address();
    const endOfFile = fields.address();
    const root = fields.address();
    // Files moved behind a prefix keep base 0; the library then takes the place of the signature.
    space.base = base === 0 ? offset : base;
    if (root === undefined) throw new ParseError('HDF5 file without a root group', offset);
    await verify(space, offset - space.base, 16 + 4 * space.offsetSize, 'superblock');
    limitTo(space, endOfFile);
    return { version, offset, endOfFile, root };
  }
  fields.skip(4);
  space.offsetSize = sizeOf(fields.uint(1));
  space.lengthSize = sizeOf(fields.uint(1));
  fields.skip(1 + 4 + 4);
  if (version === 1) fields.skip(4);
  const base = fields.address() ?? 0;
  const freeSpace = fields.address();
  const endOfFile = fields.address();
  const driver = fields.address();
  fields.address();
  const root = fields.address();
  space.base = base === 0 ? offset : base;
  if (root === undefined) throw new ParseError('HDF5 file without a root group', offset);
  limitTo(space, endOfFile);
  for (const address of [freeSpace, driver])
    if (address !== undefined && address >= space.limit) space.damage ??= 'the superblock points behind the end that it gives';
  return { version, offset, endOfFile, root };
}

/** Older libraries count the end from the base address, newer ones from the beginning of the file: the later of both. */
function limitTo(space: Space, endOfFile: number | undefined): void {
  if (endOfFile !== undefined) space.limit = endOfFile;
}
