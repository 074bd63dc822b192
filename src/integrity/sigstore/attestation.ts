import { createHash } from 'node:crypto';
import type { Envelope } from '@sigstore/bundle';
import { isObject } from '../../core/json.ts';
import { preAuthEncoding } from '../oms/dsse.ts';
import { holds } from '../oms/key.ts';
import { parsePayload, STATEMENT_TYPE } from '../oms/statement.ts';
import { VerificationError } from '../result.ts';
import type { SignatureContent } from './verify.ts';

const OLD_STATEMENT_TYPE = 'https://in-toto.io/Statement/v0.1';

/** An attestation names the files of one release, not all files of the world. */
const MAX_SUBJECTS = 100_000;

export interface Attestation {
  readonly predicateType: string;
  /** SHA-256 of every subject that has one, lower-case hexadecimal. */
  readonly sha256: ReadonlySet<string>;
  readonly subjects: number;
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** What a DSSE envelope signs. Unlike the library's, it verifies under P-384 and P-521 too, with the digest of the curve. */
export function envelopeContent(envelope: Envelope): SignatureContent {
  const { payloadType, signatures } = envelope;
  const [first] = signatures;
  if (!first || signatures.length !== 1)
    throw new VerificationError('bundle-invalid', `envelope has ${signatures.length} signatures instead of one`);
  const { sig } = first;
  const encoded = preAuthEncoding(payloadType, envelope.payload);
  return {
    signature: sig,
    compareSignature: (signature) => sig.equals(signature),
    compareDigest: (digest) => sha256(envelope.payload).equals(digest),
    compareSignedDigest: (digest) => sha256(encoded).equals(digest),
    verifySignature: (key) => holds(key, encoded, sig),
  };
}

/**
 * The in-toto statement of an envelope. Call it only after the signature holds.
 * Source: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 * @throws VerificationError `statement-invalid`
 */
export function parseAttestation(payloadType: string, payload: Buffer): Attestation {
  const invalid = (message: string): VerificationError => new VerificationError('statement-invalid', message);
  const statement = parsePayload(payloadType, payload);
  if (!isObject(statement) || (statement['_type'] !== STATEMENT_TYPE && statement['_type'] !== OLD_STATEMENT_TYPE))
    throw invalid('payload is not an in-toto statement');
  const { subject, predicateType } = statement;
  if (typeof predicateType !== 'string') throw invalid('predicateType is missing');
  if (!Array.isArray(subject) || subject.length === 0 || subject.length > MAX_SUBJECTS) throw invalid('statement has no list of subjects');
  const digests = (subject as unknown[]).flatMap((item) =>
    isObject(item) && isObject(item['digest']) && typeof item['digest']['sha256'] === 'string' ? [item['digest']['sha256']] : [],
  );
  return { predicateType, sha256: new Set(digests), subjects: subject.length };
}
