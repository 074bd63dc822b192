import { createHash, createVerify, type Hash, type Verify } from 'node:crypto';
import type { MessageSignature } from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import type { ByteReader } from '../../core/byte-reader.ts';
import { eachChunk } from '../hash.ts';
import { VerificationError } from '../result.ts';
import type { SignatureContent } from './verify.ts';

/** The digests that Sigstore's algorithm registry allows over messages. */
const HASHES: ReadonlyMap<HashAlgorithm, string> = new Map([
  [HashAlgorithm.SHA2_256, 'sha256'],
  [HashAlgorithm.SHA2_384, 'sha384'],
  [HashAlgorithm.SHA2_512, 'sha512'],
  [HashAlgorithm.SHA3_256, 'sha3-256'],
  [HashAlgorithm.SHA3_384, 'sha3-384'],
]);

/**
 * A signature over a whole file, which is read once, in pieces: weights do not fit into memory.
 * The digest that is compared with the log is that of the bytes, not the one that the bundle claims.
 * @throws VerificationError `mismatch` where the bundle is about other bytes, before any key is tried.
 */
export async function messageContent(message: MessageSignature, reader: ByteReader): Promise<SignatureContent> {
  const algorithm = HASHES.get(message.messageDigest.algorithm);
  if (algorithm === undefined)
    throw new VerificationError('bundle-invalid', 'messageDigest names an algorithm that Sigstore does not sign with');
  const hash: Hash = createHash(algorithm);
  const verifier: Verify = createVerify(algorithm);
  await eachChunk(reader, (chunk) => {
    hash.update(chunk);
    verifier.update(chunk);
  });
  const digest = hash.digest();
  if (!digest.equals(message.messageDigest.digest)) {
    throw new VerificationError(
      'mismatch',
      `${algorithm} is ${digest.toString('hex')}, the signature is over ${message.messageDigest.digest.toString('hex')}`,
    );
  }
  const compareDigest = (other: Buffer): boolean => digest.equals(other);
  return {
    signature: message.signature,
    compareSignature: (signature) => message.signature.equals(signature),
    compareDigest,
    compareSignedDigest: compareDigest,
    verifySignature(key) {
      if (key.asymmetricKeyType === 'ed25519')
        throw new VerificationError('signature-invalid', 'Ed25519 signatures over files are not supported');
      return verifier.verify(key, message.signature);
    },
  };
}
