import { createHash, createPrivateKey, createPublicKey, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { mapLimit } from '../../core/async.ts';
import { UserError } from '../../core/errors.ts';
import { covers, DEFAULT_IGNORED, type ModelTree } from '../model-tree.ts';
import { IN_TOTO } from './bundle.ts';
import { preAuthEncoding } from './dsse.ts';
import { PREDICATE_V1, STATEMENT_TYPE } from './statement.ts';

export interface SignOptions {
  /** Name of the model, informational. */
  readonly name: string;
  readonly ignorePaths: readonly string[];
  /** The bundle's own path inside the model, if it will lie there. */
  readonly bundlePath?: string | undefined;
  readonly concurrency: number;
}

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * The OMS statement of a model, serialised: method `files`, SHA-256, resources sorted by code point,
 * symbolic links refused (specification v1.0 §5, §6).
 * @throws UserError where the model holds no file or a link.
 */
export async function createStatement(tree: ModelTree, options: SignOptions): Promise<Buffer> {
  const ignored = [...DEFAULT_IGNORED, ...options.ignorePaths, ...(options.bundlePath === undefined ? [] : [options.bundlePath])];
  const kept = (path: string): boolean => !ignored.some((pattern) => covers(pattern, path));
  const odd = tree.problems.find((item) => kept(item.path)) ?? tree.files.find((file) => file.link === true && kept(file.path));
  if (odd)
    throw new UserError(`${odd.path}: a model with symbolic links or special files cannot be signed; leave it out with --ignore-path`);
  const files = tree.files
    .filter((file) => kept(file.path))
    .map((file) => file.path)
    .sort(byCodePoint);
  if (files.length === 0) throw new UserError('the model has no files to sign');
  const digests = await mapLimit(files, options.concurrency, (path) => tree.digest(path, 'sha256'));
  const root = createHash('sha256');
  for (const digest of digests) root.update(Buffer.from(digest, 'hex'));
  return Buffer.from(
    JSON.stringify({
      _type: STATEMENT_TYPE,
      subject: [{ name: options.name, digest: { sha256: root.digest('hex') } }],
      predicateType: PREDICATE_V1,
      predicate: {
        resources: files.map((name, i) => ({ name, algorithm: 'sha256', digest: digests[i] })),
        serialization: {
          method: 'files',
          hash_type: 'sha256',
          allow_symlinks: false,
          ignore_paths: [...new Set(ignored)].sort(byCodePoint),
        },
      },
    }),
  );
}

const HASHES: Readonly<Record<string, string>> = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' };

/** @throws UserError where the key is not an EC key on P-256, P-384 or P-521, the kinds that every OMS verifier reads. */
export function parsePrivateKey(pem: string, passphrase?: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    throw new UserError(`not a private key: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (HASHES[key.asymmetricKeyDetails?.namedCurve ?? ''] === undefined)
    throw new UserError('the key must be an EC key on P-256, P-384 or P-521');
  return key;
}

/** Signs the statement with a key, or with a certificate's key and its chain (leaf first). The JSON of the bundle. */
export function createBundle(statement: Buffer, key: KeyObject, chain: readonly string[]): string {
  const publicKey = createPublicKey(key);
  const hash = HASHES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  const certificates = chain
    .flatMap((pem) => pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [])
    .map((pem) => new X509Certificate(pem));
  const [leaf] = certificates;
  if (chain.length > 0 && !leaf?.checkPrivateKey(key)) throw new UserError('the first certificate does not belong to the key');
  const unique = certificates.filter((certificate, i) => certificates.findIndex((other) => other.raw.equals(certificate.raw)) === i);
  const hint = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'pem' }))
    .digest('hex');
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: leaf
      ? {
          x509CertificateChain: { certificates: unique.map((certificate) => ({ rawBytes: certificate.raw.toString('base64') })) },
          tlogEntries: [],
        }
      : { publicKey: { hint }, tlogEntries: [] },
    dsseEnvelope: {
      payload: statement.toString('base64'),
      payloadType: IN_TOTO,
      signatures: [{ sig: sign(hash, preAuthEncoding(IN_TOTO, statement), key).toString('base64'), keyid: '' }],
    },
  });
}
