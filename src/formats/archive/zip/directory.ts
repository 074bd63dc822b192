import type { ByteReader } from '../../../core/byte-reader.ts';
import { MAX_DIRECTORY, TAIL_SIZE } from '../../limits.ts';
import { Cursor, startsWith } from '../bytes.ts';
import {
  CENTRAL_MAGIC,
  CENTRAL_SIZE,
  END64_MAGIC,
  END64_SIZE,
  END_MAGIC,
  END_SIZE,
  LOCATOR64_MAGIC,
  LOCATOR64_SIZE,
  readCentral,
  readEnd,
  type CentralHeader,
  type EndRecord,
} from './records.ts';

export interface Directory {
  readonly end: EndRecord;
  /** Where the central directory begins in the file. */
  readonly start: number;
  /** Bytes before the archive that shift every offset (self-extracting files, concatenations). */
  readonly shift: number;
  readonly entries: readonly CentralHeader[];
  /** What is wrong with the directory itself, in words. */
  readonly problems: readonly string[];
}

/** Positions of end records in `bytes`, last first. */
function endPositions(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let offset = bytes.length - END_SIZE; offset >= 0; offset -= 1) {
    if (bytes[offset] === 0x50 && startsWith(bytes, END_MAGIC, offset)) found.push(offset);
  }
  return found;
}

/** End records in the last 64 KiB, where every reader looks, last first. A zip64 record replaces the values of its 32-bit one. */
export async function findEnds(reader: ByteReader): Promise<EndRecord[]> {
  const base = Math.max(0, reader.size - TAIL_SIZE);
  const tail = await reader.read(base, TAIL_SIZE);
  const ends: EndRecord[] = [];
  for (const offset of endPositions(tail)) {
    const end = readEnd(tail, offset, base, reader.size);
    if (!end) continue;
    // zipfile follows a zip64 locator whatever the short record says, others only where they must.
    const wide = await readEnd64(reader, end);
    if (wide === 'missing') {
      ends.push({ ...end, conflict: true });
      continue;
    }
    if (wide) ends.push(end.zip64 || agree(end, wide) ? wide : { ...wide, conflict: true });
    // Where both records say the same, nobody looks for a directory directly before the short one.
    if (!wide || !(end.zip64 || agree(end, wide))) ends.push(end);
  }
  return ends;
}

const agree = (a: EndRecord, b: EndRecord): boolean =>
  a.entries === b.entries && a.directorySize === b.directorySize && a.directoryOffset === b.directoryOffset;

/** `missing`: a locator points to no record. */
async function readEnd64(reader: ByteReader, end: EndRecord): Promise<EndRecord | 'missing' | undefined> {
  const at = end.at - LOCATOR64_SIZE;
  if (at < 0) return undefined;
  const locator = await reader.read(at, LOCATOR64_SIZE);
  if (!startsWith(locator, LOCATOR64_MAGIC) || locator.length < LOCATOR64_SIZE) return undefined;
  const written = new Cursor(locator, 8).u64();
  // zipfile looks directly before the locator, others where it points: the former also holds with a prefix.
  for (const place of new Set([at - END64_SIZE, written])) {
    if (place < 0 || place > reader.size - END64_SIZE) continue;
    const record = await reader.read(place, END64_SIZE);
    if (!startsWith(record, END64_MAGIC)) continue;
    const cursor = new Cursor(record, 32);
    const entries = cursor.u64();
    return { ...end, at: place, entries, directorySize: cursor.u64(), directoryOffset: cursor.u64() };
  }
  return 'missing';
}

/** Reads central headers from `start` until something else stands there. */
async function readEntries(
  reader: ByteReader,
  start: number,
  length: number,
): Promise<{ entries: CentralHeader[]; problem: string | undefined; used: number }> {
  const entries: CentralHeader[] = [];
  const bytes = await reader.read(start, Math.min(length, MAX_DIRECTORY));
  const cursor = new Cursor(bytes);
  while (cursor.left >= CENTRAL_SIZE && startsWith(bytes, CENTRAL_MAGIC, cursor.offset)) {
    const at = cursor.offset;
    try {
      entries.push(readCentral(cursor, start + at));
    } catch {
      return { entries, problem: `central header at byte ${start + at} is cut off`, used: at };
    }
  }
  if (length > MAX_DIRECTORY) return { entries, problem: `directory of ${length} bytes is over the limit`, used: cursor.offset };
  return { entries, problem: undefined, used: cursor.offset };
}

async function isDirectory(reader: ByteReader, start: number): Promise<boolean> {
  return start >= 0 && startsWith(await reader.read(start, 4), CENTRAL_MAGIC);
}

/**
 * The directories that an end record can mean: zipfile takes the bytes directly before the record
 * (so a prefix does not disturb it), miniz the offset as written. Honest files give one.
 */
export async function readDirectories(reader: ByteReader, end: EndRecord): Promise<Directory[]> {
  const starts = new Set<number>();
  const before = end.at - end.directorySize;
  if (await isDirectory(reader, before)) starts.add(before);
  if (end.directoryOffset !== before && (await isDirectory(reader, end.directoryOffset))) starts.add(end.directoryOffset);
  const directories: Directory[] = [];
  for (const start of starts) {
    const { entries, problem, used } = await readEntries(reader, start, end.at - start);
    const problems = problem === undefined ? [] : [problem];
    if (end.conflict) problems.push('the zip64 end record is missing or says something else than the short one');
    if (start !== before) problems.push('the directory is not directly before its end record');
    // Entries are counted modulo 2^16 by writers without zip64.
    if (entries.length !== end.entries && entries.length % 65_536 !== end.entries) {
      problems.push(`end record counts ${end.entries} members, the directory holds ${entries.length}`);
    }
    if (used < Math.min(end.at - start, end.directorySize))
      problems.push(`${end.directorySize - used} bytes of the directory are not member records`);
    directories.push({ end, start, shift: before === start ? start - end.directoryOffset : 0, entries, problems });
  }
  if (starts.size === 0 && end.entries === 0 && end.directorySize === 0) {
    directories.push({ end, start: end.at, shift: end.at - end.directoryOffset, entries: [], problems: [] });
  }
  return directories;
}
