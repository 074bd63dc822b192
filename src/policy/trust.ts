import { parseIdentity } from '../integrity/oms/identity.ts';
import type { ModelTrust } from '../integrity/scan-models.ts';
import { globMatches } from './glob.ts';
import type { Policy } from './policy.ts';

/** `trusted-signers` as verification wants them. `files` holds the key and certificate files that they name. */
export function modelTrust(policy: Policy, files: ReadonlyMap<string, string>): ModelTrust[] {
  const pem = (path: string | undefined): string[] => (path === undefined ? [] : [files.get(path) ?? '']);
  return policy.trustedSigners.map((signer) => ({
    matches: (path) => signer.models === undefined || signer.models.some((pattern) => globMatches(pattern, path === '' ? '.' : path)),
    publicKeys: pem(signer.key),
    certificates: pem(signer.certificate),
    identities:
      signer.identity === undefined && signer.identityRegexp === undefined
        ? []
        : [
            parseIdentity({
              certificateIdentity: signer.identity,
              certificateIdentityRegexp: signer.identityRegexp,
              certificateOidcIssuer: signer.issuer,
            }),
          ],
  }));
}
