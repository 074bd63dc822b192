import type { ArtifactReport, IntegrityResult } from '../../core/report.ts';

/** Where C2PA 2.4 puts its manifest into safetensors (`__metadata__`) and ONNX (`metadata_props`); the second is of drafts. */
const KEYS: ReadonlySet<unknown> = new Set(['c2pa:manifest', 'c2pa.manifest']);

/** Model files that carry a C2PA manifest. Its signature is not verified here, and that is said. */
export const c2paResults = (artifacts: readonly ArtifactReport[]): IntegrityResult[] =>
  artifacts
    .filter(({ facts }) => Array.isArray(facts['metadataKeys']) && (facts['metadataKeys'] as unknown[]).some((key) => KEYS.has(key)))
    .map(({ path }) => ({
      source: 'c2pa',
      subject: path,
      status: 'unverified',
      trust: 'none',
      problems: [{ code: 'unverifiable', path, detail: 'carries a C2PA manifest, which assay does not verify' }],
      location: { path },
    }));
