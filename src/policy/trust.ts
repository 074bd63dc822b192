import { parseIdentity } from '../integrity/oms/identity.ts';
import type { ModelTrust } from '../integrity/scan-models.ts';
import { globMatches } from './glob.ts';
import type { Policy } from './policy.ts';

/**
 * Whether a glob of `models` is about the model in this directory: it names the directory, or what lies in it (`granite`,
 * `granite/`, `granite/**`). A signer that is named and not applied would leave the model to whoever signed it.
 */
function coversModel(glob: string, path: string): boolean {
  const pattern = glob.replace(/\/$/, '');
  return globMatches(pattern, path === '' ? '.' : path) || globMatches(pattern, path === '' ? 'model.sig' : `${path}/model.sig`);
}

/** `trusted-signers` as verification wants them. `files` holds the key and certificate files that they name. */
export function modelTrust(policy: Policy, files: ReadonlyMap<string, string>): ModelTrust[] {
  const pem = (path: string | undefined): string[] => (path === undefined ? [] : [files.get(path) ?? '']);
  return policy.trustedSigners.map((signer) => ({
    matches: (path) => signer.models === undefined || signer.models.some((pattern) => coversModel(pattern, path)),
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
