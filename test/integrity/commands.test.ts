import { createHash, generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { fulcioHandler, rekorHandler } from '@sigstore/mock';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runAttest } from '../../src/cli/attest.ts';
import type { VerifyFlags } from '../../src/cli/flags.ts';
import { runSign } from '../../src/cli/sign.ts';
import { runVerify } from '../../src/cli/verify.ts';
import { UserError } from '../../src/core/errors.ts';
import { CYCLONEDX_PREDICATE, MAX_INLINE_BOM } from '../../src/integrity/attest.ts';
import { bodyOf, LoopbackServer } from '../loopback-server.ts';
import { createWorld, type World } from './sigstore-world.ts';

// assay sign, verify and attest on a disk, keyless against Fulcio and Rekor in this process.

let world: World;
let server: SigstoreServer;
let services: { fulcioUrl: string; rekorUrl: string };
let dir: string;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = [
  encode({ alg: 'none' }),
  encode({ sub: 'release@example.com', iss: 'https://accounts.example.com', aud: 'sigstore', exp: 4_000_000_000 }),
  'x',
].join('.');

/** Rekor keeps digests and signatures of a proposed envelope, not the envelope; the mock keeps what it is given. */
function asRekorStores(body: string): string {
  const entry = JSON.parse(body.startsWith('{') ? body : '{}') as {
    kind?: string;
    spec?: { proposedContent?: { envelope: string; verifiers: string[] } };
  };
  const proposed = entry.kind === 'dsse' ? entry.spec?.proposedContent : undefined;
  if (!proposed) return body;
  const envelope = JSON.parse(proposed.envelope) as { payload: string; signatures: { sig: string }[] };
  const hash = (data: Buffer): { algorithm: string; value: string } => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(data).digest('hex'),
  });
  const signatures = envelope.signatures.map(({ sig }, i) => ({ signature: sig, verifier: proposed.verifiers[i] }));
  return JSON.stringify({
    ...entry,
    spec: { envelopeHash: hash(Buffer.from(proposed.envelope)), payloadHash: hash(Buffer.from(envelope.payload, 'base64')), signatures },
  });
}

class SigstoreServer extends LoopbackServer {
  private readonly handlers: readonly ReturnType<typeof fulcioHandler>[];

  constructor(handlers: readonly ReturnType<typeof fulcioHandler>[]) {
    super();
    this.handlers = handlers;
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const handler = this.handlers.find(({ path }) => path === request.url);
    if (!handler) return void response.writeHead(404).end();
    const { statusCode, response: body, contentType } = await handler.fn(asRekorStores(await bodyOf(request)));
    response.writeHead(statusCode, { 'content-type': contentType ?? 'text/plain' });
    response.end(typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  }
}

beforeAll(async () => {
  world = await createWorld();
  const { ca, log } = world.services;
  const handlers = [fulcioHandler(ca, { strict: true }), rekorHandler(log, { strict: true })];
  server = await new SigstoreServer(handlers).start();
  services = { fulcioUrl: server.url, rekorUrl: server.url };
}, 30_000);
afterAll(() => server.stop());

let printed = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'assay-commands-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest) => {
    printed += String(text);
    for (const done of rest) if (typeof done === 'function') done();
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

const at = (...parts: string[]): string => join(dir, ...parts);
const text = (path: string): string => readFileSync(at(path), 'utf8');

function keyFiles(curve: string): KeyPairKeyObjectResult {
  const pair = generateKeyPairSync('ec', { namedCurve: curve });
  writeFileSync(at('key.pem'), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(at('key.pub'), pair.publicKey.export({ type: 'spki', format: 'pem' }));
  return pair;
}

function model(): string {
  mkdirSync(at('model', 'sub'), { recursive: true });
  writeFileSync(at('model', 'weights.bin'), 'weights');
  writeFileSync(at('model', 'sub', 'config.json'), '{}');
  return at('model');
}

const flags: VerifyFlags = { format: 'table', color: 'never', progress: false };
const byKey = (): VerifyFlags => ({ ...flags, key: at('key.pub') });
const keyless = (): VerifyFlags => {
  writeFileSync(at('root.json'), JSON.stringify(TrustedRoot.toJSON(world.root)));
  return {
    ...flags,
    certificateIdentity: 'release@example.com',
    certificateOidcIssuer: 'https://accounts.example.com',
    trustedRoot: at('root.json'),
  };
};

describe('assay sign and verify', () => {
  it.each(['P-256', 'P-384', 'P-521'])('with a key on %s', async (curve) => {
    keyFiles(curve);
    expect(await runSign(model(), { key: at('key.pem') })).toBe(0);
    expect(await runVerify(at('model'), byKey())).toBe(0);
    expect(printed).toMatch(/^VERIFIED {2}model\n/);
    expect(printed).toMatch(/method +key\n/);
    expect(printed).toMatch(/key +sha256:[0-9a-f]{64}\n/);
    expect(printed).toMatch(/files +2 files as signed\n/);
  });

  it('names what was changed, added, taken away and left out, and exits 1', async () => {
    keyFiles('P-256');
    await runSign(model(), { key: at('key.pem'), ignorePath: ['notes'] });
    writeFileSync(at('model', 'weights.bin'), 'other weights');
    writeFileSync(at('model', 'evil.py'), 'import os');
    rmSync(at('model', 'sub', 'config.json'));
    mkdirSync(at('model', 'notes'));
    writeFileSync(at('model', 'notes', 'a.txt'), 'x');
    expect(await runVerify(at('model'), byKey())).toBe(1);
    expect(printed).toContain('NOT VERIFIED  model\n');
    expect(printed).toContain('  CHANGED (1)\n    weights.bin  sha256 differs from the signed digest\n');
    expect(printed).toContain('  MISSING (1)\n    sub/config.json\n');
    expect(printed).toContain('  ADDED, NOT SIGNED (1)\n    evil.py\n');
    expect(printed).toContain('  LEFT OUT BY THE SIGNATURE (1)\n    notes/a.txt\n');
  });

  it('gives the same as JSON, with findings', async () => {
    keyFiles('P-256');
    await runSign(model(), { key: at('key.pem') });
    writeFileSync(at('model', 'evil.pkl'), 'x');
    expect(await runVerify(at('model'), { ...byKey(), format: 'json' })).toBe(1);
    const report = JSON.parse(printed) as {
      integrity: { status: string; files: number }[];
      findings: { ruleId: string; severity: string }[];
    };
    expect(report.integrity).toMatchObject([
      { source: 'oms', status: 'failed', files: 2, problems: [{ code: 'unsigned', path: 'evil.pkl' }] },
    ]);
    expect(report.findings).toMatchObject([{ ruleId: 'unsigned-file', severity: 'high', location: { path: 'model/evil.pkl' } }]);
  });

  it('shows names in a terminal as text, not as commands', async () => {
    keyFiles('P-256');
    await runSign(model(), { key: at('key.pem') });
    writeFileSync(at('model', 'a\u001B[2Jb'), 'x');
    await runVerify(at('model'), byKey());
    expect(printed).toContain(String.raw`a\u{1b}[2Jb`);
    expect(printed).not.toContain('\u001B');
  });

  it('signs and verifies one file, beside it', async () => {
    keyFiles('P-256');
    writeFileSync(at('m.gguf'), 'weights');
    await runSign(at('m.gguf'), { key: at('key.pem') });
    expect(existsSync(at('m.gguf.sig'))).toBe(true);
    expect(await runVerify(at('m.gguf'), byKey())).toBe(0);
    writeFileSync(at('m.gguf'), 'other');
    expect(await runVerify(at('m.gguf'), byKey())).toBe(1);
  });

  it('signs keyless where there is an identity', async () => {
    vi.stubEnv('SIGSTORE_ID_TOKEN', token);
    expect(await runSign(model(), services)).toBe(0);
    expect(await runVerify(at('model'), keyless())).toBe(0);
    expect(printed).toMatch(/method +keyless/);
    expect(printed).toMatch(/signer +release@example\.com\n/);
    expect(printed).toMatch(/issuer +https:\/\/accounts\.example\.com\n/);
    expect(printed).toMatch(/signed at +20\d\d-/);
    expect(await runVerify(at('model'), { ...keyless(), certificateIdentity: 'somebody@example.com' })).toBe(1);
    expect(printed.replaceAll(/\s+/g, ' ')).toContain('identity-mismatch: signed by "release@example.com", who is not the expected signer');
  });

  it('says what is missing', async () => {
    vi.stubEnv('SIGSTORE_ID_TOKEN', '');
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', '');
    model();
    keyFiles('P-256');
    await expect(runSign(at('model'), {})).rejects.toThrow(/--key FILE/);
    await expect(runSign(at('no'), { key: at('key.pem') })).rejects.toThrow(/no such model/);
    await expect(runVerify(at('model'), byKey())).rejects.toThrow(/no signature of model \(looked for model\.sig\)/);
    await expect(runVerify(at('model'), flags)).rejects.toThrow(UserError);
    await expect(runVerify(at('model'), { ...byKey(), certificateIdentity: 'x' })).rejects.toThrow(/say whom you trust/);
  });
});

describe('assay attest', () => {
  const bom = (more: Record<string, unknown> = {}): string =>
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
      version: 1,
      ...more,
    });
  const statementOf = (
    path: string,
  ): { subject: { name: string; digest: { sha256: string } }[]; predicateType: string; predicate: Record<string, unknown> } =>
    JSON.parse(
      Buffer.from((JSON.parse(text(path)) as { dsseEnvelope: { payload: string } }).dsseEnvelope.payload, 'base64').toString(),
    ) as ReturnType<typeof statementOf>;
  const sha256 = (path: string): string =>
    createHash('sha256')
      .update(readFileSync(at(path)))
      .digest('hex');

  it('with a key, as Sigstore’s own verifier reads it', async () => {
    const { publicKey } = keyFiles('P-256');
    writeFileSync(at('bom.cdx.json'), bom());
    expect(await runAttest(at('bom.cdx.json'), { key: at('key.pem') })).toBe(0);
    const material = toTrustMaterial(world.root, () => ({ publicKey, validFor: () => true }));
    const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
    expect(() => verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(text('bom.cdx.json.sigstore.json')))))).not.toThrow();
    expect(statementOf('bom.cdx.json.sigstore.json')).toMatchObject({
      subject: [{ name: 'bom.cdx.json', digest: { sha256: sha256('bom.cdx.json') } }],
      predicateType: CYCLONEDX_PREDICATE,
      predicate: { bomFormat: 'CycloneDX', specVersion: '1.6' },
    });
    expect(await runVerify(at('bom.cdx.json'), byKey())).toBe(0);
    expect(printed).toMatch(/attests +https:\/\/cyclonedx\.org\/bom\n/);
    writeFileSync(at('bom.cdx.json'), bom({ version: 2 }));
    expect(await runVerify(at('bom.cdx.json'), byKey())).toBe(1);
  });

  it('keyless, through certificate and log', async () => {
    vi.stubEnv('SIGSTORE_ID_TOKEN', token);
    writeFileSync(at('bom.cdx.json'), bom());
    expect(await runAttest(at('bom.cdx.json'), services)).toBe(0);
    const signer = new Verifier(toTrustMaterial(world.root)).verify(
      toSignedEntity(bundleFromJSON(JSON.parse(text('bom.cdx.json.sigstore.json')))),
    );
    expect(signer.identity).toMatchObject({
      subjectAlternativeName: 'release@example.com',
      extensions: { issuer: 'https://accounts.example.com' },
    });
    expect(await runVerify(at('bom.cdx.json'), keyless())).toBe(0);
  });

  it('names what the BOM describes where that is said', async () => {
    keyFiles('P-256');
    writeFileSync(at('bom.cdx.json'), bom());
    await runAttest(at('bom.cdx.json'), { key: at('key.pem'), subject: [`model.tar=sha256:${'a'.repeat(64)}`] });
    expect(statementOf('bom.cdx.json.sigstore.json').subject).toEqual([{ name: 'model.tar', digest: { sha256: 'a'.repeat(64) } }]);
    await expect(runAttest(at('bom.cdx.json'), { key: at('key.pem'), subject: ['model.tar'] })).rejects.toThrow(/--subject/);
  });

  it('a large BOM goes into the statement by its digest', async () => {
    keyFiles('P-256');
    writeFileSync(at('bom.cdx.json'), bom({ components: [{ type: 'library', name: 'x'.repeat(MAX_INLINE_BOM) }] }));
    await runAttest(at('bom.cdx.json'), { key: at('key.pem') });
    expect(text('bom.cdx.json.sigstore.json').length).toBeLessThan(5000);
    expect(statementOf('bom.cdx.json.sigstore.json').predicate).toMatchObject({
      bomFormat: 'CycloneDX',
      externalReferences: [{ type: 'bom', hashes: [{ alg: 'SHA-256', content: sha256('bom.cdx.json') }] }],
    });
    expect(await runVerify(at('bom.cdx.json'), byKey())).toBe(0);
  });

  it('refuses what is no BOM, and keys that Sigstore does not read', async () => {
    keyFiles('P-384');
    writeFileSync(at('bom.cdx.json'), bom());
    writeFileSync(at('x.json'), '{"bomFormat":"SPDX"}');
    await expect(runAttest(at('bom.cdx.json'), { key: at('key.pem') })).rejects.toThrow(/P-256/);
    await expect(runAttest(at('x.json'), { key: at('key.pem') })).rejects.toThrow(/not a CycloneDX BOM/);
  });

  it('says why keyless signing is not possible', async () => {
    vi.stubEnv('SIGSTORE_ID_TOKEN', token);
    writeFileSync(at('bom.cdx.json'), bom());
    const { rekorUrl } = services;
    await expect(runAttest(at('bom.cdx.json'), { fulcioUrl: `${rekorUrl}/none`, rekorUrl })).rejects.toThrow(/keyless signing failed/);
  }, 20_000);
});
