import { bytesReader, type ByteReader } from '../../src/core/byte-reader.ts';
import type { Verdict } from '../../src/core/component.ts';
import type { InspectContext } from '../../src/formats/format.ts';
import { inspectPickle, type PickleInspection, type PickleOptions } from '../../src/formats/pickle/index.ts';
import { verdictOf } from '../../src/formats/verdict.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

/** A context without other formats: what is nested is a pickle or not understood. */
export function pickleContext(limits: Partial<InspectContext['budget']> = {}, now: () => number = () => 0): InspectContext {
  const budget = { bytes: 1 << 30, members: 50_000, steps: 20_000_000, deadline: 60_000, ...limits };
  const at = (depth: number): InspectContext => ({
    knowledge: loadKnowledge(),
    budget,
    depth,
    now,
    inspect: ({ reader }) => inspectPickle(reader, at(depth + 1)),
  });
  return at(0);
}

export interface Inspected {
  readonly verdict: Verdict;
  readonly inspection: PickleInspection;
}

export async function inspectReader(reader: ByteReader, options?: PickleOptions, context = pickleContext()): Promise<Inspected> {
  const inspection = await inspectPickle(reader, context, options);
  return { inspection, verdict: verdictOf(inspection.findings) };
}

export const inspectBytes = (bytes: Uint8Array, options?: PickleOptions): Promise<Inspected> => inspectReader(bytesReader(bytes), options);
