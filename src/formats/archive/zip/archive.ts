import { mapLimit } from '../../../core/async.ts';
import type { ByteReader } from '../../../core/byte-reader.ts';
import { MAX_GAP_SCAN, MAX_MEMBERS } from '../../limits.ts';
import { Cursor, startsWith } from '../bytes.ts';
import { findEnds, readDirectories, type Directory } from './directory.ts';
import {
  DESCRIPTOR_MAGIC,
  FLAG_DESCRIPTOR,
  LOCAL_MAGIC,
  LOCAL_SIZE,
  localLength,
  readLocal,
  type CentralHeader,
  type LocalHeader,
} from './records.ts';

/** A member as one header pair describes it. `central` is missing where only a local header stands in the file. */
export interface Member {
  readonly name: string;
  readonly central?: CentralHeader;
  readonly local?: LocalHeader;
  /** Where the local header should stand. */
  readonly offset: number;
  /** Where the data begin, -1 if there is no local header. */
  readonly dataOffset: number;
  readonly packed: number;
  readonly size: number;
  readonly method: number;
  /** Listed by a directory that Python's zipfile does not read (an earlier end record, the offset as written). */
  readonly secondary: boolean;
  /** Found where its offset says, not where the place of the directory would shift it. */
  readonly unshifted?: boolean;
}

export interface Gap {
  readonly start: number;
  readonly end: number;
}

export interface ZipArchive {
  readonly members: readonly Member[];
  readonly directories: readonly Directory[];
  /** Bytes between members that nothing describes. */
  readonly gaps: readonly Gap[];
  /** Bytes after the last end record's comment. */
  readonly trailing: number;
  readonly problems: readonly string[];
  /** The file was cut or carries no directory: members are those found by their local headers. */
  readonly withoutDirectory: boolean;
  /** More members than `MAX_MEMBERS`: the rest was not looked at. */
  readonly truncated: boolean;
}

/** Local headers are scattered over the file: where it is far away, they are asked for side by side. */
const HEADERS_AT_ONCE = 16;

async function localAt(reader: ByteReader, offset: number): Promise<LocalHeader | undefined> {
  if (offset < 0 || offset > reader.size - LOCAL_SIZE) return undefined;
  // One read serves most headers: name and extra (torch pads the extra to 64 bytes) fit.
  const fixed = await reader.read(offset, LOCAL_SIZE + 226);
  const length = localLength(fixed);
  if (length === undefined || offset + length > reader.size) return undefined;
  return readLocal(length <= fixed.length ? fixed : await reader.read(offset, length));
}

async function memberOf(reader: ByteReader, central: CentralHeader, shift: number, secondary: boolean): Promise<Member> {
  let offset = central.localOffset + shift;
  let local = await localAt(reader, offset);
  let unshifted = false;
  if (!local && shift !== 0) {
    const asWritten = await localAt(reader, central.localOffset);
    if (asWritten) {
      local = asWritten;
      offset = central.localOffset;
      unshifted = true;
    }
  }
  return {
    name: central.name,
    central,
    ...(local ? { local } : {}),
    offset,
    dataOffset: local ? offset + local.length : -1,
    packed: central.packed,
    size: central.size,
    method: central.method,
    secondary,
    ...(unshifted ? { unshifted } : {}),
  };
}

const memberFromLocal = (local: LocalHeader, offset: number, packed: number): Member => ({
  name: local.name,
  local,
  offset,
  dataOffset: offset + local.length,
  packed,
  size: local.size,
  method: local.method,
  secondary: true,
});

function find(bytes: Uint8Array, magic: readonly number[], from: number): number {
  for (let at = bytes.indexOf(0x50, from); at >= 0; at = bytes.indexOf(0x50, at + 1)) {
    if (startsWith(bytes, magic, at)) return at;
  }
  return -1;
}

/** Where a member with a data descriptor ends: at the descriptor, or at the next header. */
async function streamedLength(reader: ByteReader, start: number, limit: number): Promise<number> {
  const bytes = await reader.read(start, Math.min(limit - start, MAX_GAP_SCAN));
  const ends = [DESCRIPTOR_MAGIC, LOCAL_MAGIC].map((magic) => find(bytes, magic, 0)).filter((at) => at >= 0);
  return ends.length > 0 ? Math.min(...ends) : bytes.length;
}

/** Local headers in `[start, end)`: one after the other as long as sizes lead on, else by search. */
async function scanLocals(reader: ByteReader, start: number, end: number, budget: { left: number }): Promise<Member[]> {
  const members: Member[] = [];
  let at = start;
  while (at < end && budget.left > 0 && members.length < MAX_MEMBERS) {
    const local = await localAt(reader, at);
    if (local) {
      const data = at + local.length;
      const streamed = (local.flags & FLAG_DESCRIPTOR) !== 0 && local.packed === 0;
      const packed = streamed ? await streamedLength(reader, data, end) : Math.min(local.packed, Math.max(0, end - data));
      members.push(memberFromLocal(local, at, packed));
      at = data + packed;
      continue;
    }
    const window = await reader.read(at, Math.min(end - at, 65_536, budget.left));
    if (window.length === 0) break;
    const next = find(window, LOCAL_MAGIC, 0);
    const step = next > 0 ? next : Math.max(1, window.length - (window.length === end - at ? 0 : 3));
    budget.left -= step;
    at += step;
  }
  return members;
}

/** Length of the data descriptor after a member's data: with or without signature, 32 or 64 bits. */
async function descriptorLength(reader: ByteReader, member: Member): Promise<number> {
  if (((member.local?.flags ?? 0) & FLAG_DESCRIPTOR) === 0) return 0;
  const bytes = await reader.read(member.dataOffset + member.packed, 24);
  const signed = startsWith(bytes, DESCRIPTOR_MAGIC) ? 4 : 0;
  if (bytes.length < signed + 12) return bytes.length;
  const cursor = new Cursor(bytes, signed + 4);
  const narrow = cursor.u32() === member.packed % 2 ** 32 && cursor.u32() === member.size % 2 ** 32;
  return signed + (narrow ? 12 : 20);
}

async function gapsOf(reader: ByteReader, members: readonly Member[], limit: number): Promise<Gap[]> {
  const placed = members.filter((member) => member.local).sort((a, b) => a.offset - b.offset);
  const gaps: Gap[] = [];
  let reached = 0;
  for (const member of placed) {
    if (member.offset > reached) gaps.push({ start: reached, end: member.offset });
    const end = member.dataOffset + member.packed + (await descriptorLength(reader, member));
    reached = Math.max(reached, Math.min(end, limit));
  }
  if (limit > reached) gaps.push({ start: reached, end: limit });
  return gaps;
}

/** Reads directory and local headers; no data but what lies between members. Never throws on bad content. */
export async function readZip(reader: ByteReader): Promise<ZipArchive> {
  const directories: Directory[] = [];
  const members: Member[] = [];
  let truncated = false;
  for (const end of await findEnds(reader)) {
    // An end record inside a member's data belongs to an archive that is stored in this one.
    if (members.some((member) => !member.secondary && end.at >= member.offset && end.at < member.dataOffset + member.packed)) continue;
    for (const directory of await readDirectories(reader, end)) {
      if (directories.some((known) => known.start === directory.start)) continue;
      const room = directory.entries.slice(0, MAX_MEMBERS - members.length);
      truncated ||= room.length < directory.entries.length;
      const secondary = directories.length > 0;
      members.push(...(await mapLimit(room, HEADERS_AT_ONCE, (central) => memberOf(reader, central, directory.shift, secondary))));
      directories.push(directory);
    }
  }
  const [primary] = directories;
  const problems = directories.flatMap((directory) => directory.problems);
  const scan = { left: 4 * MAX_GAP_SCAN };
  if (!primary) {
    members.push(...(await scanLocals(reader, 0, reader.size, scan)));
    return { members, directories, gaps: [], trailing: 0, problems, withoutDirectory: true, truncated };
  }
  const gaps = await gapsOf(reader, members, primary.start);
  const known = new Set(members.map((member) => member.offset));
  for (const gap of gaps) {
    for (const member of await scanLocals(reader, gap.start, Math.min(gap.end, gap.start + MAX_GAP_SCAN), scan)) {
      if (!known.has(member.offset)) members.push(member);
    }
  }
  return { members, directories, gaps, trailing: reader.size - primary.end.end, problems, withoutDirectory: false, truncated };
}
