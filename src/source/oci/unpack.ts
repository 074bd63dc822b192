import { posix } from 'node:path';
import { bytesReader, type ByteReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import { startsWith } from '../../formats/archive/bytes.ts';
import { decode } from '../../formats/archive/codec.ts';
import { gunzip, GZIP_MAGIC } from '../../formats/archive/gzip.ts';
import { linkEscapes, nameProblems } from '../../formats/archive/names.ts';
import { tarEntries, type TarEntry } from '../../formats/archive/tar/format.ts';
import { BLOCK, checksumHolds } from '../../formats/archive/tar/header.ts';
import { unzstd, ZSTD_MAGIC } from '../../formats/archive/zstd.ts';

export type Packing = 'tar' | 'gzip' | 'zstd' | 'none';

/** By content: the media type of a layer is a claim. */
export function packingOf(head: Uint8Array): Packing {
  if (startsWith(head, GZIP_MAGIC)) return 'gzip';
  if (startsWith(head, ZSTD_MAGIC)) return 'zstd';
  return head.length >= BLOCK && checksumHolds(head.subarray(0, BLOCK)) ? 'tar' : 'none';
}

/** What a compressed layer may expand to in memory. */
export const MAX_UNPACKED = 64 * 1024 * 1024;
/** Every header behind a large file is a request. */
export const MAX_MEMBERS = 5_000;
/** Zero blocks behind the last file: tar pads to 10 KiB. */
const MAX_PADDING = 64 * 1024;

/** `undefined` where it does not unpack within its limits; the formats tell why when they read it as one file. */
export async function inflated(packing: 'gzip' | 'zstd', packed: Uint8Array): Promise<ByteReader | undefined> {
  const budget = { bytes: MAX_UNPACKED, members: 1, steps: 0, deadline: Number.POSITIVE_INFINITY };
  const { bytes, consumed, problem } = await decode(
    packing === 'gzip' ? gunzip : unzstd,
    bytesReader(packed),
    { budget, now: () => 0 },
    MAX_UNPACKED,
  );
  return problem || consumed < packed.length ? undefined : bytesReader(bytes);
}

export interface Member {
  readonly path: string;
  readonly reader: ByteReader;
}

/** Anything for which two unpackers could disagree, or that does more than to write a file. */
function isOdd({ name, type, link, size, data }: TarEntry, image: boolean): boolean {
  if (nameProblems(name).length > 0 || data.size < size) return true;
  if (image) return false;
  if (type === '1' || type === '2') return linkEscapes(type === '1' ? '' : name, link);
  return type !== '0' && type !== '5';
}

/**
 * The files of a tar, by its headers alone. `undefined` for a tar that is damaged or odd in any way: that is
 * inspected as an archive, which tells what is wrong with it.
 */
export async function membersOf(tar: ByteReader, image: boolean): Promise<readonly Member[] | undefined> {
  const members = new Map<string, ByteReader>();
  try {
    const walk = tarEntries(tar);
    for (let count = 0; ; count += 1) {
      const { done, value } = await walk.next();
      if (done === true) return (await isPadding(tar, value)) ? [...members].map(([path, reader]) => ({ path, reader })) : undefined;
      if (count >= MAX_MEMBERS || isOdd(value, image)) return undefined;
      if (value.type !== '0') continue;
      const path = posix.normalize(value.name);
      if (members.has(path)) return undefined;
      members.set(path, value.data);
    }
  } catch (error) {
    if (error instanceof ParseError || error instanceof LimitError) return undefined;
    throw error;
  }
}

async function isPadding(tar: ByteReader, end: number): Promise<boolean> {
  if (end > tar.size || tar.size - end > MAX_PADDING) return false;
  return (await tar.read(end, tar.size - end)).every((byte) => byte === 0);
}
