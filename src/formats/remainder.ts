import { sliceReader } from '../core/byte-reader.ts';
import type { ArtifactInput, InspectContext } from './format.ts';
import type { Draft } from './draft.ts';

/** Writers pad with zeros up to a page; more than this is not looked through. */
const MAX_PADDING = 64 * 1024;

/**
 * Bytes after the end of a format. Another program may read the file from there (a pickle behind
 * a header), so they are inspected as a file of their own. A zip is found from its end and is the
 * dispatcher's matter.
 */
export async function inspectTrailing(input: ArtifactInput, start: number, context: InspectContext, draft: Draft): Promise<void> {
  if (start >= input.reader.size) return;
  const head = await input.reader.read(start, MAX_PADDING);
  const padding = head.findIndex((byte) => byte !== 0);
  if (padding < 0 && start + head.length >= input.reader.size) return;
  const begin = start + Math.max(0, padding);
  const length = input.reader.size - begin;
  draft.report('malformed-artifact', { problem: 'trailing-data', bytes: length }, { offset: begin });
  const [p, k] = head.subarray(Math.max(0, padding));
  if (p === 0x50 && k === 0x4b) return;
  const path = `${input.path}!trailing`;
  draft.absorb(await context.inspect({ path, reader: sliceReader(input.reader, begin, length) }), path);
}
