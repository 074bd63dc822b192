import type { ByteReader } from '../../core/byte-reader.ts';
import type { IntegrityResult, SkippedFile } from '../../core/report.ts';
import type { Entry } from '../../source/source.ts';
import { MAX_COVERED, type Problem, type TrustLevel } from '../result.ts';

export type DigestName = 'sha256' | 'sha512' | 'sha384' | 'sha1' | 'md5' | 'git-sha1' | 'blake2b' | 'blake3';

/** Too weak to prove that a file is what somebody meant: collisions can be made. */
export const WEAK: ReadonlySet<DigestName> = new Set(['md5', 'sha1', 'git-sha1']);

/** What a source may ask of the target. Digests are computed once per file and algorithm. */
export interface CheckContext {
  readonly entries: readonly Entry[];
  /** What the walk passed over. */
  readonly unseen: readonly SkippedFile[];
  has(path: string): boolean;
  /** Bytes, `undefined` where there is no such file. */
  size(path: string): number | undefined;
  open(path: string): Promise<ByteReader>;
  /** Lower-case hexadecimal. */
  digest(path: string, algorithm: DigestName): Promise<string>;
  /** What version control holds for the path, see `Source.committed`. */
  readonly committed?: ((path: string, limit: number) => Promise<Uint8Array | undefined>) | undefined;
}

/** A kind of file that says what other files should be. One file, one idea: `checksums`, `dvc` … */
export interface IntegritySource {
  readonly id: string;
  readonly wants: (entry: Entry) => boolean;
  check(file: { readonly path: string; readonly bytes: Buffer }, context: CheckContext): Promise<readonly IntegrityResult[]>;
}

/** One expectation of a source. */
export interface Claim {
  readonly path: string;
  readonly algorithm: DigestName;
  readonly digest: string;
  readonly size?: number | undefined;
  readonly line?: number | undefined;
  /** What the file is called in the claim, where its own name is a digest. */
  readonly label?: string | undefined;
}

/** Claims in one file; more are not written by people or tools. */
export const MAX_CLAIMS = 100_000;

/** `name` as seen from `directory`; `undefined` where it leaves the target or is not relative. */
export function resolveInside(directory: string, name: string): string | undefined {
  if (name === '' || name.startsWith('/') || name.includes('\0') || name.includes('\\')) return undefined;
  const parts: string[] = directory === '' ? [] : directory.split('/');
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length > 0 ? parts.join('/') : undefined;
}

export const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

const named = ({ label }: Claim, text: string): string => (label === undefined ? text : `${text} (${label})`);

/** Compares claims with the files that are there. Files that a source names and a checkout lacks are `missing` only where `mustExist`. */
export async function checkClaims(
  source: { readonly id: string; readonly path: string; readonly trust: TrustLevel; readonly mustExist: boolean },
  claims: readonly Claim[],
  context: CheckContext,
  more: readonly Problem[] = [],
): Promise<IntegrityResult> {
  const problems: Problem[] = [...more];
  const verified = new Set<string>();
  for (const claim of claims) {
    const size = context.size(claim.path);
    if (size === undefined) {
      if (source.mustExist)
        problems.push({ code: 'missing', path: claim.path, ...(claim.label === undefined ? {} : { detail: claim.label }) });
      continue;
    }
    if (claim.size !== undefined && claim.size !== size) {
      problems.push({ code: 'mismatch', path: claim.path, detail: named(claim, `${size} bytes instead of ${claim.size}`) });
      continue;
    }
    if ((await context.digest(claim.path, claim.algorithm)) === claim.digest) {
      verified.add(claim.path);
      if (WEAK.has(claim.algorithm)) problems.push({ code: 'weak-digest', path: claim.path, detail: claim.algorithm });
    } else problems.push({ code: 'mismatch', path: claim.path, detail: named(claim, `${claim.algorithm} differs`) });
  }
  const failed = problems.some((problem) => problem.code === 'mismatch' || problem.code === 'missing' || problem.code === 'shard-gap');
  return {
    source: source.id,
    subject: claims.length === 1 ? (claims[0]?.path ?? source.path) : directoryOf(source.path) || '.',
    status: failed ? 'failed' : verified.size > 0 ? 'verified' : 'unverified',
    trust: failed || verified.size === 0 ? 'none' : source.trust,
    ...(verified.size === 0 ? {} : { files: verified.size, covered: [...verified].sort().slice(0, MAX_COVERED) }),
    problems,
    location: { path: source.path, ...(claims[0]?.line === undefined ? {} : { line: claims[0].line }) },
  };
}
