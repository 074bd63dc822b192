import type { TrustedRoot } from '@sigstore/protobuf-specs';
import type { ModelTree } from '../model-tree.ts';
import { VerificationError, type Problem, type Signer, type TrustLevel } from '../result.ts';
import { parseBundle, type ParsedBundle } from './bundle.ts';
import { EXPIRY_WARNING_DAYS, verifyWithCertificate } from './certificate.ts';
import { compareTree } from './compare.ts';
import type { KeylessIdentity } from './identity.ts';
import { verifyWithKey } from './key.ts';
import { verifyKeyless } from './keyless.ts';
import { parseStatement, type HashName, type Manifest } from './statement.ts';

/** Whom the caller trusts. Exactly the method that the caller names is accepted. */
export type TrustPolicy =
  | { readonly method: 'key'; readonly publicKey: string }
  | { readonly method: 'certificate'; readonly chain: readonly string[]; readonly at: Date }
  | { readonly method: 'keyless'; readonly trustedRoot: TrustedRoot; readonly identity?: KeylessIdentity };

export interface OmsOptions {
  readonly policy: TrustPolicy;
  readonly ignorePaths: readonly string[];
  readonly ignoreUnsigned: boolean;
  readonly allowLegacy: boolean;
  readonly bundlePath?: string | undefined;
  readonly concurrency: number;
  readonly now: Date;
}

export interface OmsResult {
  readonly verified: boolean;
  readonly trust: TrustLevel;
  readonly signer?: Signer;
  readonly hash?: HashName;
  /** Digest per verified file; '' where the digest is of shards. */
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
  readonly notices: readonly Problem[];
  readonly legacy: readonly string[];
}

function checkSignature(bundle: ParsedBundle, { policy, allowLegacy }: OmsOptions): { signer: Signer; pinned: boolean; legacy: boolean } {
  if (policy.method === 'key') return { ...verifyWithKey(bundle, policy.publicKey, { allowLegacy }), pinned: true };
  if (policy.method === 'certificate')
    return { ...verifyWithCertificate(bundle, policy.chain, { at: policy.at, allowLegacy }), pinned: true };
  return { ...verifyKeyless(bundle, policy.trustedRoot, policy.identity), legacy: false };
}

/**
 * Verifies a model against a detached OMS bundle: bundle, signature, statement, then files, in that
 * order; nothing of the statement is read before its signature holds. Stateless. Never throws for
 * what is wrong with bundle or model: it is in `problems`.
 */
export async function verifyOms(tree: ModelTree, bytes: Uint8Array, options: OmsOptions): Promise<OmsResult> {
  let signer: Signer;
  let pinned: boolean;
  let manifest: Manifest;
  const legacy: string[] = [];
  try {
    const bundle = parseBundle(bytes);
    const checked = checkSignature(bundle, options);
    ({ signer, pinned } = checked);
    manifest = parseStatement(bundle.payloadType, bundle.payload, { allowLegacy: options.allowLegacy });
    if (checked.legacy) legacy.push('signature over the wrong encoding of model_signing 0.2.0');
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return {
      verified: false,
      trust: 'none',
      files: new Map(),
      problems: [{ code: error.code, detail: error.message }],
      notices: [],
      legacy,
    };
  }
  const { problems, notices, verified } = await compareTree(tree, manifest, options);
  return {
    verified: problems.length === 0,
    trust: problems.length > 0 ? 'none' : pinned ? 'signed-pinned' : 'signed-unpinned',
    signer,
    hash: manifest.hash,
    files: verified,
    problems,
    notices: [...notices, ...expiring(signer, options.now)],
    legacy: [...legacy, ...manifest.legacy],
  };
}

function expiring(signer: Signer, now: Date): Problem[] {
  if (signer.notAfter === undefined) return [];
  const days = Math.floor((Date.parse(signer.notAfter) - now.getTime()) / 86_400_000);
  if (days > EXPIRY_WARNING_DAYS) return [];
  return [
    {
      code: 'certificate-expiring',
      detail: days < 0 ? `the signing certificate expired on ${signer.notAfter}` : `the signing certificate expires in ${days} days`,
    },
  ];
}
