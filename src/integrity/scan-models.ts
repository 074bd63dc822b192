import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { isObject } from '../core/json.ts';
import type { IntegrityResult } from '../core/report.ts';
import { digestOf, type ModelTree } from './model-tree.ts';
import { materialOf } from './oms/bundle.ts';
import type { KeylessIdentity } from './oms/identity.ts';
import { omsIntegrity } from './oms/report.ts';
import { verifyOms, type TrustPolicy } from './oms/verify.ts';
import type { Problem } from './result.ts';
import { blobIntegrity, verifyBlob } from './sigstore/blob.ts';
import { directoryOf, type CheckContext } from './sources/source.ts';
import { parseStrictJson } from './strict.ts';
import { rootAge } from './trusted-root.ts';

/** Whom the configuration trusts for the models under a path. */
export interface ModelTrust {
  readonly matches: (modelPath: string) => boolean;
  readonly publicKeys: readonly string[];
  readonly certificates: readonly string[];
  readonly identities: readonly KeylessIdentity[];
}

export interface ModelCheck {
  readonly trust: readonly ModelTrust[];
  readonly trustedRoot: () => TrustedRoot;
  readonly now: Date;
  readonly concurrency: number;
}

type Method = TrustPolicy['method'];

interface Found {
  readonly path: string;
  readonly bytes: Buffer;
}

/** What a bundle is about, as it says itself. Decides which verifier reads it; trusted for nothing. */
export type BundleKind = { readonly about: 'model' | 'file'; readonly method: Method };

const MODEL_SIGNATURE = /(?:^|\/)(?:model\.sig|[^/]+\.sig|[^/]+\.oms\.json)$/;
const SIGSTORE = /\.sigstore(?:\.json)?$/;
const PREDICATE = /model_signing\//;

/** Files that may be detached signatures, by name. */
export const isBundleName = (path: string): boolean => MODEL_SIGNATURE.test(path) || SIGSTORE.test(path);

/** `undefined` where the bytes are no bundle at all: another tool's signature, or a damaged one. */
export function bundleKind(bytes: Uint8Array): BundleKind | undefined {
  try {
    const json = parseStrictJson(bytes);
    if (!isObject(json)) return undefined;
    const { method } = materialOf(json['verificationMaterial']);
    const envelope = json['dsseEnvelope'];
    if (!isObject(envelope)) return isObject(json['messageSignature']) ? { about: 'file', method } : undefined;
    const payload = Buffer.from(typeof envelope['payload'] === 'string' ? envelope['payload'] : '', 'base64');
    return { about: PREDICATE.test(payload.toString('latin1')) ? 'model' : 'file', method };
  } catch {
    return undefined;
  }
}

/** What a walk cannot enter and a loader can. Files that the user excludes, or that git ignores, are not the model's. */
const UNSEEN: ReadonlySet<string> = new Set(['symlink-outside', 'symlink-cycle', 'special-file', 'depth', 'invalid-name', 'limit']);
const INSTALLED = 'installed dependencies';

/** The directory of the bundle as a model: everything under it that the walk found. */
function treeOf(root: string, context: CheckContext): ModelTree {
  const prefix = root === '' ? '' : `${root}/`;
  return {
    files: context.entries
      .filter((entry) => entry.path.startsWith(prefix))
      .map((entry) => ({ path: entry.path.slice(prefix.length), size: entry.size })),
    problems: context.unseen
      .filter(
        ({ path, reason, detail }) => path.startsWith(prefix) && (UNSEEN.has(reason) || (reason === 'excluded' && detail === INSTALLED)),
      )
      .map(({ path, reason, detail }) => ({
        path: path.slice(prefix.length),
        code: reason.startsWith('symlink') ? 'symlink' : 'special',
        detail: detail ?? `not looked at (${reason})`,
      })),
    // Whole files were mostly hashed already, when they were inspected.
    digest: (path, algorithm, range) =>
      range ? digestOf(context.open(prefix + path), algorithm, range) : context.digest(prefix + path, algorithm),
  };
}

interface Choice {
  readonly policies: readonly TrustPolicy[];
  /** Why there is nobody to verify against. */
  readonly problem?: Problem;
}

/**
 * Whom to verify against: those that the configuration trusts for one of these paths. Without such an
 * entry a keyless signature is checked and its signer reported as unpinned; a key or certificate that
 * nobody named proves nothing.
 */
function choose(method: Method, paths: readonly string[], options: ModelCheck): Choice {
  const trust = options.trust.filter((entry) => paths.some((path) => entry.matches(path)));
  const policies = trust.flatMap((entry): TrustPolicy[] => {
    if (method === 'certificate') return entry.certificates.length > 0 ? [{ method, chain: entry.certificates, at: options.now }] : [];
    if (method === 'keyless')
      return entry.identities.map((identity) => ({ method: 'keyless', trustedRoot: options.trustedRoot(), identity }));
    return entry.publicKeys.map((publicKey) => ({ method: 'key', publicKey }));
  });
  if (policies.length > 0) return { policies };
  if (trust.length > 0)
    return {
      policies,
      problem: { code: 'signer-untrusted', detail: `signed with method ${method}, which the configuration does not trust for this path` },
    };
  if (method === 'keyless') return { policies: [{ method, trustedRoot: options.trustedRoot() }] };
  return {
    policies,
    problem: { code: 'unverifiable', detail: `signed with method ${method}; name the signer you trust in assay.yaml to verify it` },
  };
}

/** The first policy that holds decides, else the last one that does not. */
async function firstThatHolds(
  policies: readonly TrustPolicy[],
  now: Date,
  verify: (policy: TrustPolicy) => Promise<IntegrityResult>,
): Promise<IntegrityResult | undefined> {
  let last: IntegrityResult | undefined;
  for (const policy of policies) {
    last = await verify(policy);
    if (last.status === 'verified') break;
  }
  return last?.signer?.['method'] === 'keyless' ? { ...last, problems: [...last.problems, ...rootAge(now)] } : last;
}

const undecided = (source: string, subject: string, problem: Problem, path: string): IntegrityResult => ({
  source,
  subject,
  status: problem.code === 'unverifiable' ? 'unverified' : 'failed',
  trust: 'none',
  problems: [problem],
  location: { path },
});

async function checkModel(
  { path, bytes }: Found,
  method: Method | undefined,
  context: CheckContext,
  options: ModelCheck,
): Promise<IntegrityResult | undefined> {
  const root = directoryOf(path);
  // A damaged bundle is verified too, against nobody: the parser says what is wrong with it.
  const { policies, problem } =
    method === undefined ? { policies: [{ method: 'key', publicKey: '' } as const] } : choose(method, [root], options);
  if (problem) return undecided('oms', root || '.', problem, path);
  const tree = treeOf(root, context);
  const bundlePath = root === '' ? path : path.slice(root.length + 1);
  return firstThatHolds(policies, options.now, async (policy) => {
    const result = await verifyOms(tree, bytes, {
      policy,
      ignorePaths: [],
      ignoreUnsigned: false,
      allowLegacy: false,
      bundlePath,
      concurrency: options.concurrency,
      now: options.now,
    });
    return omsIntegrity(result, root || '.', path);
  });
}

async function checkFile(
  { path, bytes }: Found,
  method: Method,
  context: CheckContext,
  options: ModelCheck,
): Promise<IntegrityResult | undefined> {
  const subject = path.replace(SIGSTORE, '');
  if (!SIGSTORE.test(path) || !context.has(subject)) return undefined;
  const { policies, problem } = choose(method, [subject, directoryOf(subject)], options);
  if (problem) return undecided('sigstore', subject, problem, path);
  return firstThatHolds(policies, options.now, async (policy) => {
    const reader = await context.open(subject);
    try {
      // A registry that states digests has not sent the bytes, and a signature over them needs every one.
      if (reader.stated !== undefined)
        return undecided('sigstore', subject, { code: 'unverifiable', path: subject, detail: 'the file was not downloaded' }, path);
      return blobIntegrity(await verifyBlob(subject, reader, bytes, { policy, trustedRoot: options.trustedRoot() }), subject, path);
    } finally {
      await reader.close?.();
    }
  });
}

/** Verifies a signature that was found by its name, against whom the configuration trusts for this path. */
export async function checkSignature(file: Found, context: CheckContext, options: ModelCheck): Promise<IntegrityResult | undefined> {
  const kind = bundleKind(file.bytes);
  if (kind?.about === 'file') return checkFile(file, kind.method, context, options);
  const subject = file.path.replace(SIGSTORE, '');
  if (kind === undefined && subject !== file.path && context.has(subject))
    return undecided('sigstore', subject, { code: 'bundle-invalid', path: subject, detail: 'not a Sigstore bundle' }, file.path);
  // Only the conventional name says that a damaged file was meant to be a signature.
  if (kind === undefined && !/(?:^|\/)model\.sig$/.test(file.path)) return undefined;
  return checkModel(file, kind?.method, context, options);
}
