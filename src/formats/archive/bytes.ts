/** Little-endian access to a byte array, checked: `undefined`-free, throws ParseError past the end. */
import { ParseError } from '../../core/errors.ts';

export class Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
  }

  get left(): number {
    return this.bytes.length - this.offset;
  }

  private advance(count: number): number {
    const at = this.offset;
    if (count < 0 || count > this.bytes.length - at) throw new ParseError(`${count} bytes expected, ${this.bytes.length - at} left`, at);
    this.offset = at + count;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  /** 64-bit lengths beyond 2^53 are nonsense for any file: `Infinity`, which every bounds check refuses. */
  u64(): number {
    const value = this.view.getBigUint64(this.advance(8), true);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
  }

  take(count: number): Uint8Array {
    const at = this.advance(count);
    return this.bytes.subarray(at, at + count);
  }

  skip(count: number): void {
    this.advance(count);
  }
}

/** Whether `bytes` holds `magic` at `offset`. */
export function startsWith(bytes: Uint8Array, magic: readonly number[] | Uint8Array, offset = 0): boolean {
  if (offset < 0 || bytes.length - offset < magic.length) return false;
  for (let index = 0; index < magic.length; index += 1) {
    if (bytes[offset + index] !== magic[index]) return false;
  }
  return true;
}

/** ASCII text as bytes, for magics that are words. */
export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
