import { isUtf8 } from 'node:buffer';
import { ParseError } from '../../core/errors.ts';

const ESCAPES = new Map<number, number>([
  [0x5c, 0x5c],
  [0x27, 0x27],
  [0x22, 0x22],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x74, 0x09],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x76, 0x0b],
  [0x61, 0x07],
]);

const isOctal = (byte: number | undefined): byte is number => byte !== undefined && byte >= 0x30 && byte <= 0x37;

function hexValue(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let index = from; index < from + count; index += 1) {
    const digit = index < bytes.length ? Number.parseInt(String.fromCharCode(bytes[index] ?? 0), 16) : Number.NaN;
    if (Number.isNaN(digit)) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** The escapes of a Python 2 string literal (CPython `PyBytes_DecodeEscape`). Unknown ones stay as written. */
export function decodeStringEscapes(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(0x5c)) return bytes;
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte !== 0x5c) {
      out[length++] = byte;
      continue;
    }
    at += 1;
    const next = bytes[at];
    if (next === undefined) throw new ParseError('trailing backslash in STRING');
    const plain = ESCAPES.get(next);
    if (next === 0x0a) continue;
    if (plain !== undefined) out[length++] = plain;
    else if (isOctal(next)) {
      let value = next - 0x30;
      for (let digits = 1; digits < 3 && isOctal(bytes[at + 1]); digits += 1) value = value * 8 + (bytes[++at] ?? 0) - 0x30;
      out[length++] = value & 0xff;
    } else if (next === 0x78) {
      const value = hexValue(bytes, at + 1, 2);
      if (value < 0) throw new ParseError('invalid \\x escape in STRING');
      out[length++] = value;
      at += 2;
    } else {
      out[length++] = 0x5c;
      out[length++] = next;
    }
  }
  return out.subarray(0, length);
}

/** Python's `raw-unicode-escape`: Latin-1 with `\uXXXX` and `\UXXXXXXXX`. */
export function decodeRawUnicode(bytes: Buffer): string {
  if (!bytes.includes(0x5c)) return bytes.toString('latin1');
  const parts: string[] = [];
  let start = 0;
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== 0x5c || at + 1 >= bytes.length) {
      at += 1;
      continue;
    }
    const digits = bytes[at + 1] === 0x75 ? 4 : bytes[at + 1] === 0x55 ? 8 : 0;
    if (digits === 0) {
      at += 2;
      continue;
    }
    const value = hexValue(bytes, at + 2, digits);
    if (value < 0 || value > 0x10ffff) throw new ParseError('invalid \\u escape in UNICODE');
    parts.push(bytes.toString('latin1', start, at), String.fromCodePoint(value));
    at += 2 + digits;
    start = at;
  }
  parts.push(bytes.toString('latin1', start));
  return parts.join('');
}

/** UTF-8 with surrogates allowed (`errors="surrogatepass"`), which is what the reader uses for text. */
export function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd') || isUtf8(bytes)) return text;
  // A lone surrogate is ED A0..BF xx; each is decoded by hand and the rest must be UTF-8.
  const parts: string[] = [];
  let start = 0;
  const flush = (end: number): void => {
    const piece = bytes.subarray(start, end);
    if (!isUtf8(piece)) throw new ParseError('text is not UTF-8');
    parts.push(piece.toString('utf8'));
  };
  for (let at = 0; at + 2 < bytes.length; at += 1) {
    const second = bytes[at + 1] ?? 0;
    const third = bytes[at + 2] ?? 0;
    if (bytes[at] !== 0xed || second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
    flush(at);
    parts.push(String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)));
    at += 2;
    start = at + 1;
  }
  flush(bytes.length);
  return parts.join('');
}

/** Digits that are converted. Python itself refuses decimal text of more than 4,300. */
const MAX_DIGITS = 4300;
const DECIMAL = /^[+-]?\d+(?:_\d+)*$/;
const PREFIXED = /^([+-]?)(0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/;

const narrow = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** `int(text, 0)`, and the octal that the C reader's `strtol` accepts. Throws on anything else. */
export function parseInteger(text: string): number | bigint {
  const trimmed = text.trim();
  if (trimmed.length > MAX_DIGITS) throw new ParseError('integer text has more digits than Python converts');
  if (DECIMAL.test(trimmed)) {
    const digits = trimmed.replaceAll('_', '');
    return digits.length <= 15 ? Number(digits) : narrow(BigInt(digits.startsWith('+') ? digits.slice(1) : digits));
  }
  const match = PREFIXED.exec(trimmed);
  if (!match?.[2]) throw new ParseError('not an integer');
  return narrow(match[1] === '-' ? -BigInt(match[2]) : BigInt(match[2]));
}

/** Little-endian two's complement of LONG1 and LONG4. */
export function decodeLong(bytes: Uint8Array): number | bigint {
  let value = 0n;
  if (bytes.length === 0) return 0;
  if (bytes.length <= 6) {
    let small = 0;
    for (let index = bytes.length - 1; index >= 0; index -= 1) small = small * 256 + (bytes[index] ?? 0);
    return (bytes[bytes.length - 1] ?? 0) & 0x80 ? small - 2 ** (8 * bytes.length) : small;
  }
  const hex = Buffer.from(bytes).reverse().toString('hex');
  value = BigInt(`0x${hex}`);
  return narrow((bytes[bytes.length - 1] ?? 0) & 0x80 ? value - (1n << BigInt(8 * bytes.length)) : value);
}

const FLOAT = /^[+-]?(?:\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)$/;

/** `float(text)`. */
export function parseFloatText(text: string): number {
  const trimmed = text.trim().toLowerCase();
  if (/^[+-]?nan$/.test(trimmed)) return Number.NaN;
  const infinity = /^([+-]?)inf(?:inity)?$/.exec(trimmed);
  if (infinity) return infinity[1] === '-' ? -Infinity : Infinity;
  if (trimmed.length > MAX_DIGITS || !FLOAT.test(trimmed)) throw new ParseError('not a float');
  return Number(trimmed.replaceAll('_', ''));
}
