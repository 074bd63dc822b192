import { bytesReader, sliceReader } from '../../core/byte-reader.ts';
import { Collection } from '../collect.ts';
import { fromError, tampered } from '../findings.ts';
import type { ArtifactInput, Format, InspectContext, Inspection, Sniff } from '../format.ts';
import { MAX_DECODED_STREAM, MAX_KEPT } from '../limits.ts';
import { ascii, startsWith } from './bytes.ts';
import { bunzip2, BZIP2_MAGIC } from './bzip2.ts';
import { decode, problemFinding, type Decoder } from './codec.ts';
import { gunzip, GZIP_MAGIC } from './gzip.ts';
import { inflateZlib } from './inflate.ts';
import { LZ4_MAGIC, unlz4 } from './lz4.ts';
import { looksLikeLzma, unlzma } from './lzma/lzma.ts';
import { measure, streamReader } from './stream.ts';
import { unxz, XZ_MAGIC } from './lzma/xz.ts';
import { unzstd, ZSTD_MAGIC } from './zstd.ts';

interface Codec {
  readonly id: string;
  readonly extensions: readonly string[];
  readonly matches: (head: Uint8Array, sniff: Sniff) => 'yes' | 'maybe' | 'no';
  readonly decoder: Decoder;
}

const yes = (matched: boolean): 'yes' | 'no' => (matched ? 'yes' : 'no');

/** RFC 1950, 2.2: method 8, window up to 32 KiB, header a multiple of 31, no preset dictionary. */
function looksLikeZlib(head: Uint8Array): boolean {
  const [cmf = 0, flags = 0] = head;
  return (cmf & 0x0f) === 8 && cmf >> 4 <= 7 && ((cmf << 8) | flags) % 31 === 0 && (flags & 0x20) === 0;
}

/** A block, or the end of a stream without any: another stream may follow. */
const looksLikeBzip2 = (head: Uint8Array): boolean =>
  startsWith(head, BZIP2_MAGIC) &&
  /[1-9]/.test(String.fromCharCode(head[3] ?? 0)) &&
  (startsWith(head, [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], 4) || startsWith(head, [0x17, 0x72, 0x45, 0x38, 0x50, 0x90], 4));

/** RFC 8878, 3.1.2: `5x 2a 4d 18`, to be passed over. */
const SKIPPABLE_REST = [0x2a, 0x4d, 0x18] as const;

/** joblib before 0.10: `ZF` and the length in hexadecimal, padded to 19 characters, then zlib. */
const ZFILE_HEADER = 2 + 19;

const CODECS: readonly Codec[] = [
  { id: 'gzip', extensions: ['.gz', '.tgz'], matches: (head) => yes(startsWith(head, GZIP_MAGIC)), decoder: gunzip },
  { id: 'bzip2', extensions: ['.bz2'], matches: (head) => yes(looksLikeBzip2(head)), decoder: bunzip2 },
  { id: 'xz', extensions: ['.xz'], matches: (head) => yes(startsWith(head, XZ_MAGIC)), decoder: unxz },
  { id: 'lzma', extensions: ['.lzma'], matches: looksLikeLzma, decoder: unlzma },
  { id: 'lz4', extensions: ['.lz4'], matches: (head) => yes(startsWith(head, LZ4_MAGIC)), decoder: unlz4 },
  {
    id: 'zstd',
    extensions: ['.zst'],
    matches: (head) => yes(startsWith(head, ZSTD_MAGIC) || ((head[0] ?? 0) >> 4 === 5 && startsWith(head, SKIPPABLE_REST, 1))),
    decoder: unzstd,
  },
  {
    id: 'zlib',
    extensions: ['.z'],
    matches: (head) => (head[0] === 0x78 && looksLikeZlib(head) ? 'yes' : looksLikeZlib(head) ? 'maybe' : 'no'),
    decoder: (source, sink) => inflateZlib(source, sink),
  },
  {
    id: 'joblib-zfile',
    extensions: ['.joblib'],
    matches: (head) => yes(startsWith(head, ascii('ZF0x')) || startsWith(head, ascii('ZF'))),
    // Up to 0.8.4 under Python 2 the length has one character more; joblib passes over the blank.
    decoder: async (source, sink) => {
      const [blank] = await source.read(ZFILE_HEADER, 1);
      return inflateZlib(source, sink, blank === 0x20 ? ZFILE_HEADER + 1 : ZFILE_HEADER);
    },
  },
];

const SUFFIX = /\.(?:gz|bz2|xz|lzma|lz4|zst|z)$/i;

/** `model.pkl.gz` holds `model.pkl`, `a.tgz` holds `a.tar`; joblib's compressed files keep their own name. */
function innerName(path: string): string {
  const name = path.split(/[/!]/).pop() ?? path;
  if (/\.tgz$/i.test(name)) return name.replace(/\.tgz$/i, '.tar');
  return SUFFIX.test(name) ? name.replace(SUFFIX, '') : name;
}

async function inspectStream(codec: Codec, input: ArtifactInput, context: InspectContext): Promise<Inspection> {
  const out = new Collection();
  const streamable = codec.id === 'gzip' || codec.id === 'zlib' ? codec.id : undefined;
  const decoded = await decode(codec.decoder, input.reader, context, streamable ? MAX_KEPT : MAX_DECODED_STREAM);
  if (streamable && decoded.problem?.limit === 'MAX_DECODED_STREAM') return inspectLarge(streamable, input, context, out);
  if (decoded.problem) out.add(problemFinding(decoded.problem, { format: codec.id }));
  const name = innerName(input.path);
  const path = `${input.path}!${name}`;
  const facts = { decompressedSize: decoded.bytes.length };
  if (decoded.bytes.length > 0 || !decoded.problem) {
    const nested = await context.inspect({ path, reader: bytesReader(decoded.bytes) });
    out.absorb(nested, path, name, decoded.bytes.length);
  }
  const rest = input.reader.size - decoded.consumed;
  if (!decoded.problem && rest > 0) {
    const trailing = sliceReader(input.reader, decoded.consumed, rest);
    out.add(tampered('trailing-bytes', { bytes: rest, readers: 'not part of the compressed stream' }, decoded.consumed));
    const at = `${input.path}!trailing-bytes@${decoded.consumed}`;
    out.absorb(await context.inspect({ path: at, reader: trailing }), at, 'trailing-bytes', rest);
  }
  return out.done(codec.id, facts);
}

/** Too large for memory: measured once, then decoded again while it is read. */
async function inspectLarge(codec: 'gzip' | 'zlib', input: ArtifactInput, context: InspectContext, out: Collection): Promise<Inspection> {
  const { size, problem } = await measure(codec, input.reader, context);
  if (problem) out.add(fromError(problem, codec));
  const reader = streamReader(codec, input.reader, size, context);
  const name = innerName(input.path);
  const path = `${input.path}!${name}`;
  out.absorb(await context.inspect({ path, reader }), path, name, size);
  await reader.close?.();
  return out.done(codec, { decompressedSize: size });
}

export const compressedFormats: readonly Format[] = CODECS.map((codec) => ({
  id: codec.id,
  extensions: codec.extensions,
  matches: (sniff) => codec.matches(sniff.head, sniff),
  inspect: (input, context) => inspectStream(codec, input, context),
}));
