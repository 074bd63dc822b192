import { createGunzip, createInflate, createInflateRaw, type Gunzip, type Inflate, type InflateRaw } from 'node:zlib';
import type { ByteReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import type { Budget } from '../format.ts';
import { MAX_RATIO_LARGE, MAX_REWINDS, RATIO_FLOOR_LARGE, STREAM_WINDOW } from '../limits.ts';

/** DEFLATE in its three wrappings: the codecs that Node decodes piece by piece. */
export type StreamCodec = 'deflate' | 'zlib' | 'gzip';

const PIECE = 256 * 1024;

const engineOf = (codec: StreamCodec): Gunzip | Inflate | InflateRaw => {
  const options = { chunkSize: 128 * 1024 };
  return codec === 'gzip' ? createGunzip(options) : codec === 'zlib' ? createInflate(options) : createInflateRaw(options);
};

interface Clock {
  readonly budget: Budget;
  readonly now: () => number;
}

/** Until the engine takes more, or is gone. */
const drained = (engine: Gunzip | Inflate | InflateRaw): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      engine.off('drain', done).off('close', done);
      resolve();
    };
    engine.on('drain', done).on('close', done);
  });

/** Decoded chunks in order. Ends at the end of the stream; throws typed errors. */
async function* decodedChunks(codec: StreamCodec, source: ByteReader, { budget, now }: Clock): AsyncGenerator<Uint8Array> {
  const engine = engineOf(codec);
  let failure: unknown;
  const feed = async (): Promise<void> => {
    for (let at = 0; at < source.size && !engine.destroyed; at += PIECE) {
      const bytes = await source.read(at, PIECE);
      if (bytes.length === 0) break;
      if (!engine.write(bytes)) await drained(engine);
    }
    if (!engine.destroyed) engine.end();
  };
  feed().catch((error: unknown) => {
    failure = error;
    engine.destroy();
  });
  let total = 0;
  try {
    for await (const chunk of engine as AsyncIterable<Uint8Array>) {
      total += chunk.length;
      budget.bytes -= chunk.length;
      if (budget.bytes < 0) throw new LimitError('MAX_DECOMPRESSED', 'the artifact decompresses to more bytes than the limit');
      if (total > RATIO_FLOOR_LARGE && total / source.size > MAX_RATIO_LARGE)
        throw new LimitError('MAX_RATIO_LARGE', `expands to more than ${MAX_RATIO_LARGE} times its size`);
      if (now() > budget.deadline) throw new LimitError('MAX_MILLISECONDS', 'time is over');
      yield chunk;
    }
  } catch (error) {
    if (error instanceof LimitError || error instanceof ParseError) throw error;
    throw new ParseError(`compressed data: ${error instanceof Error ? error.message : 'damaged'}`);
  } finally {
    engine.destroy();
  }
  if (failure !== undefined) throw new ParseError('compressed data cannot be read');
}

/** Readers that decode as they go: looking back means to begin again. */
const sequential = new WeakSet<ByteReader>();

export const isSequential = (reader: ByteReader): boolean => sequential.has(reader);

/** Decoded length of a stream, or how far it goes and why no further. */
export async function measure(
  codec: StreamCodec,
  source: ByteReader,
  clock: Clock,
): Promise<{ readonly size: number; readonly problem?: LimitError | ParseError }> {
  let size = 0;
  try {
    for await (const chunk of decodedChunks(codec, source, clock)) size += chunk.length;
  } catch (error) {
    if (error instanceof LimitError || error instanceof ParseError) return { size, problem: error };
    throw error;
  }
  return { size };
}

class Stream implements ByteReader {
  readonly size: number;
  private readonly codec: StreamCodec;
  private readonly source: ByteReader;
  private readonly clock: Clock;
  private chunks: AsyncGenerator<Uint8Array> | undefined;
  /** Decoded bytes `[start, end)` that are still at hand. */
  private window: Uint8Array[] = [];
  private start = 0;
  private end = 0;
  private rewinds = 0;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(codec: StreamCodec, source: ByteReader, size: number, clock: Clock) {
    this.codec = codec;
    this.source = source;
    this.size = size;
    this.clock = clock;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    const result = this.queue.then(() => this.readNow(offset, Math.max(0, Math.min(length, this.size - offset))));
    this.queue = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.chunks?.return(undefined);
  }

  private async readNow(offset: number, length: number): Promise<Uint8Array> {
    if (length <= 0) return new Uint8Array(0);
    if (offset < this.start) await this.rewind();
    this.chunks ??= decodedChunks(this.codec, this.source, this.clock);
    while (this.end < offset + length) {
      const { value, done } = await this.chunks.next();
      if (done === true) break;
      this.window.push(value);
      this.end += value.length;
      this.forget(offset);
    }
    return this.slice(offset, length);
  }

  private async rewind(): Promise<void> {
    this.rewinds += 1;
    if (this.rewinds > MAX_REWINDS) throw new LimitError('MAX_REWINDS', `a compressed stream was read back more than ${MAX_REWINDS} times`);
    await this.chunks?.return(undefined);
    this.chunks = undefined;
    this.window = [];
    this.start = this.end = 0;
  }

  /** Lets go of chunks far before what is wanted. */
  private forget(offset: number): void {
    let first = this.window[0];
    while (first && this.start + first.length <= Math.min(offset, this.end - STREAM_WINDOW)) {
      this.start += first.length;
      this.window.shift();
      first = this.window[0];
    }
  }

  private slice(offset: number, length: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let at = this.start;
    for (const chunk of this.window) {
      const from = Math.max(0, offset - at);
      const to = Math.min(chunk.length, offset + length - at);
      if (from < to) parts.push(chunk.subarray(from, to));
      at += chunk.length;
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }
}

/** Decoded content that is too large to keep, read from front to back with a window. */
export function streamReader(codec: StreamCodec, source: ByteReader, size: number, clock: Clock): ByteReader {
  const reader = new Stream(codec, source, size, clock);
  sequential.add(reader);
  return reader;
}
