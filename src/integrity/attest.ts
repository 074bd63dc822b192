import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { UserError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { IN_TOTO } from './oms/bundle.ts';
import { preAuthEncoding } from './oms/dsse.ts';
import { STATEMENT_TYPE } from './oms/statement.ts';

/** Predicate type of a CycloneDX BOM: https://github.com/in-toto/attestation/blob/main/spec/predicates/cyclonedx.md */
export const CYCLONEDX_PREDICATE = 'https://cyclonedx.org/bom';

/**
 * A transparency log stores the whole envelope and refuses large ones; from this size on the
 * attested BOM is a small one that names the full one by digest.
 */
export const MAX_INLINE_BOM = 1024 * 1024;

export interface Subject {
  readonly name: string;
  readonly digest: Readonly<Record<string, string>>;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The in-toto statement that binds a BOM to what it describes; without subjects, to its own bytes.
 * @throws UserError where the bytes are no CycloneDX JSON BOM.
 */
export function bomStatement(name: string, bytes: Buffer, subjects: readonly Subject[]): Buffer {
  let bom: unknown;
  try {
    bom = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new UserError(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(bom) || bom['bomFormat'] !== 'CycloneDX') throw new UserError(`${name} is not a CycloneDX BOM`);
  const digest = sha256(bytes);
  const predicate =
    bytes.length <= MAX_INLINE_BOM
      ? bom
      : {
          bomFormat: 'CycloneDX',
          specVersion: bom['specVersion'],
          ...(bom['serialNumber'] === undefined ? {} : { serialNumber: bom['serialNumber'] }),
          version: bom['version'] ?? 1,
          externalReferences: [{ type: 'bom', url: encodeURI(name), hashes: [{ alg: 'SHA-256', content: digest }] }],
        };
  return Buffer.from(
    JSON.stringify({
      _type: STATEMENT_TYPE,
      subject: subjects.length > 0 ? subjects : [{ name, digest: { sha256: digest } }],
      predicateType: CYCLONEDX_PREDICATE,
      predicate,
    }),
  );
}

/**
 * Sigstore bundle over the statement, signed offline. P-256 only: `@sigstore/verify` checks key
 * signatures with SHA-256 and refuses other curves.
 */
export function attestWithKey(statement: Buffer, key: KeyObject): string {
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new UserError('attestations need an EC key on P-256, the only one that Sigstore verifiers read');
  const hint = createHash('sha256')
    .update(createPublicKey(key).export({ type: 'spki', format: 'pem' }))
    .digest('hex');
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint }, tlogEntries: [] },
    dsseEnvelope: {
      payload: statement.toString('base64'),
      payloadType: IN_TOTO,
      signatures: [{ sig: sign('sha256', preAuthEncoding(IN_TOTO, statement), key).toString('base64'), keyid: '' }],
    },
  });
}
