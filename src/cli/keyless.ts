import { UserError } from '../core/errors.ts';
import { IN_TOTO } from '../integrity/oms/bundle.ts';
import type { KeylessFlags } from './flags.ts';

/** Whether this process can prove who it is: a token is given, or the CI gives one. */
export const hasIdentity = (): boolean => (process.env['SIGSTORE_ID_TOKEN'] ?? process.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '') !== '';

/**
 * A Sigstore bundle over an in-toto statement, signed by the identity of the CI job (or of the token
 * in SIGSTORE_ID_TOKEN) through Fulcio and Rekor. With `--online`, the only thing here that opens a socket.
 * @throws UserError where there is no identity, or a service refuses.
 */
export async function signKeyless(statement: Buffer, flags: KeylessFlags): Promise<string> {
  const { attest } = await import('sigstore');
  const token = process.env['SIGSTORE_ID_TOKEN'];
  try {
    const bundle = await attest(statement, IN_TOTO, {
      ...(token === undefined || token === '' ? {} : { identityToken: token }),
      ...(flags.fulcioUrl === undefined ? {} : { fulcioURL: flags.fulcioUrl }),
      ...(flags.rekorUrl === undefined ? {} : { rekorURL: flags.rekorUrl }),
      ...(flags.timestampUrl === undefined ? {} : { tsaServerURL: flags.timestampUrl }),
    });
    return JSON.stringify(bundle);
  } catch (error) {
    throw new UserError(
      `keyless signing failed: ${error instanceof Error ? error.message : String(error)}\nIn GitHub Actions the job needs "permissions: id-token: write"; elsewhere set SIGSTORE_ID_TOKEN, or sign with --key FILE.`,
    );
  }
}
