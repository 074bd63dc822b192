import type { ByteReader } from '../../core/byte-reader.ts';
import { LimitError } from '../../core/errors.ts';
import type { Facts } from '../../core/observation.ts';
import { incomplete, type IncompleteReason } from '../findings.ts';
import type { ArtifactFinding, Budget } from '../format.ts';
import { MAX_DECODED_STREAM, MAX_RATIO, RATIO_FLOOR } from '../limits.ts';

/** Why decoding ended before the end of the stream. What was decoded until then is kept. */
export interface DecodeProblem {
  readonly reason: IncompleteReason;
  readonly detail: string;
  /** Name of the limit that was reached. */
  readonly limit?: string;
}

/** The finding that a problem is. */
export const problemFinding = ({ reason, detail, limit }: DecodeProblem, more: Facts, offset?: number): ArtifactFinding =>
  incomplete(reason, detail, { ...more, ...(limit === undefined ? {} : { limit }) }, offset);

export interface Decoded {
  readonly bytes: Uint8Array;
  /** Compressed bytes that belong to the stream; the rest of the source is something else. */
  readonly consumed: number;
  readonly problem?: DecodeProblem;
}

/**
 * One compression format. Writes what it decodes to the sink and returns the number of compressed
 * bytes used. Throws ParseError for bad or truncated input, and passes the sink's LimitError on.
 */
export type Decoder = (source: ByteReader, sink: Sink) => Promise<number>;

/** Collects decoded bytes, bounded by volume, by ratio and by the artifact's budget. */
export class Sink {
  private chunks: Uint8Array[] = [];
  size = 0;
  private readonly budget: Budget;
  private readonly packed: number;
  private readonly limit: number;
  private readonly now: () => number;

  /** `packed`: compressed bytes at hand. `limit`: decoded bytes to keep at most. */
  constructor(budget: Budget, packed: number, now: () => number, limit: number) {
    this.budget = budget;
    this.packed = packed;
    this.now = now;
    this.limit = limit;
  }

  /** Keeps `chunk`, which the caller must not write again. */
  write(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.size += chunk.length;
    this.budget.bytes -= chunk.length;
    if (this.size > RATIO_FLOOR && this.size / Math.max(1, this.packed) > MAX_RATIO) {
      throw new LimitError('MAX_RATIO', `expands to more than ${MAX_RATIO} times its size`);
    }
    if (this.size > this.limit) throw new LimitError('MAX_DECODED_STREAM', `decompresses to more than ${this.limit} bytes`);
    if (this.budget.bytes < 0) throw new LimitError('MAX_DECOMPRESSED', 'the artifact decompresses to more bytes than the limit');
    if (this.now() > this.budget.deadline) throw new LimitError('MAX_MILLISECONDS', 'time is over');
  }

  /** A sink of the same bounds for what is decoded in several steps: each step draws from the budget. */
  aside(): Sink {
    return new Sink(this.budget, this.packed, this.now, this.limit);
  }

  take(): Uint8Array {
    const all = this.chunks.length === 1 && this.chunks[0] ? this.chunks[0] : Buffer.concat(this.chunks);
    this.chunks = [];
    return all;
  }
}

interface Clock {
  readonly budget: Budget;
  readonly now: () => number;
}

/** Runs a decoder; whatever stops it, what came out until then is returned. */
export async function decode(decoder: Decoder, source: ByteReader, { budget, now }: Clock, limit = MAX_DECODED_STREAM): Promise<Decoded> {
  const sink = new Sink(budget, source.size, now, limit);
  try {
    const consumed = await decoder(source, sink);
    return { bytes: sink.take(), consumed };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const problem: DecodeProblem =
      error instanceof LimitError
        ? { reason: 'limit', detail: error.message, limit: error.limit }
        : { reason: 'malformed', detail: error.message };
    return { bytes: sink.take(), consumed: source.size, problem };
  }
}
