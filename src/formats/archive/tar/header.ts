import { ParseError } from '../../../core/errors.ts';

/** POSIX ustar, GNU and v7 headers. https://www.gnu.org/software/tar/manual/html_node/Standard.html */
export const BLOCK = 512;

export interface TarHeader {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  /** `0` file, `1` hard link, `2` symbolic link, `3`/`4`/`6` devices and pipes, `5` folder, `L`/`K` GNU long name, `x`/`g` pax. */
  readonly type: string;
  readonly link: string;
  readonly magic: boolean;
}

const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8');

function text(block: Uint8Array, start: number, length: number): string {
  const bytes = block.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Octal text, or GNU's base-256 for sizes beyond 8 GiB. */
function number(block: Uint8Array, start: number, length: number): number {
  const first = block[start] ?? 0;
  if (first & 0x80) {
    let value = first & 0x7f;
    for (let index = 1; index < length; index += 1) value = value * 256 + (block[start + index] ?? 0);
    return value;
  }
  const digits = latin1
    .decode(block.subarray(start, start + length))
    .replaceAll(/[\0 ]+$/g, '')
    .trim();
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw new ParseError('tar header holds a number that is not octal');
  return Number.parseInt(digits, 8);
}

/** Sum of all bytes with the checksum field as blanks; old writers summed signed bytes. */
export function checksumHolds(block: Uint8Array): boolean {
  if (block.length < BLOCK) return false;
  let unsigned = 0;
  let signed = 0;
  for (let index = 0; index < BLOCK; index += 1) {
    const byte = index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  // Numbers add up to zero now and then; a tar has digits here.
  if (!/[0-7]/.test(latin1.decode(block.subarray(148, 156)))) return false;
  let stored: number;
  try {
    stored = number(block, 148, 8);
  } catch {
    return false;
  }
  return stored === unsigned || stored === signed;
}

export function readHeader(block: Uint8Array): TarHeader {
  const magic = latin1.decode(block.subarray(257, 262)) === 'ustar';
  const gnu = magic && block[262] === 0x20;
  const prefix = magic && !gnu ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const type = String.fromCharCode(block[156] ?? 0);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: number(block, 100, 8),
    size: number(block, 124, 12),
    type: type === '\0' || type === '7' ? '0' : type,
    link: text(block, 157, 100),
    magic,
  };
}

/** pax records: `length key=value\n`. Stops at the first that is malformed. */
export function readPax(bytes: Uint8Array): Map<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    if (space < 0 || space - at > 10) break;
    const length = Number(latin1.decode(bytes.subarray(at, space)));
    if (!Number.isInteger(length) || length <= space - at + 1 || at + length > bytes.length) break;
    const record = utf8.decode(bytes.subarray(space + 1, at + length - 1));
    const equals = record.indexOf('=');
    if (equals > 0) found.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return found;
}
