interface Piece {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Pieces of one remote file that were read already, oldest forgotten first. Pieces do not overlap. */
export class RangeCache {
  private readonly limit: number;
  private pieces: Piece[] = [];
  private readonly order: Piece[] = [];
  private held = 0;

  /** `limit` in bytes. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** What is not held of `[start, end)`, in order. */
  missing(start: number, end: number): { readonly start: number; readonly end: number }[] {
    const gaps: { start: number; end: number }[] = [];
    let at = start;
    for (const piece of this.pieces) {
      const stop = piece.start + piece.bytes.length;
      if (stop <= at) continue;
      if (piece.start >= end) break;
      if (piece.start > at) gaps.push({ start: at, end: piece.start });
      at = stop;
    }
    if (at < end) gaps.push({ start: at, end });
    return gaps;
  }

  /** Where the next held byte at or after `at` begins, or `end`. */
  nextHeld(at: number, end: number): number {
    const piece = this.pieces.find(({ start }) => start >= at);
    return piece === undefined ? end : Math.min(end, piece.start);
  }

  /** Copies what is held of `[start, start + into.length)`. */
  copy(start: number, into: Uint8Array): void {
    const end = start + into.length;
    for (const piece of this.pieces) {
      const from = Math.max(start, piece.start);
      const to = Math.min(end, piece.start + piece.bytes.length);
      if (from < to) into.set(piece.bytes.subarray(from - piece.start, to - piece.start), from - start);
    }
  }

  add(start: number, bytes: Uint8Array): void {
    if (bytes.length === 0 || bytes.length > this.limit) return;
    const piece = { start, bytes };
    const at = this.pieces.findIndex((other) => other.start > start);
    this.pieces.splice(at < 0 ? this.pieces.length : at, 0, piece);
    this.order.push(piece);
    this.held += bytes.length;
    while (this.held > this.limit) {
      const oldest = this.order.shift();
      if (!oldest) break;
      this.held -= oldest.bytes.length;
      this.pieces = this.pieces.filter((other) => other !== oldest);
    }
  }
}
