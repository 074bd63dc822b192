import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { bytesReader } from '../core/byte-reader.ts';
import { ParseError } from '../core/errors.ts';
import type { SkippedFile, Target } from '../core/report.ts';
import { BLOCK, checksumHolds, readHeader, readPax } from '../formats/archive/tar/header.ts';
import type { Source } from './source.ts';

/** Content that is kept in memory, all files together. Source code of the largest monorepos has less. */
export const MAX_KEPT = 256 * 1024 * 1024;
/** One file; a larger one is listed as skipped. */
export const MAX_KEPT_FILE = 32 * 1024 * 1024;
/** What the stream may expand to. */
export const MAX_EXPANDED = 4 * 1024 * 1024 * 1024;
export const MAX_FILES = 500_000;
/** A long name or a pax header. */
const MAX_EXTENDED = 1024 * 1024;

/** Reads exactly as many bytes as are asked for from a stream. */
class Exact {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);
  private total = 0;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.chunks = stream[Symbol.asyncIterator]();
  }

  /** Passes pieces that together have `length` bytes; false where the stream ends before. */
  async pass(length: number, take?: (piece: Uint8Array) => void): Promise<boolean> {
    let left = length;
    while (left > 0) {
      if (this.rest.length === 0) {
        const next = await this.chunks.next();
        if (next.done === true) return false;
        this.rest = next.value;
        this.total += next.value.length;
        if (this.total > MAX_EXPANDED) throw new ParseError(`the archive expands to more than ${MAX_EXPANDED} bytes`);
      }
      const piece = this.rest.subarray(0, left);
      take?.(piece);
      left -= piece.length;
      this.rest = this.rest.subarray(piece.length);
    }
    return true;
  }

  async read(length: number): Promise<Uint8Array | undefined> {
    const out = new Uint8Array(length);
    let filled = 0;
    const whole = await this.pass(length, (piece) => {
      out.set(piece, filled);
      filled += piece.length;
    });
    return whole ? out : undefined;
  }
}

/** Below the folder that archives of a commit begin with; `undefined` for names that would leave it. */
function inside(name: string): string | undefined {
  const path = name.slice(name.indexOf('/') + 1);
  return !name.includes('/') ||
    path === '' ||
    path.startsWith('/') ||
    path.split('/').some((part) => part === '' || part === '.' || part === '..')
    ? undefined
    : path;
}

/**
 * The files of a gzipped tar in memory, below its single top folder. Nothing is written to disk.
 * Links are not followed: their targets are files of their own.
 * @throws ParseError where the stream is no such archive or ends too early.
 */
export async function tarballSource(stream: AsyncIterable<Uint8Array>, target: Target): Promise<Source> {
  const contents = new Map<string, Uint8Array>();
  const skipped: SkippedFile[] = [];
  const gunzip = createGunzip();
  const input = Readable.from(stream);
  input.on('error', (error) => gunzip.destroy(error));
  const exact = new Exact(input.pipe(gunzip) as AsyncIterable<Uint8Array>);
  let kept = 0;
  let name: string | undefined;
  let size: number | undefined;
  try {
    for (;;) {
      const block = await exact.read(BLOCK);
      if (block === undefined) throw new ParseError('the archive ends in the middle');
      if (block.every((byte) => byte === 0)) break;
      if (!checksumHolds(block)) throw new ParseError('tar header checksum differs');
      const header = readHeader(block);
      const length = size ?? header.size;
      const padded = Math.ceil(length / BLOCK) * BLOCK;
      if (!Number.isSafeInteger(length) || length < 0) throw new ParseError('tar entry of impossible size');
      if ('LKxg'.includes(header.type)) {
        if (length > MAX_EXTENDED) throw new ParseError('extended header is too long');
        const bytes = (await exact.read(padded))?.subarray(0, length);
        if (!bytes) throw new ParseError('the archive ends in the middle');
        if (header.type === 'L') name = Buffer.from(bytes).toString('utf8').replace(/\0.*$/s, '');
        if (header.type === 'x') {
          const pax = readPax(bytes);
          name = pax.get('path') ?? name;
          size = pax.has('size') ? Number(pax.get('size')) : undefined;
        }
        continue;
      }
      const path = inside(name ?? header.name);
      name = size = undefined;
      const keep =
        header.type === '0' && path !== undefined && length <= MAX_KEPT_FILE && kept + length <= MAX_KEPT && contents.size < MAX_FILES;
      if (!keep && header.type === '0')
        skipped.push({
          path: path ?? 'name outside of the archive',
          reason: path === undefined ? 'invalid-name' : length > MAX_KEPT_FILE ? 'too-large' : 'limit',
          detail: `${length} bytes`,
        });
      if (keep && path !== undefined) {
        const bytes = (await exact.read(padded))?.subarray(0, length);
        if (!bytes) throw new ParseError('the archive ends in the middle');
        contents.set(path, bytes);
        kept += length;
      } else if (!(await exact.pass('123456'.includes(header.type) ? 0 : padded))) throw new ParseError('the archive ends in the middle');
    }
  } catch (error) {
    throw error instanceof ParseError ? error : new ParseError(error instanceof Error ? error.message : String(error));
  } finally {
    input.destroy();
    gunzip.destroy();
  }
  const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
  const entries = [...contents].map(([path, bytes]) => ({ path, size: bytes.length })).sort(byPath);
  return {
    target,
    list: () => Promise.resolve({ entries, skipped: skipped.sort(byPath) }),
    open(path) {
      const bytes = contents.get(path);
      return bytes ? Promise.resolve(bytesReader(bytes)) : Promise.reject(new Error(`no such file: ${path}`));
    },
  };
}
