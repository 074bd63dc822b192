/** Source and configuration files of people are smaller; generated bundles and data dumps are larger. */
export const MAX_TEXT_FILE = 4 * 1024 * 1024;
/** Bytes looked at to tell text from binary, as git does. */
const SNIFF = 8000;

/** UTF-8 unless a byte-order mark says UTF-16. `undefined` for binary content. `ascii` is the text where all bytes are ASCII. */
export function decodeText(bytes: Buffer, ascii?: string): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le');
  }
  if (bytes.subarray(0, SNIFF).includes(0)) return undefined;
  if (ascii !== undefined) return ascii;
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.toString('utf8', 3) : bytes.toString('utf8');
}
