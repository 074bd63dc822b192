import type { KeyObject } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier, type SignedEntity } from '@sigstore/verify';
import type { KeylessIdentity } from '../oms/identity.ts';
import { fingerprintOf } from '../oms/key.ts';
import { VerificationError, type Signer } from '../result.ts';

export type SignatureContent = SignedEntity['signature'];

export interface Checked {
  readonly signer: Signer;
  readonly pinned: boolean;
}

/** When a timestamp authority or the log saw the signature; Rekor v2 gives no time of its own. */
function timeOf(bundle: Bundle, entity: SignedEntity): string | undefined {
  for (const item of entity.timestamps) if (item.$case === 'timestamp-authority') return item.timestamp.signingTime.toISOString();
  const seconds = Number(bundle.verificationMaterial.tlogEntries[0]?.integratedTime ?? 0);
  return seconds > 0 ? new Date(seconds * 1000).toISOString() : undefined;
}

const logOf = (bundle: Bundle, entity: SignedEntity): Pick<Signer, 'logIndex' | 'time'> => {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const time = timeOf(bundle, entity);
  return { ...(entry ? { logIndex: entry.logIndex } : {}), ...(time === undefined ? {} : { time }) };
};

function entityOf(bundle: Bundle, content: SignatureContent | undefined): SignedEntity {
  const entity = toSignedEntity(bundle, Buffer.alloc(0));
  return content === undefined ? entity : { ...entity, signature: content };
}

const failed = (error: unknown): VerificationError =>
  error instanceof VerificationError
    ? error
    : new VerificationError('signature-invalid', error instanceof Error ? error.message : String(error));

/**
 * Certificate chain, signed certificate timestamp, log entry and body, signature: by
 * `@sigstore/verify` against `trustedRoot`; then our own comparison of identity and issuer, because
 * the library matches a name anywhere inside another one. Without `expected` the signature is
 * checked and the identity only reported. `content` replaces the library's own reading of what is signed.
 * @throws VerificationError
 */
export function verifyIdentity(
  bundle: Bundle,
  trustedRoot: TrustedRoot,
  expected: KeylessIdentity | undefined,
  content?: SignatureContent,
): Checked {
  let entity: SignedEntity;
  let identity: { subjectAlternativeName?: string; extensions?: { issuer?: string } } | undefined;
  try {
    entity = entityOf(bundle, content);
    identity = new Verifier(toTrustMaterial(trustedRoot)).verify(entity).identity;
  } catch (error) {
    throw failed(error);
  }
  const name = identity?.subjectAlternativeName ?? '';
  const issuer = identity?.extensions?.issuer ?? '';
  if (expected && !expected.issuer.test(issuer))
    throw new VerificationError('identity-mismatch', `signed through issuer ${JSON.stringify(issuer)}, which is not the expected one`);
  if (expected && !expected.identity.test(name))
    throw new VerificationError('identity-mismatch', `signed by ${JSON.stringify(name)}, who is not the expected signer`);
  return { signer: { method: 'keyless', identity: name, issuer, ...logOf(bundle, entity) }, pinned: expected !== undefined };
}

/**
 * A signature by a key that the caller holds. Log entries and timestamps are not needed, since no
 * certificate expires; those that the bundle carries must hold.
 * @throws VerificationError
 */
export function verifyManagedKey(bundle: Bundle, trustedRoot: TrustedRoot, publicKey: KeyObject, content: SignatureContent): Checked {
  try {
    const entity = entityOf(bundle, content);
    const material = toTrustMaterial(trustedRoot, () => ({ publicKey, validFor: () => true }));
    new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(entity);
    return { signer: { method: 'key', fingerprint: fingerprintOf(publicKey), ...logOf(bundle, entity) }, pinned: true };
  } catch (error) {
    throw failed(error);
  }
}
