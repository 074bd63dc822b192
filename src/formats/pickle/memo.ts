import { LimitError, ParseError } from '../../core/errors.ts';
import type { Value } from './values.ts';

/** Entries of one pickle's memo. A vocabulary of millions fits; each entry costs 8 bytes and its value. */
const MAX_ENTRIES = 6_000_000;
/** How far an index may run ahead of the number of entries before it is odd: the C reader allocates up to it. */
const MAX_LEAP = 65_536;

/** A gap up to this is filled instead of leaving the dense part. */
const GAP = 64;

/** The unpickler's memo: dense at the front, sparse for indices that leap. */
export class Memo {
  readonly #dense: (Value | undefined)[] = [];
  readonly #sparse = new Map<number, Value>();
  /** Read through, never written. */
  readonly #below: Memo | undefined;
  #size: number;

  constructor(below?: Memo) {
    this.#below = below;
    this.#size = below?.size ?? 0;
  }

  /** Number of entries: the index of the next MEMOIZE. */
  get size(): number {
    return this.#size;
  }

  /** Nothing was stored above what lies below. */
  get untouched(): boolean {
    return this.#sparse.size === 0 && this.#dense.length === 0;
  }

  /** Throws where nothing was stored under the index, as both readers do. */
  get(index: number, offset: number): Value {
    const value = this.#find(index);
    if (value === undefined) throw new ParseError(`memo has no value at index ${index}`, offset);
    return value;
  }

  #find(index: number): Value | undefined {
    const own = index < this.#dense.length ? this.#dense[index] : this.#sparse.get(index);
    return own !== undefined || this.#below === undefined ? own : this.#below.#find(index);
  }

  /** Gives true where the index leaps far ahead. */
  put(index: number, value: Value, offset: number): boolean {
    if (!Number.isSafeInteger(index) || index < 0) throw new ParseError('negative memo index', offset);
    if (this.#size >= MAX_ENTRIES) throw new LimitError('pickle-memo', `more than ${MAX_ENTRIES} memo entries`);
    if (index < this.#dense.length) {
      if (this.#dense[index] === undefined) this.#size += 1;
      this.#dense[index] = value;
      return false;
    }
    if (this.#below) {
      if (this.#find(index) === undefined) this.#size += 1;
      this.#sparse.set(index, value);
      return false;
    }
    // Old picklers count from 1, and text pickles leave gaps.
    if (index - this.#dense.length < GAP) {
      while (this.#dense.length <= index) {
        this.#dense.push(this.#sparse.get(this.#dense.length));
        this.#sparse.delete(this.#dense.length - 1);
      }
      if (this.#dense[index] === undefined) this.#size += 1;
      this.#dense[index] = value;
      return false;
    }
    if (!this.#sparse.has(index)) this.#size += 1;
    this.#sparse.set(index, value);
    return index > this.#size + MAX_LEAP;
  }
}
