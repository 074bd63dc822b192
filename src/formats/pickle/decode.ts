import { LimitError, ParseError } from '../../core/errors.ts';
import { OPCODES, type Opcode } from './opcodes.ts';
import { decodeLong, decodeRawUnicode, decodeStringEscapes, decodeUtf8, parseFloatText, parseInteger } from './text.ts';
import { BytesValue, FloatValue, OpaqueValue, TextValue, type Value } from './values.ts';
import type { Window } from './window.ts';

/** Text and bytes up to this length are kept whole, for nested payloads and for evidence. */
const INLINE = 64 * 1024;
/** What is kept of longer ones: enough to recognise a format. */
const HEAD = 1024;
/** All kept text and bytes of one file together; beyond it only `SHORT` values are whole. */
const KEPT = 24 * 1024 * 1024;
/** Names, keys and small arrays stay readable whatever came before. */
const SHORT = 256;
/** A text argument without a newline inside this is not a pickle that anybody wrote. Protocol 0 writes arrays as one line. */
const MAX_LINE = 16 * 1024 * 1024;
/** Integers longer than this are not converted; factorials and keys stay below. */
const MAX_LONG_BYTES = 4096;

/** One decoded instruction. The same object is filled again and again. */
export interface Instruction {
  op: Opcode;
  /** Offset of the opcode byte. */
  offset: number;
  /** Argument as a value; `null` where there is none. */
  argument: Value;
  /** Second line of GLOBAL and INST. */
  second: string;
}

/** Reads instructions from a window. */
export class Decoder {
  readonly window: Window;
  #kept = 0;

  constructor(window: Window) {
    this.window = window;
  }

  /**
   * Fills `instruction` and moves behind it. Gives 0, or how many bytes from `window.at` must be
   * readable first (nothing has moved then). Throws `ParseError` where no reader goes on.
   */
  next(instruction: Instruction): number {
    const { window } = this;
    const code = window.bytes[window.at];
    if (code === undefined) {
      if (window.atEnd) throw new ParseError('no STOP before the end', window.offset);
      return 1;
    }
    const op = OPCODES[code];
    if (op === undefined) throw new ParseError(`byte 0x${code.toString(16).padStart(2, '0')} is no opcode`, window.offset);
    instruction.op = op;
    instruction.offset = window.offset;
    instruction.argument = null;
    if (op.argument === 'none') {
      window.at += 1;
      return 0;
    }
    return this.#argument(instruction);
  }

  #argument(instruction: Instruction): number {
    switch (instruction.op.argument) {
      case 'uint1':
        return this.#fixed(instruction, 1, (bytes, at) => bytes[at] ?? 0);
      case 'uint2':
        return this.#fixed(instruction, 2, (bytes, at) => bytes.readUInt16LE(at));
      case 'int4':
        return this.#fixed(instruction, 4, (bytes, at) => bytes.readInt32LE(at));
      case 'uint4':
        return this.#fixed(instruction, 4, (bytes, at) => bytes.readUInt32LE(at));
      case 'uint8':
        return this.#fixed(instruction, 8, (bytes, at) => Number(bytes.readBigUInt64LE(at)));
      case 'float8':
        return this.#fixed(instruction, 8, (bytes, at) => new FloatValue(bytes.readDoubleBE(at)));
      case 'long1':
        return this.#sized(instruction, 1, 'long');
      case 'long4':
        return this.#sized(instruction, 4, 'long');
      case 'string1':
        return this.#sized(instruction, 1, 'string');
      case 'string4':
        return this.#sized(instruction, 4, 'string');
      case 'unicode1':
        return this.#sized(instruction, 1, 'unicode');
      case 'unicode4':
        return this.#sized(instruction, 4, 'unicode');
      case 'unicode8':
        return this.#sized(instruction, 8, 'unicode');
      case 'bytes1':
        return this.#sized(instruction, 1, 'bytes');
      case 'bytes4':
        return this.#sized(instruction, 4, 'bytes');
      case 'bytes8':
        return this.#sized(instruction, 8, 'bytes');
      case 'bytearray8':
        return this.#sized(instruction, 8, 'bytearray');
      default:
        return this.#lines(instruction);
    }
  }

  #fixed(instruction: Instruction, width: number, read: (bytes: Buffer, at: number) => Value): number {
    const { window } = this;
    const end = window.at + 1 + width;
    if (end > window.bytes.length) return this.#want(1 + width);
    instruction.argument = read(window.bytes, window.at + 1);
    window.at = end;
    return 0;
  }

  /** More bytes are needed; where the file has none the pickle is cut off. */
  #want(count: number): number {
    if (this.window.remaining < count) throw new ParseError('pickle data was truncated', this.window.offset);
    return count;
  }

  #sized(instruction: Instruction, width: 1 | 4 | 8, type: 'long' | 'string' | 'unicode' | 'bytes' | 'bytearray'): number {
    const { window } = this;
    if (window.at + 1 + width > window.bytes.length) return this.#want(1 + width);
    const at = window.at + 1;
    // LONG4 and BINSTRING carry a signed length, all others an unsigned one.
    const signed = width === 4 && (type === 'long' || type === 'string');
    const length =
      width === 1
        ? (window.bytes[at] ?? 0)
        : width === 8
          ? Number(window.bytes.readBigUInt64LE(at))
          : signed
            ? window.bytes.readInt32LE(at)
            : window.bytes.readUInt32LE(at);
    if (length < 0) throw new ParseError(`${instruction.op.name} has a negative length`, window.offset);
    if (length > window.remaining - 1 - width)
      throw new ParseError(`${instruction.op.name} of ${length} bytes reaches behind the end`, window.offset);
    const kept = this.#retained(length);
    const start = at + width;
    if (start + kept > window.bytes.length) return 1 + width + kept;
    const piece = window.bytes.subarray(start, start + kept);
    instruction.argument = this.#payload(type, piece, length, window.offsetOf(start));
    window.at = start + length;
    return 0;
  }

  #retained(length: number): number {
    if (length <= SHORT) return length;
    if (length <= INLINE && this.#kept + length <= KEPT) {
      this.#kept += length;
      return length;
    }
    return Math.min(length, this.#kept < KEPT ? HEAD : SHORT);
  }

  #payload(type: 'long' | 'string' | 'unicode' | 'bytes' | 'bytearray', piece: Buffer, length: number, offset: number): Value {
    switch (type) {
      case 'long':
        return piece.length < length || length > MAX_LONG_BYTES ? new OpaqueValue('int') : decodeLong(piece);
      case 'unicode':
        if (piece.length === length) return decodeUtf8(piece);
        return new TextValue(piece.toString('utf8'), length, offset);
      case 'string':
        if (piece.length === length && isAscii(piece)) return piece.toString('latin1');
        return new BytesValue('str', length, Uint8Array.from(piece), offset);
      default:
        return new BytesValue(type, length, Uint8Array.from(piece), offset);
    }
  }

  /**
   * Where the line from `from` ends and the next begins, or how many bytes are needed to know. At
   * the end of the file both readers take an unfinished line and drop its last byte: an INST there
   * still makes its call.
   */
  #lineEnd(from: number, optional = false): { readonly end: number; readonly next: number } | { readonly need: number } {
    const { window } = this;
    const end = window.bytes.indexOf(0x0a, from);
    if (end >= 0) return { end, next: end + 1 };
    if (window.atEnd) {
      if (window.bytes.length - from < 2 && optional) return { end: Math.min(from, window.bytes.length), next: window.bytes.length };
      if (window.bytes.length - from < 2) throw new ParseError('text argument was truncated', window.offset);
      return { end: window.bytes.length - 1, next: window.bytes.length };
    }
    const have = window.bytes.length - window.at;
    if (have > MAX_LINE) throw new LimitError('pickle-line', `text argument of more than ${MAX_LINE} bytes`);
    return { need: have * 2 };
  }

  #lines(instruction: Instruction): number {
    const { window } = this;
    const first = this.#lineEnd(window.at + 1);
    if ('need' in first) return first.need;
    const line = window.bytes.subarray(window.at + 1, first.end);
    if (instruction.op.argument === 'two-lines') {
      const second = this.#lineEnd(first.next, true);
      if ('need' in second) return second.need;
      instruction.argument = decodeUtf8(line);
      instruction.second = decodeUtf8(window.bytes.subarray(first.next, second.end));
      window.at = second.next;
      return 0;
    }
    instruction.argument = this.#line(instruction.op.argument, line);
    window.at = first.next;
    return 0;
  }

  #line(argument: string, line: Buffer): Value {
    switch (argument) {
      case 'line-int': {
        const text = line.toString('latin1');
        return text === '00' ? false : text === '01' ? true : parseInteger(text);
      }
      case 'line-long':
        return parseInteger(line.toString('latin1').replace(/L$/, ''));
      case 'line-float':
        return new FloatValue(parseFloatText(line.toString('latin1')));
      case 'line-unicode':
        return decodeRawUnicode(line);
      case 'line-text':
        return line.toString('latin1');
      default: {
        const quote = line[0];
        if (line.length < 2 || (quote !== 0x27 && quote !== 0x22) || line.at(-1) !== quote)
          throw new ParseError('the STRING argument must be quoted', this.window.offset);
        const decoded = decodeStringEscapes(line.subarray(1, -1));
        const bytes = Buffer.from(decoded.buffer, decoded.byteOffset, decoded.length);
        return isAscii(bytes) ? bytes.toString('latin1') : new BytesValue('str', bytes.length, Uint8Array.from(bytes));
      }
    }
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 0x7f) return false;
  return true;
}
