import { bundleFromJSON, type Bundle } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { VerificationError } from '../result.ts';
import { verifyIdentity, type Checked } from '../sigstore/verify.ts';
import type { ParsedBundle } from './bundle.ts';
import type { KeylessIdentity } from './identity.ts';

/** Method *sigstore* (specification v1.0 §8.3). Without `expected` the identity is only reported. */
export function verifyKeyless(bundle: ParsedBundle, trustedRoot: TrustedRoot, expected: KeylessIdentity | undefined): Checked {
  if (bundle.material.method !== 'keyless')
    throw new VerificationError('method-mismatch', `the model is signed with method ${bundle.material.method}, not keyless`);
  let parsed: Bundle;
  try {
    parsed = bundleFromJSON(bundle.json);
  } catch (error) {
    throw new VerificationError('signature-invalid', error instanceof Error ? error.message : String(error));
  }
  return verifyIdentity(parsed, trustedRoot, expected);
}
