import { createInflate, createInflateRaw, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib';
import type { ByteReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import type { Sink } from './codec.ts';

const PIECE = 256 * 1024;
/** Input piece when a stream has turned out to be corrupt: little is lost before the bad bit. */
const CAREFUL_PIECE = 16;
/** RFC 1950, 2.2: method and flags. */
const ZLIB_HEADER = 2;
/** Compressed bytes that are decoded again in small pieces. */
const CAREFUL_INPUT = 64 * 1024;

/** Streams that are decoded in one call. */
const SMALL_INPUT = 64 * 1024;
const SMALL_OUTPUT = 1 << 20;

interface Run {
  readonly consumed: number;
  readonly ended: boolean;
  readonly error?: Error;
}

/**
 * zlib drops the output of the write in which it meets an error, so input goes in piece by piece
 * and the end of input is told apart: all output before the bad piece is kept.
 */
function run(
  source: ByteReader,
  offset: number,
  piece: number,
  limit: number,
  raw: boolean,
  write: (chunk: Uint8Array) => void,
): Promise<Run> {
  return new Promise((resolve) => {
    const options = { chunkSize: piece < PIECE ? 16 * 1024 : Math.min(128 * 1024, Math.max(1024, 4 * (limit - offset))) };
    const engine = raw ? createInflateRaw(options) : createInflate(options);
    let settled = false;
    let ended = false;
    const settle = (error?: Error): void => {
      if (settled) return;
      settled = true;
      const consumed = engine.bytesWritten;
      engine.destroy();
      resolve({ consumed, ended, ...(error ? { error } : {}) });
    };
    engine.on('data', (chunk: Uint8Array) => {
      try {
        if (!settled) write(chunk);
      } catch (error) {
        settle(error instanceof Error ? error : new Error('sink failed'));
      }
    });
    engine.on('end', () => {
      ended = true;
      settle();
    });
    engine.on('error', (error) => settle(error));
    const feed = async (): Promise<void> => {
      for (let at = offset; at < limit; at += piece) {
        if (settled) return;
        const bytes = await source.read(at, Math.min(piece, limit - at));
        if (bytes.length === 0) break;
        await new Promise<void>((next) => {
          engine.once('close', next);
          engine.write(bytes, () => {
            engine.off('close', next);
            next();
          });
        });
        // The stream has ended inside this piece: the rest is not its own.
        if (engine.bytesWritten < at - offset + bytes.length) break;
      }
      if (!settled) engine.end();
    };
    feed().catch((error: unknown) => settle(error instanceof Error ? error : new Error('source failed')));
  });
}

/** Small streams at once: the thread pool costs more than they do. Undefined where anything is odd. */
async function atOnce(source: ByteReader, offset: number, raw: boolean): Promise<{ bytes: Uint8Array; consumed: number } | undefined> {
  if (source.size - offset > SMALL_INPUT) return undefined;
  const input = await source.read(offset, SMALL_INPUT);
  const options: ZlibOptions = { maxOutputLength: SMALL_OUTPUT, info: true };
  try {
    // With `info`, the result is the buffer and the engine; the type declarations do not say so.
    const { buffer, engine } = (raw ? inflateRawSync : inflateSync)(input, options) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    return { bytes: buffer, consumed: engine.bytesWritten };
  } catch {
    return undefined;
  }
}

async function inflate(source: ByteReader, sink: Sink, offset: number, raw: boolean): Promise<number> {
  const small = await atOnce(source, offset, raw);
  if (small) {
    sink.write(small.bytes);
    return offset + small.consumed;
  }
  const write = (chunk: Uint8Array): void => sink.write(chunk);
  const before = sink.size;
  const first = await run(source, offset, PIECE, source.size, raw, write);
  if (!first.error) return offset + first.consumed;
  if (first.error instanceof LimitError || first.error instanceof ParseError) throw first.error;
  const kept = sink.size - before;
  if (source.size - offset <= CAREFUL_INPUT) {
    // Again, to win what stood before the bad bit in the piece that failed; behind the header of zlib, for which a
    // wrong checksum would take the last piece away: readers of streams have used it when they come to the checksum.
    let skip = kept;
    const again = await run(source, raw ? offset : offset + ZLIB_HEADER, CAREFUL_PIECE, source.size, true, (chunk) => {
      const fresh = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - fresh.length;
      write(fresh);
    });
    if (again.error instanceof LimitError) throw again.error;
  }
  throw new ParseError(`compressed data: ${first.error.message}`);
}

/** Raw DEFLATE (RFC 1951) from `offset`. Returns the position after the stream. */
export const inflateRaw = (source: ByteReader, sink: Sink, offset = 0): Promise<number> => inflate(source, sink, offset, true);

/** zlib stream (RFC 1950), checksum verified. */
export const inflateZlib = (source: ByteReader, sink: Sink, offset = 0): Promise<number> => inflate(source, sink, offset, false);
