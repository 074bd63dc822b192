import { bundleFromJSON, type Bundle } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import type { ByteReader } from '../../core/byte-reader.ts';
import type { IntegrityResult } from '../../core/report.ts';
import { hashReader } from '../hash.ts';
import { MAX_BUNDLE_SIZE, MEDIA_TYPES } from '../oms/bundle.ts';
import { parsePublicKey } from '../oms/key.ts';
import type { TrustPolicy } from '../oms/verify.ts';
import { VerificationError, type Problem, type Signer, type TrustLevel } from '../result.ts';
import { parseStrictJson } from '../strict.ts';
import { envelopeContent, parseAttestation } from './attestation.ts';
import { messageContent } from './message.ts';
import { verifyIdentity, verifyManagedKey, type Checked, type SignatureContent } from './verify.ts';

export interface BlobOptions {
  readonly policy: TrustPolicy;
  /** For the log entries of signatures by a key. */
  readonly trustedRoot: TrustedRoot;
}

export interface BlobResult {
  readonly verified: boolean;
  readonly trust: TrustLevel;
  readonly signer?: Signer;
  /** What an attestation says of the file; absent where the file itself is signed. */
  readonly predicateType?: string;
  readonly problems: readonly Problem[];
}

function parse(bytes: Uint8Array): Bundle {
  if (bytes.length > MAX_BUNDLE_SIZE)
    throw new VerificationError('limit', `bundle of ${bytes.length} bytes is over the limit of ${MAX_BUNDLE_SIZE}`);
  try {
    const bundle = bundleFromJSON(parseStrictJson(bytes));
    // The library takes any version of the media type.
    if (!MEDIA_TYPES.has(bundle.mediaType)) throw new Error(`mediaType ${JSON.stringify(bundle.mediaType)} is not a Sigstore bundle`);
    return bundle;
  } catch (error) {
    throw new VerificationError('bundle-invalid', error instanceof Error ? error.message : String(error));
  }
}

function checkSigner(bundle: Bundle, content: SignatureContent, { policy, trustedRoot }: BlobOptions): Checked {
  const byKey = bundle.verificationMaterial.content.$case === 'publicKey';
  if (byKey !== (policy.method === 'key'))
    throw new VerificationError(
      'method-mismatch',
      `the file is signed ${byKey ? 'with a key' : 'keyless'}, not with method ${policy.method}`,
    );
  if (policy.method === 'key') return verifyManagedKey(bundle, trustedRoot, parsePublicKey(policy.publicKey), content);
  if (policy.method === 'keyless') return verifyIdentity(bundle, policy.trustedRoot, policy.identity, content);
  throw new VerificationError(
    'method-mismatch',
    'Sigstore bundles over files are verified by key or by identity, not by a chain of certificates',
  );
}

/**
 * Verifies one file against a Sigstore bundle: a signature over its bytes, or an in-toto attestation
 * that has its SHA-256 among the subjects. Stateless. Never throws for what is wrong with bundle or
 * file: it is in `problems`.
 */
export async function verifyBlob(path: string, reader: ByteReader, bytes: Uint8Array, options: BlobOptions): Promise<BlobResult> {
  try {
    const bundle = parse(bytes);
    if (bundle.content.$case === 'messageSignature') {
      const { signer, pinned } = checkSigner(bundle, await messageContent(bundle.content.messageSignature, reader), options);
      return { verified: true, trust: pinned ? 'signed-pinned' : 'signed-unpinned', signer, problems: [] };
    }
    const { dsseEnvelope } = bundle.content;
    const { signer, pinned } = checkSigner(bundle, envelopeContent(dsseEnvelope), options);
    const attestation = parseAttestation(dsseEnvelope.payloadType, dsseEnvelope.payload);
    const digest = await hashReader(reader, 'sha256');
    if (!attestation.sha256.has(digest)) {
      throw new VerificationError(
        'mismatch',
        `sha256 is ${digest}, which is none of the ${attestation.subjects} subjects of the attestation`,
      );
    }
    return {
      verified: true,
      trust: pinned ? 'signed-pinned' : 'signed-unpinned',
      signer,
      predicateType: attestation.predicateType,
      problems: [],
    };
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return { verified: false, trust: 'none', problems: [{ code: error.code, path, detail: error.message }] };
  }
}

/** As the report shows it. */
export function blobIntegrity(
  { verified, trust, signer, predicateType, problems }: BlobResult,
  subject: string,
  bundle: string,
): IntegrityResult {
  return {
    source: 'sigstore',
    subject,
    status: verified ? 'verified' : 'failed',
    trust,
    files: verified ? 1 : 0,
    ...(verified ? { covered: [subject] } : {}),
    ...(signer
      ? { signer: { ...Object.fromEntries(Object.entries(signer)), ...(predicateType === undefined ? {} : { predicateType }) } }
      : {}),
    problems,
    location: { path: bundle },
  };
}
