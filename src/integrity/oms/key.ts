import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { VerificationError, type Signer } from '../result.ts';
import type { ParsedBundle } from './bundle.ts';
import { preAuthEncoding, preAuthEncodingV02 } from './dsse.ts';

/** Digest by curve, as model_signing chooses it (specification v1.0 §4.2). */
const CURVE_HASH: Readonly<Record<string, string>> = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' };
/** NIST SP 800-131A: shorter RSA keys are no longer acceptable. */
const MIN_RSA_BITS = 2048;

/**
 * Whether `signature` over `data` holds under `key`: ECDSA over P-256, P-384 or P-521 (DER), RSA
 * PKCS #1 v1.5 with SHA-256, Ed25519.
 * @throws VerificationError where the key is of another kind.
 */
export function holds(key: KeyObject, data: Buffer, signature: Buffer, hash?: string): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ed25519') return verify(null, data, key, signature);
  if (type === 'rsa') {
    if ((details?.modulusLength ?? 0) < MIN_RSA_BITS)
      throw new VerificationError('signature-invalid', `RSA key of ${details?.modulusLength} bits is too short`);
    return verify(hash ?? 'sha256', data, key, signature);
  }
  const curveHash = type === 'ec' ? CURVE_HASH[details?.namedCurve ?? ''] : undefined;
  if (curveHash === undefined)
    throw new VerificationError(
      'signature-invalid',
      `keys of type ${type ?? 'unknown'}${details?.namedCurve ? ` on ${details.namedCurve}` : ''} are not supported`,
    );
  return verify(hash ?? curveHash, data, key, signature);
}

/** Checks the envelope's signature. Resolves to whether it is of the 0.2.0 kind. */
export function verifyEnvelope(bundle: ParsedBundle, key: KeyObject, allowLegacy: boolean): { readonly legacy: boolean } {
  if (holds(key, preAuthEncoding(bundle.payloadType, bundle.payload), bundle.signature)) return { legacy: false };
  const old = preAuthEncodingV02(bundle.payloadType, bundle.payload);
  // 0.2.0 used the curve's digest with keys and SHA-256 with certificates.
  if (holds(key, old, bundle.signature) || holds(key, old, bundle.signature, key.asymmetricKeyType === 'ed25519' ? undefined : 'sha256')) {
    if (allowLegacy) return { legacy: true };
    throw new VerificationError(
      'legacy',
      'signature of model_signing 0.2.0, made over a wrong encoding of the payload; sign the model again, or allow legacy bundles',
    );
  }
  throw new VerificationError('signature-invalid', 'the signature was not made by this key over this statement');
}

export const fingerprintOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');

/** @throws VerificationError where the text is no public key. */
export function parsePublicKey(pem: string): KeyObject {
  if (/PRIVATE KEY/.test(pem)) throw new VerificationError('signature-invalid', 'this is a private key; give the public key');
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new VerificationError('signature-invalid', `not a public key: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Method *key*: the caller's key decides; the bundle's own key material is ignored, its hint compared. */
export function verifyWithKey(
  bundle: ParsedBundle,
  pem: string,
  options: { readonly allowLegacy: boolean },
): { readonly signer: Signer; readonly legacy: boolean } {
  if (bundle.material.method !== 'key')
    throw new VerificationError('method-mismatch', `the model is signed with method ${bundle.material.method}, not with a key`);
  const key = parsePublicKey(pem);
  const { hint } = bundle.material;
  // The hint is the SHA-256 of the PEM text, newline included.
  const expected = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'pem' }))
    .digest('hex');
  if (hint !== undefined && hint !== expected)
    throw new VerificationError('signer-untrusted', 'the model is signed with another key than the one given');
  const { legacy } = verifyEnvelope(bundle, key, options.allowLegacy);
  return { signer: { method: 'key', fingerprint: fingerprintOf(key) }, legacy };
}
