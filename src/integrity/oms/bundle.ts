import { isObject } from '../../core/json.ts';
import { parseStrictJson } from '../strict.ts';
import { VerificationError } from '../result.ts';

/** A bundle holds digests, not weights: a million resources are about 200 MB less than this allows in practice. */
export const MAX_BUNDLE_SIZE = 64 * 1024 * 1024;

export const MEDIA_TYPES = new Set([
  'application/vnd.dev.sigstore.bundle.v0.3+json',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
]);

export const IN_TOTO = 'application/vnd.in-toto+json';

/** What the bundle says of its own signer. Decides the method; trusted for nothing. */
export type Material =
  | { readonly method: 'key'; readonly hint?: string }
  | { readonly method: 'certificate'; readonly chain: readonly Buffer[] }
  | { readonly method: 'keyless' };

/** A detached OMS signature (`model.sig`), parsed and not yet trusted. */
export interface ParsedBundle {
  readonly material: Material;
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signature: Buffer;
  /** The whole JSON value, for the keyless verifier. */
  readonly json: unknown;
}

const invalid = (message: string): VerificationError => new VerificationError('bundle-invalid', message);

/** Strict base64: Node's decoder ignores what it does not know, so two readers could see different bytes. */
export function decodeBase64(value: unknown, what: string): Buffer {
  if (typeof value !== 'string' || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value))
    throw invalid(`${what} is not base64`);
  return Buffer.from(value, 'base64');
}

/**
 * Parses a Sigstore bundle as OMS uses it (specification v1.0 §4, §8.1): exactly one envelope, one
 * signature and one kind of verification material.
 * @throws VerificationError `bundle-invalid`, naming the field.
 */
export function parseBundle(bytes: Uint8Array): ParsedBundle {
  if (bytes.length > MAX_BUNDLE_SIZE)
    throw new VerificationError('limit', `bundle of ${bytes.length} bytes is over the limit of ${MAX_BUNDLE_SIZE}`);
  let json: unknown;
  try {
    json = parseStrictJson(bytes);
  } catch (error) {
    throw invalid(`bundle is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(json)) throw invalid('bundle is not a JSON object');
  if (typeof json['mediaType'] !== 'string' || !MEDIA_TYPES.has(json['mediaType']))
    throw invalid(`mediaType ${JSON.stringify(json['mediaType'] ?? null)} is not a Sigstore bundle`);
  const envelope = json['dsseEnvelope'];
  if (!isObject(envelope))
    throw invalid(json['messageSignature'] === undefined ? 'dsseEnvelope is missing' : 'the bundle signs one file, not a model');
  if (json['messageSignature'] !== undefined) throw invalid('bundle has both dsseEnvelope and messageSignature');
  const signatures = envelope['signatures'];
  if (!Array.isArray(signatures) || signatures.length !== 1)
    throw invalid(`envelope has ${Array.isArray(signatures) ? signatures.length : 'no'} signatures instead of one`);
  const [first] = signatures as unknown[];
  if (!isObject(first)) throw invalid('signature is not an object');
  const signature = decodeBase64(first['sig'], 'signature');
  if (signature.length === 0) throw invalid('signature is empty');
  if (typeof envelope['payloadType'] !== 'string') throw invalid('payloadType is missing');
  return {
    material: materialOf(json['verificationMaterial']),
    payloadType: envelope['payloadType'],
    payload: decodeBase64(envelope['payload'], 'payload'),
    signature,
    json,
  };
}

export function materialOf(value: unknown): Material {
  if (!isObject(value)) throw invalid('verificationMaterial is missing');
  const kinds = ['publicKey', 'x509CertificateChain', 'certificate'].filter((name) => value[name] !== undefined);
  if (kinds.length !== 1)
    throw invalid(`verificationMaterial has ${kinds.length === 0 ? 'no key and no certificate' : kinds.join(' and ')} instead of one kind`);
  const hasLog = Array.isArray(value['tlogEntries']) && value['tlogEntries'].length > 0;
  const { publicKey } = value;
  if (publicKey !== undefined) {
    if (!isObject(publicKey)) throw invalid('publicKey is not an object');
    const { hint } = publicKey;
    return { method: 'key', ...(typeof hint === 'string' && hint !== '' ? { hint } : {}) };
  }
  if (value['certificate'] !== undefined) return { method: 'keyless' };
  const chain = value['x509CertificateChain'];
  const certificates = isObject(chain) ? chain['certificates'] : undefined;
  if (!Array.isArray(certificates) || certificates.length === 0) throw invalid('x509CertificateChain has no certificates');
  // A chain with a log entry is the keyless material of bundles before v0.3.
  if (hasLog) return { method: 'keyless' };
  return {
    method: 'certificate',
    chain: certificates.map((item: unknown, i) => decodeBase64(isObject(item) ? item['rawBytes'] : undefined, `certificate ${i}`)),
  };
}
