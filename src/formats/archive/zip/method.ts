import type { ByteReader } from '../../../core/byte-reader.ts';
import type { Decoder } from '../codec.ts';
import { bunzip2 } from '../bzip2.ts';
import { inflateRaw } from '../inflate.ts';
import { inflate64 } from '../inflate64.ts';
import { unzipLzma } from '../lzma/lzma.ts';
import { unxz } from '../lzma/xz.ts';
import { unzstd } from '../zstd.ts';

export const STORED = 0;
export const DEFLATED = 8;

/** Decoder of a compression method (APPNOTE 4.4.5), undefined for those that no Python reader knows either. */
export function decoderOf(method: number, size: number): Decoder | undefined {
  switch (method) {
    case DEFLATED:
      return (source: ByteReader, sink) => inflateRaw(source, sink);
    case 9:
      return inflate64;
    case 12:
      return bunzip2;
    case 14:
      return (source, sink) => unzipLzma(source, sink, size);
    case 93:
      return unzstd;
    case 95:
      return unxz;
    default:
      return undefined;
  }
}
