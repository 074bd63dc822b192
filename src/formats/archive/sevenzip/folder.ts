import { bytesReader, type ByteReader } from '../../../core/byte-reader.ts';
import { ParseError } from '../../../core/errors.ts';
import type { Budget } from '../../format.ts';
import { bunzip2 } from '../bzip2.ts';
import { Cursor } from '../bytes.ts';
import { decode, type Decoded, type Decoder } from '../codec.ts';
import { unfilterOf, type FilterName, type Unfilter } from '../filters.ts';
import { inflateRaw } from '../inflate.ts';
import { inflate64 } from '../inflate64.ts';
import { LzmaDecoder } from '../lzma/decoder.ts';
import { decodeLzma1, Drain, readPacked } from '../lzma/lzma.ts';
import { readLzma2 } from '../lzma/lzma2.ts';
import { unlz4 } from '../lz4.ts';
import { unzstd } from '../zstd.ts';
import type { Coder, Folder } from './records.ts';

/** AES-256 with a key from a password. */
const ENCRYPTION = '06f10701';

/** Method ids: DOC/Methods.txt of the SDK; Zstandard and LZ4 as 7-Zip ZS writes them. */
const FILTERS: ReadonlyMap<string, FilterName> = new Map([
  ['03', 'delta'],
  ['04', 'x86'],
  ['05', 'powerpc'],
  ['07', 'arm'],
  ['08', 'arm-thumb'],
  ['09', 'sparc'],
  ['03030103', 'x86'],
  ['03030205', 'powerpc'],
  ['03030501', 'arm'],
  ['03030701', 'arm-thumb'],
  ['03030805', 'sparc'],
]);

/** LZMA: properties byte and dictionary size. */
const lzma =
  ({ properties }: Coder, size: number): Decoder =>
  async (source, sink) => {
    if (properties.length < 5) throw new ParseError('LZMA properties are cut off');
    return decodeLzma1(await readPacked(source), 0, properties[0] ?? 0, size, sink);
  };

const lzma2: Decoder = async (source, sink) => {
  const cursor = new Cursor(await readPacked(source));
  const decoder = new LzmaDecoder();
  readLzma2(cursor, decoder, new Drain(decoder, sink));
  return cursor.offset;
};

/** Undoes a filter over all of its input. */
const filtered =
  (unfilter: Unfilter): Decoder =>
  async (source, sink) => {
    const bytes = Uint8Array.from(await readPacked(source));
    unfilter(bytes);
    sink.write(bytes);
    return bytes.length;
  };

const copy: Decoder = async (source, sink) => {
  sink.write(await readPacked(source));
  return source.size;
};

function decoderOf(coder: Coder, size: number): Decoder | undefined {
  const filter = FILTERS.get(coder.method);
  const unfilter = filter && unfilterOf(filter, coder.properties);
  if (unfilter) return filtered(unfilter);
  switch (coder.method) {
    case '00':
      return copy;
    case '030101':
      return lzma(coder, size);
    case '21':
      return lzma2;
    case '040108':
      return (source, sink) => inflateRaw(source, sink);
    case '040109':
      return inflate64;
    case '040202':
      return bunzip2;
    case '04f71101':
      return unzstd;
    case '04f71104':
      return unlz4;
    default:
      return undefined;
  }
}

interface Clock {
  readonly budget: Budget;
  readonly now: () => number;
}

const none = (reason: 'encrypted' | 'unsupported', detail: string): Decoded => ({
  bytes: new Uint8Array(0),
  consumed: 0,
  problem: { reason, detail },
});

/** A folder that is only stored, whatever its length. */
export const storedReader = ({ coders }: Folder, packed: readonly ByteReader[]): ByteReader | undefined =>
  coders.length === 1 && coders[0]?.method === '00' ? packed[0] : undefined;

/**
 * What a folder holds: its coders from the packed stream outwards. Chains of coders with one input
 * and one output are understood; others (BCJ2 has four inputs) are unsupported.
 */
export async function unpackFolder(folder: Folder, packed: readonly ByteReader[], clock: Clock): Promise<Decoded> {
  const { coders, bonds, sizes } = folder;
  if (coders.some(({ method }) => method === ENCRYPTION)) return none('encrypted', 'encrypted with a password');
  const [first] = folder.packed;
  const [source] = packed;
  if (first === undefined || !source || packed.length !== 1 || coders.some(({ inputs, outputs }) => inputs !== 1 || outputs !== 1))
    return none('unsupported', '7z coders with several streams');
  let input: ByteReader = source;
  let result: Decoded = { bytes: new Uint8Array(0), consumed: 0 };
  let problem: Decoded['problem'];
  let index: number | undefined = first;
  // Every coder takes part once; a ring of bonds would never end.
  for (let step = 0; step < coders.length && index !== undefined; step += 1) {
    const coder: Coder | undefined = coders[index];
    const size = sizes[index] ?? 0;
    const decoder = coder && decoderOf(coder, size);
    if (!coder || !decoder) return none('unsupported', `7z method ${coder?.method ?? '?'}`);
    result = await decode(decoder, input, clock);
    problem ??= result.problem;
    const bytes = result.bytes.subarray(0, size);
    if (bytes.length < size) problem ??= { reason: 'truncated', detail: '7z folder is shorter than it says' };
    result = { bytes, consumed: source.size };
    input = bytesReader(bytes);
    const output: number = index;
    index = bonds.find(({ source: from }) => from === output)?.target;
  }
  return problem ? { ...result, problem } : result;
}
