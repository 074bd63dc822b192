import { LimitError, ParseError } from '../../../core/errors.ts';
import { ascii, Cursor } from '../bytes.ts';

/** 7z, https://www.7-zip.org/sdk.html (DOC/7zFormat.txt). */
export const SEVENZIP_MAGIC = ascii('7z\xbc\xaf\x27\x1c');
/** Magic, version, and where the header is. */
export const SIGNATURE_SIZE = 32;

/** Folders, streams and files of one archive: each costs memory before anything is decoded. */
const MAX_RECORDS = 1_000_000;
/** 7-Zip itself reads no more. */
const MAX_CODERS = 32;
const MAX_STREAMS = 32;

/** One step of decoding: method id in hexadecimal, its properties, the number of its inputs and outputs. */
export interface Coder {
  readonly method: string;
  readonly properties: Uint8Array;
  readonly inputs: number;
  readonly outputs: number;
}

/** Data that were compressed together, with the chain of coders that gives them back. */
export interface Folder {
  readonly coders: readonly Coder[];
  /** Output `source` of one coder is input `target` of another. */
  readonly bonds: readonly { readonly target: number; readonly source: number }[];
  /** Inputs that packed streams feed, in order. */
  readonly packed: readonly number[];
  /** Length of every output. */
  sizes: readonly number[];
  crc: number | undefined;
}

export interface Stream {
  readonly size: number;
  readonly crc: number | undefined;
}

/** What a StreamsInfo record says. */
export interface Streams {
  /** Offsets are relative to the end of the signature header. */
  readonly packed: readonly { readonly offset: number; readonly size: number }[];
  readonly folders: readonly Folder[];
  /** Files in each folder, in order. */
  readonly contents: readonly (readonly Stream[])[];
}

/** Bytes with the integers and bit vectors of 7z. Throws `ParseError` at the end of the data. */
export class RecordCursor extends Cursor {
  /** As many leading ones in the first byte as bytes follow. Beyond 2^53: `Infinity`. */
  number(): number {
    const first = this.u8();
    let value = 0;
    for (let index = 0, mask = 0x80; index < 8; index += 1, mask >>= 1) {
      if ((first & mask) === 0) return checked(value + (first & (mask - 1)) * 2 ** (8 * index));
      value += this.u8() * 2 ** (8 * index);
    }
    return checked(value);
  }

  count(): number {
    const value = this.number();
    if (value > MAX_RECORDS) throw new LimitError('MAX_RECORDS', `more than ${MAX_RECORDS} records in a 7z header`);
    return value;
  }

  bits(count: number): boolean[] {
    const bytes = this.take(Math.ceil(count / 8));
    return Array.from({ length: count }, (_, index) => ((bytes[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0);
  }

  /** A bit vector that may be left out where all bits are set. */
  optionalBits(count: number): boolean[] {
    return this.u8() === 0 ? this.bits(count) : Array.from({ length: count }, () => true);
  }

  digests(count: number): (number | undefined)[] {
    return this.optionalBits(count).map((defined) => (defined ? this.u32() : undefined));
  }

  expect(id: number): void {
    const found = this.number();
    if (found !== id) throw new ParseError(`7z record ${found} where ${id} is due`, this.offset);
  }
}

const checked = (value: number): number => (Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY);

const END = 0;
const PACK_INFO = 6;
const UNPACK_INFO = 7;
const SUBSTREAMS_INFO = 8;
const SIZE = 9;
const CRC = 10;
const FOLDER = 11;
const UNPACK_SIZE = 12;
const STREAM_COUNT = 13;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function readCoder(cursor: RecordCursor): Coder {
  const flags = cursor.u8();
  if (flags & 0xc0) throw new ParseError('7z coder of an unknown form', cursor.offset);
  const method = Buffer.from(cursor.take(flags & 0x0f)).toString('hex');
  const [inputs, outputs] = flags & 0x10 ? [cursor.number(), cursor.number()] : [1, 1];
  if (inputs > MAX_STREAMS || outputs > MAX_STREAMS) throw new ParseError('7z coder with too many streams', cursor.offset);
  return { method, properties: flags & 0x20 ? cursor.take(cursor.number()) : new Uint8Array(0), inputs, outputs };
}

function readFolder(cursor: RecordCursor): Folder {
  const count = cursor.number();
  if (count === 0 || count > MAX_CODERS) throw new ParseError(`7z folder with ${count} coders`, cursor.offset);
  const coders = Array.from({ length: count }, () => readCoder(cursor));
  const inputs = sum(coders.map((coder) => coder.inputs));
  const outputs = sum(coders.map((coder) => coder.outputs));
  if (outputs === 0 || inputs < outputs - 1) throw new ParseError('7z folder whose streams do not join', cursor.offset);
  const bonds = Array.from({ length: outputs - 1 }, () => ({ target: cursor.number(), source: cursor.number() }));
  const rest = inputs - bonds.length;
  const bound = new Set(bonds.map(({ target }) => target));
  const packed =
    rest === 1
      ? Array.from({ length: inputs }, (_, index) => index).filter((index) => !bound.has(index))
      : Array.from({ length: rest }, () => cursor.number());
  return { coders, bonds, packed, sizes: [], crc: undefined };
}

function readFolders(cursor: RecordCursor): Folder[] {
  cursor.expect(FOLDER);
  const count = cursor.count();
  if (cursor.u8() !== 0) throw new ParseError('7z folders are stored elsewhere', cursor.offset);
  const folders = Array.from({ length: count }, () => readFolder(cursor));
  cursor.expect(UNPACK_SIZE);
  for (const folder of folders)
    folder.sizes = Array.from({ length: sum(folder.coders.map(({ outputs }) => outputs)) }, () => cursor.number());
  let id = cursor.number();
  if (id === CRC) {
    for (const [index, crc] of cursor.digests(count).entries()) {
      const folder = folders[index];
      if (folder) folder.crc = crc;
    }
    id = cursor.number();
  }
  if (id !== END) throw new ParseError('7z folder records do not end', cursor.offset);
  return folders;
}

function readPacked(cursor: RecordCursor): Streams['packed'] {
  let offset = cursor.number();
  const count = cursor.count();
  let sizes: number[] = [];
  for (let id = cursor.number(); id !== END; id = cursor.number()) {
    if (id === SIZE) sizes = Array.from({ length: count }, () => cursor.number());
    else if (id === CRC) cursor.digests(count);
    else throw new ParseError(`7z record ${id} among packed streams`, cursor.offset);
  }
  return sizes.map((size) => {
    const stream = { offset, size };
    offset += size;
    return stream;
  });
}

/** Length of what a folder gives: the output that no coder takes. */
export function sizeOf({ sizes, bonds }: Folder): number {
  const taken = new Set(bonds.map(({ source }) => source));
  return sizes.find((_, index) => !taken.has(index)) ?? 0;
}

function readContents(cursor: RecordCursor, folders: readonly Folder[]): Stream[][] {
  let counts = folders.map(() => 1);
  let id = cursor.number();
  if (id === STREAM_COUNT) {
    counts = folders.map(() => cursor.count());
    if (sum(counts) > MAX_RECORDS) throw new LimitError('MAX_RECORDS', `more than ${MAX_RECORDS} files in a 7z archive`);
    id = cursor.number();
  }
  const sizes = folders.map((folder, index) => {
    const count = counts[index] ?? 0;
    if (count === 0) return [];
    const first = id === SIZE ? Array.from({ length: count - 1 }, () => cursor.number()) : [];
    const rest = sizeOf(folder) - sum(first);
    if (rest < 0) throw new ParseError('7z files are longer than their folder', cursor.offset);
    return [...first, rest];
  });
  if (id === SIZE) id = cursor.number();
  const own = (index: number): boolean => counts[index] === 1 && folders[index]?.crc !== undefined;
  const unknown = sum(counts.filter((_, index) => !own(index)));
  let digests: (number | undefined)[] = [];
  for (; id !== END; id = cursor.number()) {
    if (id === CRC) digests = cursor.digests(unknown);
    else throw new ParseError(`7z record ${id} among files of folders`, cursor.offset);
  }
  let next = 0;
  return sizes.map((list, index) => list.map((size) => ({ size, crc: own(index) ? folders[index]?.crc : digests[next++] })));
}

/** A StreamsInfo record up to its end. */
export function readStreams(cursor: RecordCursor): Streams {
  let packed: Streams['packed'] = [];
  let folders: Folder[] = [];
  let contents: Stream[][] | undefined;
  for (let id = cursor.number(); id !== END; id = cursor.number()) {
    if (id === PACK_INFO) packed = readPacked(cursor);
    else if (id === UNPACK_INFO) folders = readFolders(cursor);
    else if (id === SUBSTREAMS_INFO) contents = readContents(cursor, folders);
    else throw new ParseError(`7z record ${id} among streams`, cursor.offset);
  }
  return { packed, folders, contents: contents ?? folders.map((folder) => [{ size: sizeOf(folder), crc: folder.crc }]) };
}
