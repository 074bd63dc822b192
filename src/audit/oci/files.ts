import type { ArtifactReport } from '../../core/report.ts';
import { SMALL_FILE } from '../../formats/limits.ts';
import { hashReader } from '../../integrity/hash.ts';
import type { OciFile, OciSource } from '../../source/oci/source.ts';
import { isCompared } from '../drift/files.ts';
import type { SnapshotFile } from '../snapshot.ts';

/** Members of archives that are hashed, so that one changed file is not all of its layer. */
const MAX_HASHED = 500;

/** SHA-256 of small members of archives; what could not be read has none. */
export async function memberDigests(source: OciSource): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  const members = source.files.filter(({ path, size, sha256 }) => sha256 === undefined && size <= SMALL_FILE && isCompared(path));
  for (const { path } of members.slice(0, MAX_HASHED)) {
    const digest = await hashReader(await source.open(path), 'sha256').catch(() => undefined);
    if (digest !== undefined) digests.set(path, digest);
  }
  return digests;
}

/** A large member of an archive has the digest of its layer: never less than what changes. */
export function snapshotFiles(
  files: readonly OciFile[],
  members: ReadonlyMap<string, string>,
  artifacts: readonly ArtifactReport[],
): SnapshotFile[] {
  const reports = new Map(artifacts.map((artifact) => [artifact.path, artifact]));
  return files.map(({ path, size, sha256, layer }) => {
    const report = reports.get(path);
    const known = sha256 ?? members.get(path);
    return {
      path,
      size,
      digest: known === undefined ? `layer:${layer}` : `sha256:${known}`,
      ...(report ? { format: report.format, verdict: report.verdict } : {}),
    };
  });
}
