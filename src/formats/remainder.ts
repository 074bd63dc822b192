import { sliceReader, type ByteReader } from '../core/byte-reader.ts';
import type { ArtifactInput, InspectContext } from './format.ts';
import type { Draft } from './reading.ts';

/** A zip's end record is searched from the end over its longest comment. */
const END_RECORD = 22;
const END_SEARCH = 65_535 + END_RECORD;
/** Writers pad with zeros up to a page; more than this is not looked through. */
const MAX_PADDING = 64 * 1024;

/**
 * Bytes after the end of a format. Another program may read the file from there (a pickle behind
 * a header, an appended zip), so they are inspected as a file of their own.
 */
export async function inspectTrailing(input: ArtifactInput, start: number, context: InspectContext, draft: Draft): Promise<void> {
  if (start >= input.reader.size) return;
  const head = await input.reader.read(start, MAX_PADDING);
  const padding = head.findIndex((byte) => byte !== 0);
  if (padding < 0 && start + head.length >= input.reader.size) return;
  const begin = start + Math.max(0, padding);
  const length = input.reader.size - begin;
  draft.report('malformed-artifact', { problem: 'trailing-data', bytes: length }, { offset: begin });
  const path = `${input.path}!trailing`;
  draft.absorb(await context.inspect({ path, reader: sliceReader(input.reader, begin, length) }), path);
}

/** Where a zip that ends at the end of the file begins, or `undefined`. */
async function appendedZip(reader: ByteReader): Promise<number | undefined> {
  const start = Math.max(0, reader.size - END_SEARCH);
  const tail = await reader.read(start, reader.size - start);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = tail.length - END_RECORD; at >= 0; at -= 1) {
    if (tail[at] !== 0x50 || view.getUint32(at, true) !== 0x06054b50) continue;
    if (at + END_RECORD + view.getUint16(at + 20, true) !== tail.length) continue;
    const begin = start + at - view.getUint32(at + 12, true) - view.getUint32(at + 16, true);
    return begin >= 0 ? begin : 0;
  }
  return undefined;
}

/** A zip is found from its end: one hidden in the last bytes of a file makes it an archive too. */
export async function inspectAppendedZip(input: ArtifactInput, context: InspectContext, draft: Draft): Promise<void> {
  const start = await appendedZip(input.reader);
  if (start === undefined) return;
  draft.report('polyglot-artifact', { other: 'zip' }, { offset: start });
  const path = `${input.path}!zip`;
  draft.absorb(await context.inspect({ path, reader: sliceReader(input.reader, start, input.reader.size - start) }), path);
}
