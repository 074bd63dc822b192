import type { ByteReader } from '../../core/byte-reader.ts';
import { ParseError } from '../../core/errors.ts';

/** Text decoded at once. */
const PIECE = 64 * 1024;

/** Bytes of UTF-8 text, all of whose characters are below U+0100, as one byte a character. */
function decodeLatin1(utf8: Uint8Array, whole: boolean): { readonly bytes: Uint8Array; readonly used: number } {
  const out = new Uint8Array(utf8.length);
  let length = 0;
  let at = 0;
  while (at < utf8.length) {
    const byte = utf8[at] ?? 0;
    if (byte < 0x80) {
      out[length++] = byte;
      at += 1;
      continue;
    }
    if (at + 1 >= utf8.length && !whole) break;
    const next = utf8[at + 1] ?? 0;
    if ((byte !== 0xc2 && byte !== 0xc3) || (next & 0xc0) !== 0x80) throw new ParseError('text is not Latin-1', at);
    out[length++] = ((byte & 0x03) << 6) | (next & 0x3f);
    at += 2;
  }
  return { bytes: out.subarray(0, length), used: at };
}

/**
 * `_codecs.encode(text, 'latin1')`, as protocols 0 to 2 write bytes: a reader over the bytes that
 * the text stands for, decoded where they are read. One pass over the text finds the places; memory
 * is a few bytes for each 64 KiB. Throws `ParseError` where the text is no Latin-1.
 */
export async function latin1Reader(text: ByteReader): Promise<ByteReader> {
  /** For each piece where it begins: in the text, and in the decoded bytes. */
  const pieces: { readonly from: number; readonly start: number }[] = [];
  let from = 0;
  let size = 0;
  while (from < text.size) {
    pieces.push({ from, start: size });
    const { bytes, used } = decodeLatin1(await text.read(from, PIECE), from + PIECE >= text.size);
    if (used === 0) throw new ParseError('text is cut off', from);
    from += used;
    size += bytes.length;
  }
  return {
    size,
    async read(offset, length) {
      const end = Math.min(offset + length, size);
      const out: Uint8Array[] = [];
      let low = 0;
      let high = pieces.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((pieces[middle]?.start ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      for (let index = low; index < pieces.length; index += 1) {
        const piece = pieces[index];
        if (piece === undefined || piece.start >= end) break;
        const stop = pieces[index + 1]?.from ?? text.size;
        const { bytes } = decodeLatin1(await text.read(piece.from, stop - piece.from), true);
        out.push(bytes.subarray(Math.max(0, offset - piece.start), end - piece.start));
      }
      return Buffer.concat(out);
    },
  };
}
