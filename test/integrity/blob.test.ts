import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesReader, type ByteReader } from '../../src/core/byte-reader.ts';
import { preAuthEncoding } from '../../src/integrity/oms/dsse.ts';
import { parseIdentity } from '../../src/integrity/oms/identity.ts';
import type { TrustPolicy } from '../../src/integrity/oms/verify.ts';
import { verifyBlob, type BlobResult } from '../../src/integrity/sigstore/blob.ts';
import { createWorld, type World } from './sigstore-world.ts';

// Sigstore bundles over one file: a signature over its bytes, or an attestation that names its digest.

const IN_TOTO = 'application/vnd.in-toto+json';
const weights = Buffer.from('weights of a model');
const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
const attestation = (digests: readonly string[], over: Record<string, unknown> = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: digests.map((digest, i) => ({ name: `f${i}`, digest: { sha256: digest } })),
      predicateType: 'https://slsa.dev/provenance/v1',
      predicate: {},
      ...over,
    }),
  );

let world: World;
let keyless: TrustPolicy;

beforeAll(async () => {
  world = await createWorld();
  keyless = {
    method: 'keyless',
    trustedRoot: world.root,
    identity: parseIdentity({ certificateIdentity: 'release@example.com', certificateOidcIssuer: 'https://accounts.example.com' }),
  };
}, 30_000);

const verify = (bundle: unknown, policy = keyless, reader: ByteReader = bytesReader(weights)): Promise<BlobResult> =>
  verifyBlob('weights.bin', reader, Buffer.from(typeof bundle === 'string' ? bundle : JSON.stringify(bundle)), {
    policy,
    trustedRoot: world.root,
  });

describe('a signature over a file', () => {
  it('holds over its bytes, and says who and when', async () => {
    const result = await verify(await world.signFile(weights));
    expect(result).toMatchObject({
      verified: true,
      trust: 'signed-pinned',
      problems: [],
      signer: { method: 'keyless', identity: 'release@example.com', issuer: 'https://accounts.example.com' },
    });
    expect(result.signer?.time).toMatch(/^20\d\d-/);
    expect(result.predicateType).toBeUndefined();
  });

  it('reads the file once, in pieces of bounded size', async () => {
    const content = Buffer.alloc(3 * 1024 * 1024, 7);
    const lengths: number[] = [];
    const reader: ByteReader = {
      size: content.length,
      read: (offset, length) => (lengths.push(length), Promise.resolve(content.subarray(offset, offset + length))),
    };
    expect((await verify(await world.signFile(content), keyless, reader)).verified).toBe(true);
    expect(lengths.length).toBe(Math.ceil(content.length / Math.max(...lengths)));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1024 * 1024);
  });

  it('does not hold over other bytes: both digests are named', async () => {
    const result = await verify(await world.signFile(Buffer.from('other')));
    expect(result).toMatchObject({ verified: false, trust: 'none', problems: [{ code: 'mismatch', path: 'weights.bin' }] });
    expect(result.problems[0]?.detail).toContain(sha256(weights));
    expect(result.problems[0]?.detail).toContain(sha256(Buffer.from('other')));
  });

  it('is not believed about its own digest', async () => {
    const bundle = (await world.signFile(Buffer.from('other'))) as { messageSignature: { messageDigest: { digest: string } } };
    bundle.messageSignature.messageDigest.digest = createHash('sha256').update(weights).digest('base64');
    expect(await verify(bundle)).toMatchObject({ verified: false, problems: [{ code: 'signature-invalid' }] });
  });

  it.each([
    ['another identity', { identity: 'mallory@example.com' }, 'identity-mismatch'],
    ['another issuer', { issuer: 'https://evil.example.com' }, 'identity-mismatch'],
  ] as const)('%s is refused', async (_, options, code) => {
    expect(await verify(await world.signFile(weights, options))).toMatchObject({ verified: false, problems: [{ code }] });
  });

  it('is unpinned where nobody was named', async () => {
    expect(await verify(await world.signFile(weights), { method: 'keyless', trustedRoot: world.root })).toMatchObject({
      verified: true,
      trust: 'signed-unpinned',
    });
  });
});

describe('an attestation', () => {
  it('holds for a file among its subjects, and says of what kind it is', async () => {
    expect(await verify(await world.mint(attestation([sha256(Buffer.from('x')), sha256(weights)])))).toMatchObject({
      verified: true,
      trust: 'signed-pinned',
      predicateType: 'https://slsa.dev/provenance/v1',
    });
  });

  it.each([
    ['other files', attestation([sha256(Buffer.from('x'))]), 'mismatch', /none of the 1 subjects/],
    ['no files', attestation([]), 'statement-invalid', /subjects/],
    ['no predicate type', attestation([sha256(weights)], { predicateType: undefined }), 'statement-invalid', /predicateType/],
    ['another statement', attestation([sha256(weights)], { _type: 'https://example.com/Statement' }), 'statement-invalid', /in-toto/],
    [
      'a key twice',
      Buffer.from(
        attestation([sha256(weights)])
          .toString()
          .replace('{', '{"_type":"x",'),
      ),
      'statement-invalid',
      /twice/,
    ],
  ] as const)('about %s does not', async (_, payload, code, says) => {
    const result = await verify(await world.mint(payload));
    expect(result).toMatchObject({ verified: false, problems: [{ code }] });
    expect(result.problems[0]?.detail).toMatch(says);
  });
});

describe('a key', () => {
  const byKey = (curve: string, payload: Buffer): [string, string] => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
    const hash = { 'P-256': 'sha256', 'P-384': 'sha384', 'P-521': 'sha512' }[curve];
    const bundle = {
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { publicKey: { hint: 'mine' } },
      dsseEnvelope: {
        payload: payload.toString('base64'),
        payloadType: IN_TOTO,
        signatures: [{ sig: sign(hash, preAuthEncoding(IN_TOTO, payload), privateKey).toString('base64') }],
      },
    };
    return [JSON.stringify(bundle), publicKey.export({ type: 'spki', format: 'pem' }).toString()];
  };

  it.each(['P-256', 'P-384', 'P-521'])('on %s verifies an attestation without a log', async (curve) => {
    const [bundle, publicKey] = byKey(curve, attestation([sha256(weights)]));
    expect(await verify(bundle, { method: 'key', publicKey })).toMatchObject({
      verified: true,
      trust: 'signed-pinned',
      signer: { method: 'key' },
    });
    const [, other] = byKey(curve, attestation([]));
    expect(await verify(bundle, { method: 'key', publicKey: other })).toMatchObject({
      verified: false,
      problems: [{ code: 'signature-invalid' }],
    });
  });

  it('does not stand in for an identity, nor the other way round', async () => {
    const [bundle, publicKey] = byKey('P-256', attestation([sha256(weights)]));
    expect(await verify(bundle)).toMatchObject({ problems: [{ code: 'method-mismatch' }] });
    expect(await verify(await world.signFile(weights), { method: 'key', publicKey })).toMatchObject({
      problems: [{ code: 'method-mismatch' }],
    });
    expect(await verify(await world.signFile(weights), { method: 'certificate', chain: [], at: new Date() })).toMatchObject({
      problems: [{ code: 'method-mismatch' }],
    });
  });
});

it.each([
  ['no JSON', '{', /JSON/],
  ['another JSON', '{}', /./],
  ['a version that does not exist', '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.9+json"}', /./],
])('%s is no bundle', async (_, bundle, says) => {
  const result = await verify(bundle);
  expect(result).toMatchObject({ verified: false, problems: [{ code: 'bundle-invalid' }] });
  expect(result.problems[0]?.detail).toMatch(says);
});
