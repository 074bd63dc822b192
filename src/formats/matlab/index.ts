import { sliceReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import { Sink } from '../archive/codec.ts';
import { inflateZlib } from '../archive/inflate.ts';
import { ascii, startsWith } from '../archive/bytes.ts';
import { Cursor } from '../cursor.ts';
import type { Draft } from '../draft.ts';
import type { ArtifactInput, InspectContext } from '../format.ts';
import { defineReader, hasExtension, printable, spend } from '../reading.ts';
import { elementAt, walkMatrix } from './matrix.ts';

const HEADER = 128;
const COMPRESSED = 15;
const MATRIX = 14;
/** Bytes of one variable that are looked through for cells and functions. */
const MAX_VARIABLE = 64 << 20;
/** Tag and content of the first part of an array. */
const FLAGS = 16;
/** Arrays of numbers from this size on are passed over. */
const MAX_FLAT = 1 << 20;
/** Classes from characters to 64-bit integers, in either byte order. */
const isFlat = (flags: Uint8Array): boolean => [flags[8] ?? 0, flags[11] ?? 0].every((kind) => kind === 0 || (kind >= 4 && kind <= 15));
/** Classes whose content MATLAB runs or builds by code of its own. */
const CODE: ReadonlySet<string> = new Set(['function', 'opaque', 'object']);

/** Version 5 to 7.2: a text of 116 bytes, version 0x0100 and the byte order. */
const isVersion5 = (head: Uint8Array): boolean =>
  startsWith(head, ascii('MATLAB 5.0')) && (startsWith(head, ascii('IM'), 126) || startsWith(head, ascii('MI'), 126));

/** Version 4 has no magic: `MOPT`, rows, columns, complex, length of the name. */
function version4(head: Uint8Array): boolean | undefined {
  if (head.length < 20) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (const little of [true, false]) {
    const type = view.getUint32(0, little);
    const [order, reserved, precision, kind] = [
      Math.floor(type / 1000),
      Math.floor(type / 100) % 10,
      Math.floor(type / 10) % 10,
      type % 10,
    ];
    const complex = view.getUint32(12, little);
    const name = view.getUint32(16, little);
    if (type < 5000 && order === (little ? 0 : 1) && reserved === 0 && precision < 6 && kind < 3 && complex < 2 && name > 0 && name < 256)
      return little;
  }
  return undefined;
}

async function readVersion4(input: ArtifactInput, little: boolean, context: InspectContext, draft: Draft): Promise<void> {
  const cursor = new Cursor(input.reader, 0, input.reader.size, little);
  let variables = 0;
  while (cursor.remaining > 0) {
    spend(context, 1);
    await cursor.need(20);
    const type = cursor.u32();
    const [rows, columns, complex, name] = [cursor.u32(), cursor.u32(), cursor.u32(), cursor.u32()];
    const width = [8, 4, 4, 2, 2, 1][Math.floor(type / 10) % 10];
    if (width === undefined || complex > 1 || type >= 5000) throw new ParseError('no MATLAB 4 array', cursor.position);
    const bytes = BigInt(name) + BigInt(rows) * BigInt(columns) * BigInt(width * (1 + complex));
    if (bytes > BigInt(cursor.remaining)) throw new ParseError('MATLAB array ends behind the file', cursor.position);
    cursor.skip(bytes);
    draft.certain = true;
    variables += 1;
  }
  draft.facts['version'] = 4;
  draft.facts['variableCount'] = variables;
}

async function variable(
  input: ArtifactInput,
  start: number,
  size: number,
  compressed: boolean,
  context: InspectContext,
): Promise<Uint8Array> {
  const slice = sliceReader(input.reader, start, size);
  if (!compressed) {
    // Numbers need no look: their first part says what they are.
    const flags = await slice.read(0, Math.min(size, FLAGS));
    if (size > MAX_FLAT && isFlat(flags)) return flags;
  }
  if (size > MAX_VARIABLE) throw new LimitError('matlab-variable', 'a MATLAB variable is too large');
  if (!compressed) return slice.read(0, size);
  const sink = new Sink(context.budget, size, context.now, MAX_VARIABLE);
  await inflateZlib(slice, sink);
  return sink.take();
}

async function readVersion5(input: ArtifactInput, little: boolean, context: InspectContext, draft: Draft): Promise<void> {
  const { reader } = input;
  const classes = new Map<string, number>();
  let variables = 0;
  let at = HEADER;
  while (at < reader.size) {
    spend(context, 10);
    const tag = await reader.read(at, 8);
    const element = elementAt(new DataView(tag.buffer, tag.byteOffset, tag.byteLength), 0, tag.length, little, at);
    const compressed = element.type === COMPRESSED;
    if (!compressed && element.type !== MATRIX) throw new ParseError('no MATLAB array', at);
    if (at + element.start + element.size > reader.size) throw new ParseError('MATLAB array ends behind the file', at);
    let bytes = await variable(input, at + element.start, element.size, compressed, context);
    if (compressed) {
      const inner = elementAt(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length, little);
      if (inner.type !== MATRIX || inner.start + inner.size > bytes.length) throw new ParseError('no MATLAB array in compressed data', at);
      bytes = bytes.subarray(inner.start, inner.start + inner.size);
    }
    walkMatrix(bytes, little, (name) => {
      spend(context, 1);
      classes.set(name, (classes.get(name) ?? 0) + 1);
    });
    variables += 1;
    at += element.next;
  }
  draft.facts['version'] = 5;
  draft.facts['variableCount'] = variables;
  draft.facts['classes'] = Object.fromEntries([...classes].sort());
  // What a function handle or an object does is written in MATLAB's own code.
  const code = [...classes.keys()].filter((name) => CODE.has(name));
  if (code.length > 0) draft.report('incomplete-artifact', { reason: 'opaque', detail: `MATLAB ${code.join(', ')}` });
}

/** https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf. Version 7.3 is HDF5. */
export const matlab = defineReader({
  id: 'matlab',
  extensions: ['.mat'],
  matches: ({ head, path }) => {
    if (isVersion5(head)) return 'yes';
    return hasExtension(path, '.mat') && version4(head) !== undefined ? 'maybe' : 'no';
  },
  async read(input, context, draft) {
    const head = await input.reader.read(0, HEADER);
    if (isVersion5(head)) {
      draft.certain = true;
      draft.facts['writer'] = printable(Buffer.from(head.subarray(0, 116)).toString('latin1').trim());
      return readVersion5(input, head[126] === 0x49, context, draft);
    }
    const little = version4(head);
    if (little === undefined) throw new ParseError('no MATLAB file', 0);
    return readVersion4(input, little, context, draft);
  },
});
