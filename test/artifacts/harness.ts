import { bytesReader } from '../../src/core/byte-reader.ts';
import type { ArtifactInput } from '../../src/formats/format.ts';
import { inspectArtifact, type ArtifactInspection } from '../../src/formats/inspect.ts';
import { vocabularySection } from '../../src/knowledge/vocabulary.ts';
import { compileSection } from '../../src/knowledge/compile.ts';
import { createKnowledge } from '../../src/knowledge/knowledge.ts';
import { pickleSection } from '../../src/knowledge/pickle.ts';

/** The two sections that formats ask for, straight from `rules/`. */
export const knowledge = createKnowledge((id) => {
  if (id === vocabularySection.id) return compileSection(vocabularySection, 'rules');
  if (id === pickleSection.id) return compileSection(pickleSection, 'rules');
  throw new Error(`no section ${id} here`);
});

export const inspectInput = (input: ArtifactInput): Promise<ArtifactInspection> =>
  inspectArtifact(input, { knowledge, now: () => performance.now() });

export const inspectBytes = (bytes: Uint8Array, path: string): Promise<ArtifactInspection> =>
  inspectInput({ path, reader: bytesReader(bytes) });
