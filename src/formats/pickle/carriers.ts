import { BytesValue, TextValue, type Value } from './values.ts';
import { textOf } from './walk.ts';

/** Base64 and hexadecimal digits of the first bytes of a pickle of protocols 2 to 5. */
const ENCODED_PICKLE = /^(?:gA[I-X]|800[2-5])/;
/** Base64 of gzip, zlib, bzip2, xz, zip, and of an import in protocol 0 (`cos\n`, `cposix\n`, `cbuiltins\n` …). */
const ENCODED_CARRIER = /^(?:H4sI|eJ|eN|eA|eF|QlpoO|\/Td6WFoA|UEsDB|Y[23][A-Za-z0-9+/]{6})/;
/** `cmodule\nname\n`, `(imodule\nname\n`. */
const TEXT_IMPORT = /^\(*[ci][A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n/;
/** Longest beginning that is looked at. */
const HEAD = 256;

const isPickle = ({ head }: BytesValue): boolean => head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 9) <= 5;

/** gzip, zlib, bzip2, xz or zip by their first bytes. */
export const isCompressed = (head: Uint8Array): boolean => {
  const [a, b = 0, c] = head;
  if (a === 0x1f) return b === 0x8b;
  if (a === 0x78) return b === 0x01 || b === 0x5e || b === 0x9c || b === 0xda;
  if (a === 0x42) return b === 0x5a && c === 0x68;
  if (a === 0xfd) return b === 0x37 && c === 0x7a;
  return a === 0x50 && b === 0x4b && c === 3;
};

/** An import in protocol 0 from the first byte. */
export const isTextImport = (head: Uint8Array): boolean => TEXT_IMPORT.test(Buffer.from(head.subarray(0, HEAD)).toString('latin1'));

/** Whether a constant may be a pickle of its own: as it is, in digits, or compressed. */
export function mayCarryPickle(value: Value): boolean {
  if (value instanceof BytesValue) {
    if (value.length <= 3) return false;
    if (isPickle(value) || isCompressed(value.head)) return true;
    const [first] = value.head;
    // `g`, `8` begin digits, `c`, `i` and `(` an import of protocol 0.
    if (first !== 0x67 && first !== 0x38 && first !== 0x63 && first !== 0x69 && first !== 0x28) return false;
    return isTextImport(value.head) || ENCODED_PICKLE.test(textOf(value)?.slice(0, HEAD) ?? '');
  }
  const text = value instanceof TextValue ? value.head : value;
  return typeof text === 'string' && text.length > 12 && (ENCODED_PICKLE.test(text) || ENCODED_CARRIER.test(text));
}
