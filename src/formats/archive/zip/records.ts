import { Cursor, startsWith } from '../bytes.ts';

/** APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export const LOCAL_MAGIC = [0x50, 0x4b, 0x03, 0x04] as const;
export const CENTRAL_MAGIC = [0x50, 0x4b, 0x01, 0x02] as const;
export const END_MAGIC = [0x50, 0x4b, 0x05, 0x06] as const;
export const END64_MAGIC = [0x50, 0x4b, 0x06, 0x06] as const;
export const LOCATOR64_MAGIC = [0x50, 0x4b, 0x06, 0x07] as const;
export const DESCRIPTOR_MAGIC = [0x50, 0x4b, 0x07, 0x08] as const;

export const LOCAL_SIZE = 30;
export const CENTRAL_SIZE = 46;
export const END_SIZE = 22;
export const END64_SIZE = 56;
export const LOCATOR64_SIZE = 20;

export const FLAG_ENCRYPTED = 0x1;
export const FLAG_DESCRIPTOR = 0x8;
export const FLAG_STRONG = 0x40;
const FLAG_UTF8 = 0x800;

const U16 = 0xffff;
const U32 = 0xffff_ffff;
const EXTRA_ZIP64 = 0x0001;
const EXTRA_UNICODE_PATH = 0x7075;

/** What a central or a local header says of a member; both have these fields. */
interface Header {
  readonly versionNeeded: number;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly name: string;
  readonly nameBytes: Uint8Array;
  /** Name in the Info-ZIP Unicode path field, which some unpackers prefer. */
  readonly unicodeName?: string;
}

export interface CentralHeader extends Header {
  readonly localOffset: number;
  readonly madeBy: number;
  readonly externalAttributes: number;
  /** Where the record stands in the file. */
  readonly at: number;
}

export interface LocalHeader extends Header {
  /** Length of the header with name and extra: the data follow. */
  readonly length: number;
}

const utf8 = new TextDecoder('utf-8');
const latin1 = new TextDecoder('latin1');

/** CP437 differs from Latin-1 above 0x7f; such names only have to be shown and compared, not written. */
const decodeName = (bytes: Uint8Array, flags: number): string => (flags & FLAG_UTF8 ? utf8.decode(bytes) : latin1.decode(bytes));

interface Extra {
  readonly zip64?: Uint8Array;
  readonly unicodeName?: string;
}

/** Malformed extra fields are ignored from the first bad one on, as every reader does. */
function readExtra(bytes: Uint8Array): Extra {
  const found: { zip64?: Uint8Array; unicodeName?: string } = {};
  const cursor = new Cursor(bytes);
  while (cursor.left >= 4) {
    const id = cursor.u16();
    const length = cursor.u16();
    if (length > cursor.left) break;
    const data = cursor.take(length);
    if (id === EXTRA_ZIP64) found.zip64 ??= data;
    else if (id === EXTRA_UNICODE_PATH && length > 5) found.unicodeName ??= utf8.decode(data.subarray(5));
  }
  return found;
}

/** Zip64 fields stand only for those values that are all ones in the header, in this order (4.5.3). */
function widen(extra: Uint8Array | undefined, values: { size: number; packed: number; offset: number }): void {
  if (!extra) return;
  const cursor = new Cursor(extra);
  for (const key of ['size', 'packed', 'offset'] as const) {
    if (values[key] === U32 && cursor.left >= 8) values[key] = cursor.u64();
  }
}

/** The fields that stand side by side in both headers; the lengths are those of name and extra. */
function readShared(cursor: Cursor) {
  const [versionNeeded, flags, method] = [cursor.u16(), cursor.u16(), cursor.u16()];
  cursor.skip(4);
  const [crc, packed, size] = [cursor.u32(), cursor.u32(), cursor.u32()];
  return { versionNeeded, flags, method, crc, packed, size, nameLength: cursor.u16(), extraLength: cursor.u16() };
}

/** What both headers say, once name and extra are read too. */
function header(fixed: ReturnType<typeof readShared>, nameBytes: Uint8Array, extra: Extra, wide: { size: number; packed: number }): Header {
  const { versionNeeded, flags, method, crc } = fixed;
  const name = decodeName(nameBytes, flags);
  const unicodeName = extra.unicodeName === undefined ? {} : { unicodeName: extra.unicodeName };
  return { versionNeeded, flags, method, crc, packed: wide.packed, size: wide.size, nameBytes, name, ...unicodeName };
}

/** A central header at the cursor. The caller has checked the magic. Throws ParseError where the bytes end. */
export function readCentral(cursor: Cursor, at: number): CentralHeader {
  cursor.skip(4);
  const madeBy = cursor.u16();
  const fixed = readShared(cursor);
  const commentLength = cursor.u16();
  cursor.skip(4);
  const externalAttributes = cursor.u32();
  const values = { size: fixed.size, packed: fixed.packed, offset: cursor.u32() };
  // zipfile takes what is there where these lengths lead out of the directory.
  const nameBytes = cursor.take(Math.min(fixed.nameLength, cursor.left));
  const extra = readExtra(cursor.take(Math.min(fixed.extraLength, cursor.left)));
  cursor.skip(Math.min(commentLength, cursor.left));
  widen(extra.zip64, values);
  return { ...header(fixed, nameBytes, extra, values), localOffset: values.offset, madeBy, externalAttributes, at };
}

/** Length of a local header from its fixed part, or undefined where the magic is missing. */
export function localLength(fixed: Uint8Array): number | undefined {
  if (fixed.length < LOCAL_SIZE || !startsWith(fixed, LOCAL_MAGIC)) return undefined;
  const cursor = new Cursor(fixed, 26);
  return LOCAL_SIZE + cursor.u16() + cursor.u16();
}

/** A whole local header. */
export function readLocal(bytes: Uint8Array): LocalHeader {
  const cursor = new Cursor(bytes, 4);
  const fixed = readShared(cursor);
  const values = { size: fixed.size, packed: fixed.packed, offset: 0 };
  const nameBytes = cursor.take(fixed.nameLength);
  const extra = readExtra(cursor.take(fixed.extraLength));
  widen(extra.zip64, values);
  return { ...header(fixed, nameBytes, extra, values), length: cursor.offset };
}

export interface EndRecord {
  /** Where the record stands in the file. */
  readonly at: number;
  /** End of record and comment, as far as the file goes. */
  readonly end: number;
  readonly entries: number;
  readonly directorySize: number;
  readonly directoryOffset: number;
  readonly multiDisk: boolean;
  readonly zip64: boolean;
  /** The short end record beside this zip64 one has other values. */
  readonly conflict?: boolean;
}

/** An end record at `offset` of `bytes`, which begin at `base` in the file. */
export function readEnd(bytes: Uint8Array, offset: number, base: number, fileSize: number): EndRecord | undefined {
  if (bytes.length - offset < END_SIZE) return undefined;
  const cursor = new Cursor(bytes, offset + 4);
  const disk = cursor.u16();
  const directoryDisk = cursor.u16();
  cursor.skip(2);
  const entries = cursor.u16();
  const directorySize = cursor.u32();
  const directoryOffset = cursor.u32();
  const comment = cursor.u16();
  const at = base + offset;
  const zip64 = entries === U16 || directorySize === U32 || directoryOffset === U32;
  const multiDisk = (disk !== 0 && disk !== U16) || (directoryDisk !== 0 && directoryDisk !== U16);
  return { at, end: Math.min(fileSize, at + END_SIZE + comment), entries, directorySize, directoryOffset, multiDisk, zip64 };
}
