import { bytesReader } from '../../src/core/byte-reader.ts';
import { inspectArtifact, type ArtifactInspection, type InspectOptions } from '../../src/formats/inspect.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

/** Through the public entry point, with the knowledge that ships. */
export const inspectFile = (path: string, bytes: Uint8Array, limits?: InspectOptions['limits']): Promise<ArtifactInspection> =>
  inspectArtifact(
    { path, reader: bytesReader(bytes) },
    { knowledge: loadKnowledge(), now: () => performance.now(), ...(limits ? { limits } : {}) },
  );

/** Processor time of `work` in milliseconds: bars on it hold on a busy machine too. */
export async function cpuTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
