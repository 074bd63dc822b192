import { ascii, startsWith } from './archive/bytes.ts';

/** Documents and media that lie beside models. They are named so that they are not called unknown. */
const MEDIA: readonly (readonly [kind: string, magic: Uint8Array, offset: number])[] = [
  ['image', ascii('\x89PNG\r\n\x1a\n'), 0],
  ['image', ascii('\xff\xd8\xff'), 0],
  ['image', ascii('GIF8'), 0],
  ['image', ascii('WEBP'), 8],
  ['image', ascii('II*\0'), 0],
  ['image', ascii('MM\0*'), 0],
  ['audio', ascii('WAVE'), 8],
  ['audio', ascii('OggS'), 0],
  ['audio', ascii('fLaC'), 0],
  ['audio', ascii('ID3'), 0],
  ['video', ascii('ftyp'), 4],
  ['document', ascii('%PDF-'), 0],
  ['font', ascii('OTTO'), 0],
  ['font', ascii('\0\x01\0\0\0'), 0],
  ['parquet', ascii('PAR1'), 0],
  ['arrow', ascii('ARROW1'), 0],
  ['netcdf', ascii('CDF\x01'), 0],
  ['netcdf', ascii('CDF\x02'), 0],
  ['netcdf', ascii('CDF\x05'), 0],
  // Variables of SPSS and IDL, which share `.sav` with pickles.
  ['spss', ascii('$FL2'), 0],
  ['spss', ascii('$FL3'), 0],
  ['idl', ascii('SR\0\x04'), 0],
  ['idl', ascii('SR\0\x06'), 0],
  ['sqlite', ascii('SQLite format 3\0'), 0],
];

/** Tables and arrays of other programs under a name that weights have too: data, and known. */
export const isForeignData = (kind: string): boolean => kind === 'spss' || kind === 'idl';

/** What content is that no format claims, from its first bytes: `text`, a kind of media, or `unknown`. */
export function plainKind(head: Uint8Array): string {
  const known = MEDIA.find(([, magic, offset]) => startsWith(head, magic, offset));
  if (known) return known[0];
  return isText(head) ? 'text' : 'unknown';
}

/** UTF-8 without control characters, or UTF-16 with a mark. A character may be cut off at the end of the head. */
function isText(head: Uint8Array): boolean {
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff])) return true;
  for (const byte of head) {
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b) return false;
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
