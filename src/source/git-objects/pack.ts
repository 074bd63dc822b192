import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { constants, inflateSync } from 'node:zlib';
import { LimitError, ParseError } from '../../core/errors.ts';
import { ByteCache } from './cache.ts';
import { deltaResultSize } from './delta.ts';

/** 20 million objects; the largest public repositories have about ten. */
export const MAX_INDEX_BYTES = 600 * 1024 * 1024;
/** Larger blobs are weights, which belong into LFS; they are listed as skipped. */
export const MAX_OBJECT_BYTES = 512 * 1024 * 1024;

/**
 * So many bytes of a deflate stream give its first output: before it stand at most 2 bytes of zlib and the code
 * lengths of a dynamic block, 17 + 19 * 3 + 316 * 14 bits (RFC 1951, 3.2.7).
 */
export const DEFLATE_HEAD = 1024;

/** Bytes that are read at once, and that are kept. */
const BLOCK = 256 * 1024;
const KEPT = 32 * 1024 * 1024;

const TYPES: Readonly<Record<number, ObjectType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** What stands at one place of a pack: an object, or a delta against another one. */
export type PackEntry =
  | { readonly kind: 'object'; readonly type: ObjectType; readonly size: number; data(): Promise<Buffer> }
  | {
      readonly kind: 'delta';
      readonly base: { readonly offset: number } | { readonly id: string };
      data(): Promise<Buffer>;
      resultSize(): Promise<number>;
    };

/** One pack with its version 2 index. Source: https://git-scm.com/docs/pack-format */
export class Pack {
  private readonly index: Buffer;
  private readonly handle: FileHandle;
  private readonly size: number;
  private readonly count: number;
  private readonly blocks = new ByteCache<number, Promise<Buffer>>(KEPT);

  private constructor(index: Buffer, handle: FileHandle, size: number) {
    this.index = index;
    this.handle = handle;
    this.size = size;
    this.count = index.readUInt32BE(8 + 255 * 4);
    if (index.length < 8 + 1024 + this.count * 28) throw new ParseError('pack index is truncated', 0);
  }

  static async open(indexPath: string): Promise<Pack> {
    if ((await stat(indexPath)).size > MAX_INDEX_BYTES) throw new LimitError('MAX_INDEX_BYTES', 'pack index is too large');
    const index = await readFile(indexPath);
    if (index.length < 8 + 1024 || index.readUInt32BE(0) !== 0xff744f63 || index.readUInt32BE(4) !== 2)
      throw new ParseError('pack index is not of version 2', 0);
    const handle = await open(indexPath.replace(/\.idx$/, '.pack'), 'r');
    return new Pack(index, handle, (await handle.stat()).size);
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** Offset of the object in the pack. */
  find(id: Buffer): number | undefined {
    const first = id[0] ?? 0;
    let low = first === 0 ? 0 : this.index.readUInt32BE(8 + (first - 1) * 4);
    let high = this.index.readUInt32BE(8 + first * 4);
    if (high > this.count) throw new ParseError('pack index fan-out is out of range', 8);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = 8 + 1024 + middle * 20;
      const order = Buffer.compare(this.index.subarray(at, at + 20), id);
      if (order === 0) return this.offsetOf(middle);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  private offsetOf(position: number): number {
    const small = this.index.readUInt32BE(8 + 1024 + this.count * 24 + position * 4);
    if ((small & 0x80000000) === 0) return small;
    const at = 8 + 1024 + this.count * 28 + (small & 0x7fffffff) * 8;
    if (at + 8 > this.index.length) throw new ParseError('pack index offset is out of range', at);
    return Number(this.index.readBigUInt64BE(at));
  }

  async entry(offset: number): Promise<PackEntry> {
    const head = await this.read(offset, 64);
    let at = 0;
    const byte = (): number => {
      const value = head[at++];
      if (value === undefined) throw new ParseError('pack entry is truncated', offset);
      return value;
    };
    let next = byte();
    const type = (next >> 4) & 7;
    let size = next & 15;
    for (let shift = 4; next & 0x80; shift += 7) {
      next = byte();
      size += (next & 0x7f) * 2 ** shift;
      if (shift > 50) throw new ParseError('pack entry size is not a number', offset);
    }
    if (size > MAX_OBJECT_BYTES) throw new LimitError('MAX_OBJECT_BYTES', `object of ${size} bytes is too large`);
    const kind = TYPES[type];
    if (kind !== undefined) return { kind: 'object', type: kind, size, data: () => this.inflate(offset + at, size) };
    let base: { offset: number } | { id: string };
    if (type === 6) {
      next = byte();
      let distance = next & 0x7f;
      while (next & 0x80) {
        next = byte();
        distance = (distance + 1) * 128 + (next & 0x7f);
      }
      if (distance <= 0 || distance > offset) throw new ParseError('delta base lies outside the pack', offset);
      base = { offset: offset - distance };
    } else if (type === 7) {
      base = { id: head.subarray(at, at + 20).toString('hex') };
      at += 20;
    } else throw new ParseError(`pack entry has type ${type}`, offset);
    const start = offset + at;
    return {
      kind: 'delta',
      base,
      data: () => this.inflate(start, size),
      resultSize: async () => deltaResultSize(inflateHead(await this.read(start, DEFLATE_HEAD))),
    };
  }

  private async inflate(offset: number, size: number): Promise<Buffer> {
    // zlib's own upper bound for what `size` bytes can be compressed to.
    const bound = size + (size >> 10) + 128;
    const data = inflateSync(await this.read(offset, bound), { maxOutputLength: Math.max(size, 1) });
    if (data.length !== size) throw new ParseError('pack entry has another size than it says', offset);
    return data;
  }

  /** Objects of one tree lie side by side: a read brings its neighbours, and most reads ask no file. */
  private async read(offset: number, length: number): Promise<Buffer> {
    const first = Math.floor(offset / BLOCK);
    const end = Math.min(offset + length, this.size);
    if (end <= offset) return Buffer.alloc(0);
    if (end - offset > BLOCK) return this.readFile(offset, end - offset);
    const block = await this.block(first);
    const at = offset - first * BLOCK;
    if (end <= (first + 1) * BLOCK) return block.subarray(at, end - first * BLOCK);
    return Buffer.concat([block.subarray(at), (await this.block(first + 1)).subarray(0, end - (first + 1) * BLOCK)]);
  }

  private block(index: number): Promise<Buffer> {
    const known = this.blocks.get(index);
    if (known) return known;
    const reading = this.readFile(index * BLOCK, Math.min(BLOCK, this.size - index * BLOCK));
    this.blocks.set(index, reading, BLOCK);
    return reading;
  }

  private async readFile(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await this.handle.read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  }
}

/** The first bytes of a deflate stream that goes on. */
export const inflateHead = (compressed: Buffer): Buffer =>
  inflateSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1024 * 1024 });
