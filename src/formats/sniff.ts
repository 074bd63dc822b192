import { isSequential } from './archive/stream.ts';
import { bytesReader, type ByteReader } from '../core/byte-reader.ts';
import type { ArtifactInput, Sniff } from './format.ts';
import { HEAD_SIZE, SMALL_FILE, TAIL_SIZE } from './limits.ts';

export interface Sniffed {
  readonly sniff: Sniff;
  /** Small files come out in memory, so that all formats together read them once. */
  readonly reader: ByteReader;
}

export async function sniff({ path, reader }: ArtifactInput): Promise<Sniffed> {
  const { size } = reader;
  if (size <= SMALL_FILE) {
    const all = await reader.read(0, size);
    // A file that shrank since it was listed, or a source that lies, is as long as what it gave.
    const head = all.subarray(0, HEAD_SIZE);
    return { sniff: { head, tail: all.subarray(Math.max(0, all.length - TAIL_SIZE)), size: all.length, path }, reader: bytesReader(all) };
  }
  const head = await reader.read(0, HEAD_SIZE);
  // The end of a stream costs all of it, and whoever reads a stream begins at its front.
  const tail = isSequential(reader) ? new Uint8Array(0) : await reader.read(size - TAIL_SIZE, TAIL_SIZE);
  return { sniff: { head, tail, size, path }, reader };
}
