import type { TrustedRoot } from '@sigstore/protobuf-specs';
import type { IntegrityResult } from '../core/report.ts';
import type { CheckContext } from './sources/source.ts';
import { hashReader } from './hash.ts';
import type { ModelTree } from './model-tree.ts';
import type { KeylessIdentity } from './oms/identity.ts';
import { parseBundle } from './oms/bundle.ts';
import { omsIntegrity } from './oms/report.ts';
import { verifyOms, type TrustPolicy } from './oms/verify.ts';
import { directoryOf } from './sources/source.ts';

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

const BUNDLE = /(?:^|\/)(?:model\.sig|[^/]+\.sig|[^/]+\.oms\.json|[^/]*model[^/]*\.sigstore\.json)$/;
const PREDICATE = /model_signing\//;

/** Files that may be detached OMS signatures, by name. */
export const isBundleName = (path: string): boolean => BUNDLE.test(path);

/** The directory of the bundle as a model: everything under it that the walk found. */
function treeOf(root: string, context: CheckContext): ModelTree {
  const prefix = root === '' ? '' : `${root}/`;
  return {
    files: context.entries.filter((entry) => entry.path.startsWith(prefix)).map((entry) => ({ path: entry.path.slice(prefix.length), size: entry.size })),
    problems: [],
    open: (path) => context.open(prefix + path),
  };
}

/**
 * Verifies a signature that was found by its name, against whom the configuration trusts for this
 * path. Without such an entry a keyless signature is checked and its signer reported as unpinned; a
 * key or certificate that nobody named proves nothing and is `unverified`.
 */
export async function checkModelSignature(file: { readonly path: string; readonly bytes: Buffer }, context: CheckContext, options: ModelCheck): Promise<IntegrityResult | undefined> {
  const root = directoryOf(file.path);
  let method: 'key' | 'certificate' | 'keyless' | undefined;
  try {
    const bundle = parseBundle(file.bytes);
    if (!PREDICATE.test(bundle.payload.toString('latin1'))) return undefined;
    method = bundle.material.method;
  } catch {
    // Another kind of signature, or a damaged one: only the conventional name says that it was meant to be one of ours.
    if (!/(?:^|\/)model\.sig$/.test(file.path)) return undefined;
  }
  const trust = options.trust.filter((entry) => entry.matches(root));
  const policies: TrustPolicy[] = trust.flatMap((entry): TrustPolicy[] => {
    if (method === 'certificate') return entry.certificates.length > 0 ? [{ method, chain: entry.certificates, at: options.now }] : [];
    if (method === 'keyless') return entry.identities.map((identity) => ({ method: 'keyless', trustedRoot: options.trustedRoot(), identity }));
    return entry.publicKeys.map((publicKey) => ({ method: 'key', publicKey }));
  });
  if (policies.length === 0 && method === 'keyless') policies.push({ method, trustedRoot: options.trustedRoot() });
  if (policies.length === 0 && method !== undefined) {
    const code = trust.length > 0 ? 'signer-untrusted' : 'unverifiable';
    const detail = trust.length > 0 ? `signed with method ${method}, which the configuration does not trust for this model` : `signed with method ${method}; name the signer you trust in assay.yaml to verify it`;
    return { source: 'oms', subject: root || '.', status: trust.length > 0 ? 'failed' : 'unverified', trust: 'none', problems: [{ code, detail }], location: { path: file.path } };
  }
  if (policies.length === 0) policies.push({ method: 'key', publicKey: '' });
  const tree = treeOf(root, context);
  const bundlePath = root === '' ? file.path : file.path.slice(root.length + 1);
  let last: IntegrityResult | undefined;
  for (const policy of policies) {
    const result = await verifyOms(tree, file.bytes, { policy, ignorePaths: [], ignoreUnsigned: false, allowLegacy: false, bundlePath, hash: hashReader, concurrency: options.concurrency, now: options.now });
    last = omsIntegrity(result, root || '.', file.path);
    if (result.verified) return last;
  }
  return last;
}
