import { ParseError } from '../core/errors.ts';

/** An index of a million files is about 100 MB; more is not read. */
export const MAX_INDEX_SIZE = 256 * 1024 * 1024;

const SIGNATURE = 0x44495243; // "DIRC"
const FIXED = 62; // ctime … flags, with a SHA-1 object name

/**
 * Paths that git tracks and the names of their blobs, from the bytes of `.git/index` (versions 2 to 4, SHA-1 object names).
 * A tracked file is part of the repository whatever `.gitignore` says, so the walker must never
 * let an ignore pattern hide it.
 * Source: https://git-scm.com/docs/index-format
 * @throws ParseError where the bytes do not follow the format.
 */
export function readIndex(bytes: Buffer): Map<string, string> {
  if (bytes.length < 12 || bytes.readUInt32BE(0) !== SIGNATURE) throw new ParseError('not a git index', 0);
  const version = bytes.readUInt32BE(4);
  if (version < 2 || version > 4) throw new ParseError(`git index version ${version} is not supported`, 4);
  const count = bytes.readUInt32BE(8);
  const blobs = new Map<string, string>();
  let offset = 12;
  let previous = Buffer.alloc(0);
  for (let i = 0; i < count; i++) {
    const start = offset;
    if (start + FIXED > bytes.length) throw new ParseError('git index ends inside an entry', start);
    const extended = (bytes.readUInt16BE(start + 60) & 0x4000) !== 0;
    offset = start + FIXED + (extended ? 2 : 0);
    let keep = 0;
    if (version === 4) {
      const prefix = readOffsetVarint(bytes, offset);
      offset = prefix.next;
      keep = previous.length - prefix.value;
      if (keep < 0) throw new ParseError('git index entry removes more than its predecessor has', start);
    }
    const end = bytes.indexOf(0, offset);
    if (end < 0) throw new ParseError('git index path has no end', offset);
    const path = Buffer.concat([previous.subarray(0, keep), bytes.subarray(offset, end)]);
    blobs.set(path.toString('utf8'), bytes.toString('hex', start + 40, start + 60));
    previous = path;
    // Versions 2 and 3 pad each entry with 1 to 8 NUL bytes to a multiple of eight.
    offset = version === 4 ? end + 1 : start + ((end - start + 8) & ~7);
  }
  return blobs;
}

/** The paths alone. @throws ParseError */
export const readTrackedPaths = (bytes: Buffer): Set<string> => new Set(readIndex(bytes).keys());

/** The variable-length integer of pack files' OFS_DELTA, which version 4 reuses. */
function readOffsetVarint(bytes: Buffer, at: number): { value: number; next: number } {
  let next = at;
  let byte = bytes[next++] ?? 0;
  let value = byte & 0x7f;
  while (byte & 0x80) {
    if (next >= bytes.length || value > 0xffff_ffff) throw new ParseError('git index prefix length is not a number', at);
    byte = bytes[next++] ?? 0;
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, next };
}
