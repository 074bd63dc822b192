import { ParseError } from '../../../core/errors.ts';
import type { Cursor } from '../bytes.ts';
import type { LzmaDecoder } from './decoder.ts';
import type { Drain } from './lzma.ts';

/** LZMA2 chunks up to and including the end byte, as .xz blocks and 7z folders hold them. Throws `ParseError`. */
export function readLzma2(cursor: Cursor, decoder: LzmaDecoder, drain: Drain): void {
  let ready = false;
  for (;;) {
    const control = cursor.u8();
    if (control === 0) return;
    if (control >= 0x80) {
      const size = ((control & 0x1f) << 16) + (cursor.u8() << 8) + cursor.u8() + 1;
      const packed = (cursor.u8() << 8) + cursor.u8() + 1;
      const reset = (control >> 5) & 3;
      if (reset === 3) decoder.dictionaryStart = decoder.out.length;
      if (reset >= 2) {
        decoder.setProperties(cursor.u8());
        ready = true;
      } else if (!ready) throw new ParseError('LZMA2 chunk without properties', cursor.offset);
      else if (reset === 1) decoder.resetState();
      const start = cursor.offset;
      decoder.open(cursor.bytes, start, Math.min(cursor.bytes.length, start + packed));
      const limit = decoder.out.length + size;
      drain.run(limit);
      if (decoder.out.length !== limit || decoder.position !== start + packed) throw new ParseError('LZMA2 chunk has another size', start);
      cursor.skip(packed);
    } else if (control <= 2) {
      const size = (cursor.u8() << 8) + cursor.u8() + 1;
      if (control === 1) decoder.dictionaryStart = decoder.out.length;
      const bytes = cursor.take(Math.min(size, cursor.left));
      decoder.out.reserve(bytes.length);
      decoder.out.bytes.set(bytes, decoder.out.length);
      decoder.out.length += bytes.length;
      drain.flush();
      if (bytes.length < size) throw new ParseError('LZMA2 chunk is cut off', cursor.offset);
    } else throw new ParseError(`LZMA2 control byte 0x${control.toString(16)}`, cursor.offset);
  }
}
