import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { VerificationError, type Signer } from '../result.ts';
import type { ParsedBundle } from './bundle.ts';
import type { KeylessIdentity } from './identity.ts';

/**
 * Method *sigstore*: certificate chain, signed certificate timestamp, log entry and body, envelope
 * signature by `@sigstore/verify` against `trustedRoot`; then our own comparison of identity and
 * issuer, because the library matches a name anywhere inside another one. Without `expected` the
 * signature is checked and the identity only reported.
 */
export function verifyKeyless(bundle: ParsedBundle, trustedRoot: TrustedRoot, expected: KeylessIdentity | undefined): { readonly signer: Signer; readonly pinned: boolean } {
  if (bundle.material.method !== 'keyless') throw new VerificationError('method-mismatch', `the model is signed with method ${bundle.material.method}, not keyless`);
  let identity: { subjectAlternativeName?: string; extensions?: { issuer?: string } } | undefined;
  let parsed: ReturnType<typeof bundleFromJSON>;
  try {
    parsed = bundleFromJSON(bundle.json);
    identity = new Verifier(toTrustMaterial(trustedRoot)).verify(toSignedEntity(parsed)).identity;
  } catch (error) {
    throw new VerificationError('signature-invalid', error instanceof Error ? error.message : String(error));
  }
  const name = identity?.subjectAlternativeName ?? '';
  const issuer = identity?.extensions?.issuer ?? '';
  if (expected && !expected.issuer.test(issuer)) throw new VerificationError('identity-mismatch', `signed through issuer ${JSON.stringify(issuer)}, which is not the expected one`);
  if (expected && !expected.identity.test(name)) throw new VerificationError('identity-mismatch', `signed by ${JSON.stringify(name)}, who is not the expected signer`);
  const entry = parsed.verificationMaterial.tlogEntries[0];
  const time = Number(entry?.integratedTime ?? 0);
  return {
    signer: {
      method: 'keyless',
      identity: name,
      issuer,
      ...(entry ? { logIndex: entry.logIndex } : {}),
      ...(time > 0 ? { time: new Date(time * 1000).toISOString() } : {}),
    },
    pinned: expected !== undefined,
  };
}
