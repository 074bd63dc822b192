import { TrustedRoot, type TransparencyLogInstance } from '@sigstore/protobuf-specs';
import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };
import { UserError } from '../core/errors.ts';
import type { Problem } from './result.ts';

const MIRROR = 'https://tuf-repo-cdn.sigstore.dev' as const;

/** Sigstore's public-good root as it ships with the package: works offline, without TUF's expiry and revocation. */
export function embeddedTrustedRoot(): TrustedRoot {
  const root = seeds[MIRROR].targets['trusted_root.json'];
  return TrustedRoot.fromJSON(JSON.parse(Buffer.from(root, 'base64').toString('utf8')));
}

/** ISO date until which Sigstore itself would use the embedded root without asking for a newer one. */
export function embeddedRootExpires(): string {
  const { signed } = JSON.parse(Buffer.from(seeds[MIRROR]['root.json'], 'base64').toString('utf8')) as {
    readonly signed: { readonly expires: string };
  };
  return signed.expires;
}

/** What is said of a keyless verification against an embedded root that is past its time. */
export function rootAge(now: Date): readonly Problem[] {
  const expires = embeddedRootExpires();
  return now.getTime() <= Date.parse(expires)
    ? []
    : [{ code: 'trusted-root-old', detail: `the Sigstore root that ships with assay was meant to be renewed by ${expires.slice(0, 10)}` }];
}

/** @throws UserError where the text is no trusted root. */
export function parseTrustedRoot(text: string, name: string): TrustedRoot {
  try {
    const root = TrustedRoot.fromJSON(JSON.parse(text));
    if (root.certificateAuthorities.length === 0) throw new Error('it names no certificate authority');
    // A key of a log without a beginning of validity must not be used: the library takes it for valid ever since.
    return { ...root, tlogs: root.tlogs.filter(hasStart), ctlogs: root.ctlogs.filter(hasStart) };
  } catch (error) {
    throw new UserError(`${name} is not a Sigstore trusted root: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const hasStart = (log: TransparencyLogInstance): boolean => log.publicKey?.validFor?.start !== undefined;

/** Asks the TUF repository. For `--online` only. */
export async function refreshedTrustedRoot(): Promise<TrustedRoot> {
  const { getTrustedRoot } = await import('@sigstore/tuf');
  return getTrustedRoot();
}
