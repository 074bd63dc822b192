import { sliceReader, type ByteReader } from '../core/byte-reader.ts';
import type { ArtifactFinding, InspectContext } from './format.ts';
import { disguiseOf } from './native/native.ts';

/** Enough for every magic that is looked for in tensor data. */
const SNIFF = 4096;
/** Nothing shorter does anything. */
const MIN_REGION = 8;
/** Tensors of bytes that are looked at in one file: each is a read, over the network too. */
export const MAX_REGIONS = 8;

/** Whether raw numbers are a pickle from the first byte to the last. */
async function isWholePickle(reader: ByteReader, head: Uint8Array): Promise<boolean> {
  if (head[0] !== 0x80 || (head[1] ?? 0) < 2 || (head[1] ?? 9) > 5 || reader.size < 4) return false;
  const [last] = await reader.read(reader.size - 1, 1);
  return last === 0x2e;
}

/**
 * Raw tensor data are only sniffed: whole pickles and programs do not belong there, and random
 * numbers do not look like them.
 */
export async function sniffRegion(reader: ByteReader): Promise<ArtifactFinding | 'pickle' | undefined> {
  const head = await reader.read(0, SNIFF);
  return disguiseOf(head) ?? ((await isWholePickle(reader, head)) ? 'pickle' : undefined);
}

/** A row of bytes inside a file of tensors: what it does where it is a file of its own. Harmless pickles are data. */
export async function inspectBytesTensor(
  reader: ByteReader,
  start: number,
  length: number,
  path: string,
  context: InspectContext,
): Promise<ArtifactFinding[]> {
  if (length < MIN_REGION) return [];
  const region = sliceReader(reader, start, length);
  const found = await sniffRegion(region);
  if (found === undefined) return [];
  if (found !== 'pickle') return [{ ...found, path }];
  const { findings } = await context.inspect({ path, reader: region });
  return findings.filter(({ verdict }) => verdict === 'malicious').map((finding) => ({ ...finding, path: finding.path ?? path }));
}
