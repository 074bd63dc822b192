import { sliceReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import { startsWith } from '../archive/bytes.ts';
import { Collection } from '../collect.ts';
import { fromError, incomplete, tampered } from '../findings.ts';
import type { ArtifactInput, Format, InspectContext, Inspection } from '../format.ts';
import { codeFinding, codeIn } from '../free-text.ts';
import { HEAD_SIZE } from '../limits.ts';
import { inspectPickle } from '../pickle/index.ts';
import { printable } from '../printable.ts';
import { inspectBytesTensor } from '../region.ts';
import { verdictOf } from '../verdict.ts';
import { count, readDtype, type Dtype } from './dtype.ts';
import { LiteralDict, parseLiteral, Tuple } from './literal.ts';

/** https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;
/** NumPy itself refuses longer headers without `allow_pickle`; record types with thousands of fields reach 100 kB. */
const MAX_HEADER = 1 << 20;
/** Arrays that were saved one after the other into one file. */
const MAX_ARRAYS = 10_000;

interface ArrayHeader {
  readonly dtype: Dtype;
  readonly descr: string;
  readonly shape: readonly number[];
  readonly elements: number;
  /** Where the data begin. */
  readonly data: number;
  /** 0 in all versions that there are; NumPy refuses others. */
  readonly minor: number;
}

async function readArrayHeader(input: ArtifactInput, start: number): Promise<ArrayHeader> {
  const fixed = await input.reader.read(start, 12);
  const major = fixed[6] ?? 0;
  const minor = fixed[7] ?? 0;
  if (fixed.length < 10 || major < 1 || major > 3) throw new ParseError(`npy version ${major} is not known`, start);
  const view = new DataView(fixed.buffer, fixed.byteOffset, fixed.byteLength);
  if (major > 1 && fixed.length < 12) throw new ParseError('npy header is cut off', start);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const from = start + (major === 1 ? 10 : 12);
  if (length > MAX_HEADER) throw new LimitError('MAX_HEADER', `npy header of ${length} bytes is over the limit`);
  const bytes = await input.reader.read(from, length);
  if (bytes.length < length) throw new ParseError('npy header is cut off', from);
  const header = parseLiteral(new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes));
  if (!(header instanceof LiteralDict)) throw new ParseError('npy header is no dictionary', from);
  const extra = [...header.entries.keys()].find((key) => key !== 'descr' && key !== 'fortran_order' && key !== 'shape');
  if (extra !== undefined) throw new ParseError('npy header has another key', from);
  const shape = header.entries.get('shape');
  if (!(shape instanceof Tuple)) throw new ParseError('npy shape is no tuple', from);
  const descr = header.entries.get('descr');
  return {
    dtype: readDtype(descr),
    descr: typeof descr === 'string' ? printable(descr, 200) : 'record',
    shape: shape.items.filter((item) => typeof item === 'number'),
    elements: count(shape),
    data: from + length,
    minor,
  };
}

/** Where the data of the first array begin, as the length of its header says. */
function behindHeader(head: Uint8Array): number {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 12) return head.length;
  return (head[6] ?? 0) > 1 ? 12 + view.getUint32(8, true) : 10 + view.getUint16(8, true);
}

/** One array. Returns where it ends. */
async function inspectArray(header: ArrayHeader, input: ArtifactInput, context: InspectContext, out: Collection): Promise<number> {
  const left = input.reader.size - header.data;
  if (header.dtype.hasObject) {
    const inspection = await inspectPickle(input.reader, context, { start: header.data, pickles: 1 });
    out.add(...inspection.findings);
    out.listing.push(...(inspection.listing ?? []));
    // No pickle where one is promised ends before it begins.
    return Math.max(inspection.end, header.data);
  }
  const wanted = header.elements * header.dtype.itemSize;
  if (!Number.isSafeInteger(wanted)) throw new ParseError('npy array is larger than any file', header.data);
  if (wanted > left) {
    out.add(incomplete('truncated', `array of ${wanted} bytes, ${left} left`, { format: 'numpy' }, header.data));
    // A header that asks for more than there is may hide what the rest is.
    await inspectRest(header.data, input, context, out, false);
    return input.reader.size;
  }
  // Bytes, or one text of bytes: what a program stores that is no array.
  if (header.dtype.itemSize === 1 || header.elements === 1)
    out.add(...(await inspectBytesTensor(input.reader, header.data, wanted, `${input.path}!data`, context)));
  return header.data + wanted;
}

async function inspectRest(at: number, input: ArtifactInput, context: InspectContext, out: Collection, report: boolean): Promise<void> {
  const rest = sliceReader(input.reader, at, input.reader.size - at);
  if (rest.size === 0) return;
  if (report) out.add(tampered('trailing-bytes', { bytes: rest.size, readers: 'not part of the array' }, at));
  const path = `${input.path}!trailing-bytes@${at}`;
  const nested = await context.inspect({ path, reader: rest });
  // Numbers are no format: only what is recognised says something.
  if (nested.format !== 'unknown' && nested.format !== 'text') out.absorb(nested, path, 'trailing-bytes', rest.size);
}

async function inspectNumpy(input: ArtifactInput, context: InspectContext): Promise<Inspection> {
  const out = new Collection();
  let first: ArrayHeader;
  try {
    first = await readArrayHeader(input, 0);
  } catch (error) {
    // Readers before ours evaluated the header.
    if (!(error instanceof ParseError)) throw error;
    const head = await input.reader.read(0, HEAD_SIZE);
    const callee = codeIn(Buffer.from(head).toString('latin1'));
    if (callee !== undefined) out.add(codeFinding(callee, 'header'));
    // Another version of NumPy may understand the header, and then it reads on behind it.
    await inspectRest(behindHeader(head), input, context, out, false);
    if (verdictOf(out.findings) !== 'malicious' && callee === undefined) throw error;
    out.add(fromError(error, 'numpy'));
    return out.done('numpy', {});
  }
  let header = first;
  if (first.minor !== 0) out.add(incomplete('unsupported', `npy minor version ${first.minor}`, { format: 'numpy' }, 7));
  let arrays = 0;
  let at = 0;
  for (;;) {
    at = await inspectArray(header, input, context, out);
    arrays += 1;
    if (arrays >= MAX_ARRAYS) throw new LimitError('MAX_ARRAYS', `more than ${MAX_ARRAYS} arrays`);
    if (!startsWith(await input.reader.read(at, 6), MAGIC)) break;
    try {
      header = await readArrayHeader(input, at);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      break;
    }
  }
  if (at < input.reader.size) await inspectRest(at, input, context, out, true);
  return out.done('numpy', {
    dtype: first.descr,
    shape: first.shape,
    ...(first.dtype.hasObject ? { objects: true } : {}),
    ...(arrays > 1 ? { arrays } : {}),
  });
}

export const numpyFormat: Format = {
  id: 'numpy',
  extensions: ['.npy'],
  matches: ({ head }) => (startsWith(head, MAGIC) ? 'yes' : 'no'),
  inspect: inspectNumpy,
};
