import { X509Certificate } from 'node:crypto';
import { X509Certificate as ParsedCertificate } from '@sigstore/core';
import { VerificationError, type Signer } from '../result.ts';
import type { ParsedBundle } from './bundle.ts';
import { fingerprintOf, verifyEnvelope } from './key.ts';

/** Real chains have two to four certificates; a search over many crafted ones must end. */
export const MAX_CHAIN = 16;
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
/** Days before the end of validity from which a certificate is called expiring. */
export const EXPIRY_WARNING_DAYS = 30;

const invalid = (message: string): VerificationError => new VerificationError('certificate-invalid', message);

interface Certificate {
  readonly x509: X509Certificate;
  readonly keyUsage: { readonly digitalSignature: boolean; readonly keyCertSign: boolean } | undefined;
}

function parse(raw: Buffer | string, what: string): Certificate {
  try {
    const x509 = new X509Certificate(raw);
    const usage = ParsedCertificate.parse(Buffer.from(x509.raw)).extKeyUsage;
    return { x509, keyUsage: usage && { digitalSignature: usage.digitalSignature, keyCertSign: usage.keyCertSign } };
  } catch (error) {
    throw invalid(`${what} is not an X.509 certificate: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** All certificates of PEM texts. @throws VerificationError where there is none. */
export function parseCertificates(pems: readonly string[]): Certificate[] {
  const blocks = pems.flatMap((pem) => pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []);
  if (blocks.length === 0) throw invalid('no certificate in the given chain');
  return blocks.map((block, i) => parse(block, `certificate ${i} of the given chain`));
}

const isValidAt = ({ x509 }: Certificate, at: Date): boolean => new Date(x509.validFrom) <= at && at <= new Date(x509.validTo);

/** By signature, never by name: distinct certificates share names, also in the official test chain. */
function issued(issuer: Certificate, subject: Certificate): boolean {
  try {
    return subject.x509.verify(issuer.x509.publicKey);
  } catch {
    return false;
  }
}

const same = (a: Certificate, b: Certificate): boolean => a.x509.raw.equals(b.x509.raw);

function checkValidity(certificate: Certificate, at: Date, what: string): void {
  if (isValidAt(certificate, at)) return;
  const { validFrom, validTo, subject } = certificate.x509;
  throw new VerificationError(
    'certificate-expired',
    `${what} ${JSON.stringify(subject)} is valid from ${new Date(validFrom).toISOString()} to ${new Date(validTo).toISOString()}, not at ${at.toISOString()}`,
  );
}

function checkLeaf(leaf: Certificate): void {
  const extended = leaf.x509.keyUsage as readonly string[] | undefined;
  const signs = leaf.keyUsage?.digitalSignature === true || (leaf.keyUsage === undefined && extended === undefined);
  if (!signs && extended?.includes(CODE_SIGNING) !== true)
    throw invalid('the signing certificate may not be used for signatures (key usage)');
}

function checkAuthority(certificate: Certificate): void {
  if (!certificate.x509.ca) throw invalid(`${JSON.stringify(certificate.x509.subject)} is not a certificate authority`);
  if (certificate.keyUsage && !certificate.keyUsage.keyCertSign)
    throw invalid(`${JSON.stringify(certificate.x509.subject)} may not sign certificates (key usage)`);
}

/** Path from the leaf to a trusted certificate; every certificate of the bundle is used at most once. */
function findPath(leaf: Certificate, intermediates: readonly Certificate[], roots: readonly Certificate[]): Certificate[] | undefined {
  if (roots.some((root) => same(root, leaf))) return [leaf];
  const root = roots.find((candidate) => issued(candidate, leaf));
  if (root) return [leaf, root];
  for (const [i, next] of intermediates.entries()) {
    if (same(next, leaf) || !issued(next, leaf)) continue;
    const rest = findPath(next, intermediates.toSpliced(i, 1), roots);
    if (rest) return [leaf, ...rest];
  }
  return undefined;
}

/**
 * Method *certificate* (specification v1.0 §8.2): a path to a certificate that the caller trusts,
 * every certificate valid at `at`. There is no trusted time of signing, so `at` is the present
 * unless the caller says otherwise.
 */
export function verifyWithCertificate(
  bundle: ParsedBundle,
  trusted: readonly string[],
  options: { readonly at: Date; readonly allowLegacy: boolean },
): { readonly signer: Signer; readonly legacy: boolean } {
  const { material } = bundle;
  if (material.method !== 'certificate')
    throw new VerificationError('method-mismatch', `the model is signed with method ${material.method}, not with a certificate`);
  if (material.chain.length > MAX_CHAIN)
    throw new VerificationError('limit', `chain of ${material.chain.length} certificates is longer than ${MAX_CHAIN}`);
  const roots = parseCertificates(trusted);
  const [leaf, ...intermediates] = material.chain.map((raw, i) => parse(raw, `certificate ${i} of the bundle`));
  if (!leaf) throw invalid('bundle has no certificate');
  const path = findPath(leaf, intermediates, roots);
  if (!path) throw new VerificationError('signer-untrusted', `no path from ${JSON.stringify(leaf.x509.subject)} to a trusted certificate`);
  path.forEach((certificate, i) => {
    checkValidity(certificate, options.at, i === 0 ? 'signing certificate' : 'certificate');
    if (i > 0) checkAuthority(certificate);
  });
  checkLeaf(leaf);
  const { legacy } = verifyEnvelope(bundle, leaf.x509.publicKey, options.allowLegacy);
  return {
    signer: {
      method: 'certificate',
      subject: leaf.x509.subject.replaceAll('\n', ', '),
      issuer: leaf.x509.issuer.replaceAll('\n', ', '),
      fingerprint: fingerprintOf(leaf.x509.publicKey),
      notAfter: new Date(leaf.x509.validTo).toISOString(),
    },
    legacy,
  };
}
