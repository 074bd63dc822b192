/**
 * How far a result can be trusted, best first. A digest says nothing about who made the file; a
 * signature by somebody says less than one by the identity that the user expects.
 */
export const TRUST_LEVELS = ['signed-pinned', 'signed-unpinned', 'digest-pinned', 'digest-hub', 'self-consistent', 'none'] as const;
export type TrustLevel = (typeof TRUST_LEVELS)[number];

export type ProblemCode =
  | 'bundle-invalid'
  | 'statement-invalid'
  | 'method-mismatch'
  | 'signature-invalid'
  | 'signer-untrusted'
  | 'certificate-invalid'
  | 'certificate-expired'
  | 'certificate-expiring'
  | 'identity-mismatch'
  | 'missing'
  | 'mismatch'
  | 'unsigned'
  | 'ignored-present'
  | 'symlink'
  | 'special'
  | 'shard-gap'
  | 'root-digest'
  | 'legacy'
  | 'limit'
  | 'weak-digest'
  | 'not-materialised'
  | 'unverifiable'
  | 'trusted-root-old';

/** A report names this many files of one result; models have fewer, data sets under DVC may not. */
export const MAX_COVERED = 10_000;

/** One thing that differs, named. `path` is relative to the model's root. */
export interface Problem {
  readonly code: ProblemCode;
  readonly path?: string;
  readonly detail?: string;
}

/** Who signed, as far as the method tells. */
export interface Signer {
  readonly method: 'key' | 'certificate' | 'keyless';
  /** SHA-256 of the public key's SPKI DER, hexadecimal. */
  readonly fingerprint?: string;
  readonly identity?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly logIndex?: string;
  /** ISO 8601: when the log or the timestamp authority saw the signature. */
  readonly time?: string;
  /** End of validity of the signing certificate, where it is a long-lived one. */
  readonly notAfter?: string;
}

/** A bundle, statement or signature that does not hold. The message names what differs. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}
