import { crc32 } from 'node:zlib';
import { sliceReader, type ByteReader } from '../../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../../core/errors.ts';
import { MAX_DIRECTORY } from '../../limits.ts';
import { Cursor } from '../bytes.ts';
import type { Decoded, DecodeProblem } from '../codec.ts';
import { readStreams, RecordCursor, SIGNATURE_SIZE, type Folder, type Streams } from './records.ts';

const HEADER = 1;
const ARCHIVE_PROPERTIES = 2;
const ADDITIONAL_STREAMS = 3;
const MAIN_STREAMS = 4;
const FILES = 5;
const EMPTY_STREAM = 14;
const NAMES = 17;
const ATTRIBUTES = 21;
const ENCODED_HEADER = 23;

/** Headers may be packed, and 7-Zip unpacks them again and again. */
const MAX_ENCODINGS = 4;
/** Attributes of Unix in the upper half. */
const UNIX_EXTENSION = 0x8000;
const S_IFMT = 0xf000;
const S_IFLNK = 0xa000;

export interface SevenZipFile {
  readonly name: string;
  /** Nothing is stored: a folder or an empty file. */
  readonly empty: boolean;
  readonly link: boolean;
}

export interface SevenZip {
  readonly streams: Streams;
  readonly files: readonly SevenZipFile[];
  /** End of the archive; what follows is something else. */
  readonly end: number;
  /** Checksums of the header that do not hold: 7-Zip refuses the archive. */
  readonly damaged: readonly string[];
}

/** The header is packed, and cannot be unpacked: encrypted, damaged, or by a method that is not known. */
export class HeaderProblem extends ParseError {
  readonly problem: DecodeProblem;

  constructor(problem: DecodeProblem) {
    super(`7z header: ${problem.detail}`);
    this.problem = problem;
  }
}

/** Gives back what a folder holds. */
export type Unpack = (folder: Folder, packed: readonly ByteReader[]) => Promise<Decoded>;

/** Packed streams of every folder, in order. Throws `ParseError` where one lies outside of the file. */
export function packedOf(reader: ByteReader, { packed, folders }: Streams): ByteReader[][] {
  let next = 0;
  return folders.map((folder) =>
    folder.packed.map(() => {
      const stream = packed[next];
      next += 1;
      const at = SIGNATURE_SIZE + (stream?.offset ?? Infinity);
      if (stream === undefined || !Number.isSafeInteger(at + stream.size) || at > reader.size)
        throw new ParseError('7z stream outside of the file');
      return sliceReader(reader, at, stream.size);
    }),
  );
}

function readNames(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length & ~1).toString('utf16le');
  return text.split('\0').slice(0, -1);
}

function readFiles(cursor: RecordCursor): SevenZipFile[] {
  const count = cursor.count();
  let names: string[] = [];
  let empty: boolean[] = [];
  let attributes: (number | undefined)[] = [];
  for (let id = cursor.number(); id !== 0; id = cursor.number()) {
    const size = cursor.number();
    const property = new RecordCursor(cursor.take(size));
    if (id === EMPTY_STREAM) empty = property.bits(count);
    else if (id === NAMES) {
      if (property.u8() !== 0) throw new ParseError('7z names are stored elsewhere', cursor.offset);
      names = readNames(property.take(property.left));
    } else if (id === ATTRIBUTES) {
      const defined = property.optionalBits(count);
      if (property.u8() === 0) attributes = defined.map((is) => (is ? property.u32() : undefined));
    }
  }
  return Array.from({ length: count }, (_, index) => {
    const attribute = attributes[index] ?? 0;
    return {
      name: names[index] ?? '',
      empty: empty[index] ?? false,
      link: (attribute & UNIX_EXTENSION) !== 0 && ((attribute >>> 16) & S_IFMT) === S_IFLNK,
    };
  });
}

const NO_STREAMS: Streams = { packed: [], folders: [], contents: [] };

function readHeader(cursor: RecordCursor): { streams: Streams; files: SevenZipFile[] } {
  let streams = NO_STREAMS;
  let files: SevenZipFile[] = [];
  for (let id = cursor.number(); id !== 0; id = cursor.number()) {
    if (id === ARCHIVE_PROPERTIES) for (let type = cursor.number(); type !== 0; type = cursor.number()) cursor.skip(cursor.number());
    else if (id === ADDITIONAL_STREAMS) readStreams(cursor);
    else if (id === MAIN_STREAMS) streams = readStreams(cursor);
    else if (id === FILES) files = readFiles(cursor);
    else throw new ParseError(`7z record ${id} in the header`, cursor.offset);
  }
  return { streams, files };
}

/** The header of an archive, unpacked where it is packed. Throws `ParseError` and `LimitError`. */
export async function readSevenZip(reader: ByteReader, unpack: Unpack): Promise<SevenZip> {
  const signature = new Cursor(await reader.read(0, SIGNATURE_SIZE), 8);
  const damaged: string[] = [];
  const start = signature.u32();
  if (start !== crc32(signature.bytes.subarray(12, SIGNATURE_SIZE))) damaged.push('start header');
  const [offset, size, crc] = [signature.u64(), signature.u64(), signature.u32()];
  const at = SIGNATURE_SIZE + offset;
  if (size > MAX_DIRECTORY) throw new LimitError('MAX_DIRECTORY', `7z header of ${size} bytes`);
  const end = at + size;
  if (size === 0) return { streams: NO_STREAMS, files: [], end: SIGNATURE_SIZE, damaged };
  if (!Number.isSafeInteger(end) || end > reader.size) throw new ParseError('7z header outside of the file', 12);
  let bytes = await reader.read(at, size);
  if (crc32(bytes) !== crc) damaged.push('header');
  for (let round = 0; ; round += 1) {
    const cursor = new RecordCursor(bytes);
    const id = cursor.number();
    if (id === HEADER) return { ...readHeader(cursor), end, damaged };
    if (id !== ENCODED_HEADER || round === MAX_ENCODINGS) throw new ParseError(`7z header begins with ${id}`, at);
    bytes = await unpackHeader(reader, readStreams(cursor), unpack);
  }
}

async function unpackHeader(reader: ByteReader, streams: Streams, unpack: Unpack): Promise<Uint8Array> {
  const [folder] = streams.folders;
  const [packed] = packedOf(reader, streams);
  if (!folder || !packed) throw new ParseError('7z header without data');
  const { bytes, problem } = await unpack(folder, packed);
  if (problem) throw new HeaderProblem(problem);
  return bytes;
}
