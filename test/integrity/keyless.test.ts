import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { parseIdentity, type IdentityFlags } from '../../src/integrity/oms/identity.ts';
import { verifyOms, type OmsResult } from '../../src/integrity/oms/verify.ts';
import { createWorld, type Minted, type MintOptions, type World } from './sigstore-world.ts';
import { resource, statement, tree } from './world.ts';

const model = tree({ 'a.bin': 'weights' });
const payload = Buffer.from(JSON.stringify(statement([resource('a.bin', 'weights')])));
const right: IdentityFlags = { certificateIdentity: 'release@example.com', certificateOidcIssuer: 'https://accounts.example.com' };

let world: World;
let other: World;

beforeAll(async () => {
  world = await createWorld();
  other = await createWorld();
}, 30_000);

function verify(bundle: Minted, expected: IdentityFlags | undefined = right, root = world.root): Promise<OmsResult> {
  return verifyOms(model, Buffer.from(JSON.stringify(bundle)), {
    policy: { method: 'keyless', trustedRoot: root, ...(expected ? { identity: parseIdentity(expected) } : {}) },
    ignorePaths: [],
    ignoreUnsigned: false,
    allowLegacy: false,
    concurrency: 1,
    now: new Date(),
  });
}

const mint = (options?: MintOptions): Promise<Minted> => world.mint(payload, options);

describe('the right signer', () => {
  it.each([
    ['Rekor v1', {}],
    ['Rekor v1 and a timestamp', { timestamp: true }],
    ['Rekor v2 and a timestamp', { rekor: 2 }],
  ] as const)('verifies with %s', async (_, options) => {
    const result = await verify(await mint(options));
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({
      verified: true,
      trust: 'signed-pinned',
      signer: { method: 'keyless', identity: 'release@example.com', issuer: 'https://accounts.example.com' },
    });
  });

  it('is only "unpinned" where nobody said whom to expect', async () => {
    const bundle = Buffer.from(JSON.stringify(await mint()));
    const result = await verifyOms(model, bundle, {
      policy: { method: 'keyless', trustedRoot: world.root },
      ignorePaths: [],
      ignoreUnsigned: false,
      allowLegacy: false,
      concurrency: 1,
      now: new Date(),
    });
    expect(result).toMatchObject({ verified: true, trust: 'signed-unpinned' });
  });

  it('may be named by a pattern over the whole name', async () => {
    const bundle = await mint({ identity: 'https://github.com/org/repo/.github/workflows/release.yml@refs/tags/v1' });
    expect(
      (
        await verify(bundle, {
          certificateIdentityRegexp: 'https://github\\.com/org/repo/.*@refs/tags/v\\d+',
          certificateOidcIssuer: right.certificateOidcIssuer,
        })
      ).verified,
    ).toBe(true);
    expect(
      (
        await verify(bundle, {
          certificateIdentityRegexp: 'https://github\\.com/org/repo/',
          certificateOidcIssuer: right.certificateOidcIssuer,
        })
      ).verified,
    ).toBe(false);
  });
});

describe('somebody else', () => {
  it.each([
    ['another issuer alone', { issuer: 'https://evil.example.com' }],
    ['another identity alone', { identity: 'mallory@example.com' }],
    ['a name that contains the expected one', { identity: 'xrelease@example.com' }],
    ['a name that begins with the expected one', { identity: 'release@example.com.evil.example' }],
    ['a name that a dot would match', { identity: 'release@exampleXcom' }],
    ['an issuer that begins with the expected one', { issuer: 'https://accounts.example.com.evil.example' }],
    ['another case', { identity: 'Release@example.com' }],
  ] as const)('%s is refused', async (_, options) => {
    expect(await verify(await mint(options))).toMatchObject({ verified: false, trust: 'none', problems: [{ code: 'identity-mismatch' }] });
  });

  it('another Sigstore is refused', async () => {
    expect(await verify(await other.mint(payload))).toMatchObject({ verified: false, problems: [{ code: 'signature-invalid' }] });
  });

  it.each([
    [{}, /needs --certificate-identity/],
    [{ certificateIdentity: 'a' }, /needs --certificate-oidc-issuer/],
    [{ certificateIdentity: '', certificateOidcIssuer: 'b' }, /needs --certificate-identity/],
    [{ certificateIdentity: 'a', certificateIdentityRegexp: 'a', certificateOidcIssuer: 'b' }, /either/],
    [{ certificateIdentityRegexp: '(', certificateOidcIssuer: 'b' }, /regexp/],
  ] as const)('a policy like %j is a user error', (flags, message) => {
    expect(() => parseIdentity(flags)).toThrow(UserError);
    expect(() => parseIdentity(flags)).toThrow(message);
  });
});

describe('a bundle that was changed', () => {
  const changes: Record<string, (bundle: Minted, spare: Minted) => void> = {
    'another payload': (bundle) =>
      void (bundle.dsseEnvelope.payload = Buffer.from(JSON.stringify(statement([resource('a.bin', 'evil')]))).toString('base64')),
    'another signature': (bundle, spare) => void (bundle.dsseEnvelope.signatures = spare.dsseEnvelope.signatures),
    'another certificate': (bundle, spare) => void (bundle.verificationMaterial.certificate = spare.verificationMaterial.certificate),
    'the entry of another signature': (bundle, spare) =>
      void (bundle.verificationMaterial.tlogEntries = spare.verificationMaterial.tlogEntries),
    'no log entry': (bundle) => void (bundle.verificationMaterial.tlogEntries = []),
    'the same entry twice': (bundle) => void bundle.verificationMaterial.tlogEntries.push(...bundle.verificationMaterial.tlogEntries),
    'another time': (bundle) => void Object.assign(bundle.verificationMaterial.tlogEntries[0] ?? {}, { integratedTime: '1700000000' }),
    'another index': (bundle) => void Object.assign(bundle.verificationMaterial.tlogEntries[0] ?? {}, { logIndex: '7' }),
    'another log': (bundle) =>
      void Object.assign(bundle.verificationMaterial.tlogEntries[0] ?? {}, { logId: { keyId: Buffer.alloc(32).toString('base64') } }),
    'another body': (bundle) =>
      void Object.assign(bundle.verificationMaterial.tlogEntries[0] ?? {}, { canonicalizedBody: Buffer.from('{}').toString('base64') }),
  };

  it.each(Object.entries(changes))('%s', async (_, change) => {
    const bundle = await mint();
    change(bundle, await mint());
    const result = await verify(bundle);
    expect(result.verified).toBe(false);
    expect(result.trust).toBe('none');
    expect(result.problems[0]?.detail).toBeTruthy();
  });

  it('a log of version 2 without a timestamp proves no time', async () => {
    expect((await verify(await mint({ rekor: 2, timestamp: false }))).verified).toBe(false);
  });

  it('a certificate that had expired when the log saw the signature', async () => {
    const late = await createWorld(new Date(Math.floor(Date.now() / 1000) * 1000));
    const bundle = await late.mint(payload);
    const root = structuredClone(late.root);
    for (const authority of root.certificateAuthorities)
      if (authority.validFor) authority.validFor = { start: new Date(0), end: new Date('2020-01-01') };
    expect((await verify(bundle, right, root)).verified).toBe(false);
  });
});
