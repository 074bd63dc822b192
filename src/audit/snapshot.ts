import type { ArtifactReport, IntegrityResult } from '../core/report.ts';
import type { Claim } from './claimed-signer.ts';
import type { HubFile, HubRepository } from '../registries/huggingface-facts.ts';

/** How an audit of one target ended. `partial`: some files could not be read; the next audit reads them again. */
export type TargetStatus = 'ok' | 'partial' | 'gone' | 'denied' | 'failed';

export interface SnapshotFile {
  readonly path: string;
  readonly size: number;
  /** `sha256:…` where the registry states it, else `git:…`. */
  readonly digest?: string;
  /** What the registry's own scanners say; a third party's opinion. */
  readonly scan?: string;
  /** Of our inspection. */
  readonly format?: string;
  readonly verdict?: string;
}

/** Everything of a repository that the next audit compares. Small: a line of the state. */
export interface Snapshot {
  readonly version: 1;
  /** Version of Assay: another one inspects again. */
  readonly tool: string;
  readonly status: TargetStatus;
  readonly name: string;
  readonly type: 'model' | 'dataset' | 'space' | 'repository';
  readonly id?: string;
  readonly owner?: string;
  readonly createdAt?: string;
  /** As asked for; absent for the default branch. */
  readonly revision?: string;
  readonly commit?: string;
  /** Head of the default branch, where a revision was asked for. */
  readonly head?: string;
  readonly private: boolean;
  readonly gated: string;
  readonly disabled: boolean;
  readonly licence?: string;
  readonly task?: string;
  readonly baseModels: readonly string[];
  readonly datasets: readonly string[];
  readonly files: readonly SnapshotFile[];
  /** Who signed, and whether the signature holds. */
  readonly signer?: { readonly status: string; readonly identity: string };
}

const digestOf = (file: HubFile): string | undefined =>
  file.sha256 === undefined ? (file.gitSha1 === undefined ? undefined : `git:${file.gitSha1}`) : `sha256:${file.sha256}`;

export function snapshotFiles(files: readonly HubFile[], artifacts: readonly ArtifactReport[]): SnapshotFile[] {
  const reports = new Map(artifacts.map((artifact) => [artifact.path, artifact]));
  return files.map((file) => {
    const report = reports.get(file.path);
    const digest = digestOf(file);
    return {
      path: file.path,
      size: file.size,
      ...(digest === undefined ? {} : { digest }),
      ...(file.scan === undefined ? {} : { scan: file.scan }),
      ...(report ? { format: report.format, verdict: report.verdict } : {}),
    };
  });
}

/** The signer of the repository's own signature, else of the first that there is. `claim` is what an unverified bundle says of itself. */
export function signerOf(results: readonly IntegrityResult[], claim?: Claim): Snapshot['signer'] {
  const signed = results.filter(
    (result) => result.signer !== undefined || /\.(?:sig|sigstore\.json|oms\.json)$/.test(result.location?.path ?? ''),
  );
  const [first] = [...signed].sort((a, b) => Number(b.subject === '.') - Number(a.subject === '.'));
  if (!first) return undefined;
  const { signer } = first;
  return {
    status: first.status === 'unverified' && claim?.broken === true ? 'failed' : first.status,
    identity: signer?.['identity'] ?? signer?.['fingerprint'] ?? signer?.['subject'] ?? claim?.identity ?? 'unknown',
  };
}

export interface SnapshotInput {
  readonly tool: string;
  readonly status: TargetStatus;
  readonly repository: HubRepository;
  readonly revision?: string | undefined;
  readonly head?: string | undefined;
  readonly files: readonly SnapshotFile[];
  readonly signer?: Snapshot['signer'];
}

export function snapshotOf({ tool, status, repository, revision, head, files, signer }: SnapshotInput): Snapshot {
  const { type, name, id, owner, createdAt, commit, gated, disabled, licence, task, baseModels, datasets } = repository;
  return {
    version: 1,
    tool,
    status,
    name,
    type,
    ...(id === undefined ? {} : { id }),
    ...(owner === undefined ? {} : { owner }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(revision === undefined ? {} : { revision }),
    ...(commit === undefined ? {} : { commit }),
    ...(head === undefined ? {} : { head }),
    private: repository.private,
    gated,
    disabled,
    ...(licence === undefined ? {} : { licence }),
    ...(task === undefined ? {} : { task }),
    baseModels,
    datasets,
    files,
    ...(signer === undefined ? {} : { signer }),
  };
}
