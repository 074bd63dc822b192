import { LimitError } from '../core/errors.ts';

/** Counts what an audit moves over the network, and ends it at `--max-bytes`. */
export class Transfer {
  private readonly limit: number;
  private readonly parent: Transfer | undefined;
  private moved = 0;
  private asked = 0;

  /** `parent` counts the same bytes for the whole fleet. */
  constructor(limit = Number.POSITIVE_INFINITY, parent?: Transfer) {
    this.limit = limit;
    this.parent = parent;
  }

  /** Bytes of bodies received so far. */
  get bytes(): number {
    return this.moved;
  }

  get requests(): number {
    return this.asked;
  }

  request(): void {
    this.asked += 1;
    this.parent?.request();
    this.check();
  }

  add(bytes: number): void {
    this.moved += bytes;
    this.parent?.add(bytes);
  }

  private check(): void {
    if (this.moved >= this.limit) throw new LimitError('--max-bytes', `${this.moved} bytes were moved; --max-bytes allows ${this.limit}`);
  }
}
