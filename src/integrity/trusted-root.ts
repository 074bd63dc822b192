import { TrustedRoot } from '@sigstore/protobuf-specs';
import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };
import { UserError } from '../core/errors.ts';

const MIRROR = 'https://tuf-repo-cdn.sigstore.dev' as const;

/** Sigstore's public-good root as it ships with the package: works offline, without TUF's expiry and revocation. */
export function embeddedTrustedRoot(): TrustedRoot {
  const root = seeds[MIRROR].targets['trusted_root.json'];
  return TrustedRoot.fromJSON(JSON.parse(Buffer.from(root, 'base64').toString('utf8')));
}

/** @throws UserError where the text is no trusted root. */
export function parseTrustedRoot(text: string, name: string): TrustedRoot {
  try {
    const root = TrustedRoot.fromJSON(JSON.parse(text));
    if (root.certificateAuthorities.length === 0) throw new Error('it names no certificate authority');
    return root;
  } catch (error) {
    throw new UserError(`${name} is not a Sigstore trusted root: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Asks the TUF repository. For `--online` only. */
export async function refreshedTrustedRoot(): Promise<TrustedRoot> {
  const { getTrustedRoot } = await import('@sigstore/tuf');
  return getTrustedRoot();
}
