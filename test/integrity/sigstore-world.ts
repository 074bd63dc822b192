import { createHash, generateKeyPairSync, sign, type KeyPairKeyObjectResult } from 'node:crypto';
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA } from '@sigstore/mock';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { preAuthEncoding } from '../../src/integrity/oms/dsse.ts';

const IN_TOTO = 'application/vnd.in-toto+json';
const ISSUER_OID = '1.3.6.1.4.1.57264.1.8';
const b64 = (bytes: ArrayBuffer | ArrayBufferView | Buffer): string =>
  (ArrayBuffer.isView(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.from(bytes)).toString('base64');
const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
const keyPair = (): KeyPairKeyObjectResult => generateKeyPairSync('ec', { namedCurve: 'P-256' });

type Json = Record<string, unknown>;

export interface Minted {
  mediaType: string;
  verificationMaterial: { certificate: Json; tlogEntries: Json[]; timestampVerificationData?: { rfc3161Timestamps: Json[] } };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid: string }[] };
}

export interface MintOptions {
  readonly identity?: string;
  readonly issuer?: string;
  /** Rekor: v1 gives a signed entry timestamp, v2 needs a timestamp authority. */
  readonly rekor?: 1 | 2;
  readonly timestamp?: boolean;
}

export interface World {
  readonly root: TrustedRoot;
  /** What the services of a mock server run on. */
  readonly services: { readonly ca: CA; readonly log: Log };
  mint(payload: Buffer, options?: MintOptions): Promise<Minted>;
  /** A signature over the bytes of a file, logged as `hashedrekord`. */
  signFile(content: Buffer, options?: MintOptions): Promise<Record<string, unknown>>;
}

/** Fulcio, certificate log, Rekor and timestamp authority of a private Sigstore, in memory, without a socket. */
export async function createWorld(clock = new Date(Math.floor(Date.now() / 1000) * 1000)): Promise<World> {
  const ct = await initializeCTLog(keyPair(), clock);
  const ca = await initializeCA(keyPair(), ct, clock);
  // Certificates begin when they are made, which may be a second after `clock`: log and timestamps come later still.
  const later = new Date(clock.getTime() + 60_000);
  const log = await initializeTLog('https://rekor.example.com', keyPair(), later);
  const tsa = await initializeTSA(keyPair(), later);
  const start = new Date(clock.getTime() - 3600_000).toISOString();
  const logOf = (url: string, publicKey: Buffer, id: string): Json => ({
    baseUrl: url,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: b64(publicKey), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: { start } },
    logId: { keyId: id },
  });
  const root = TrustedRoot.fromJSON({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    certificateAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
        uri: 'https://fulcio.example.com',
        certChain: { certificates: [{ rawBytes: b64(ca.rootCertificate) }] },
        validFor: { start },
      },
    ],
    tlogs: [logOf('https://rekor.example.com', log.publicKey, b64(sha256(log.publicKey)))],
    ctlogs: [logOf('https://ct.example.com', ct.publicKey, b64(ct.logID))],
    timestampAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'tsa' },
        uri: 'https://tsa.example.com',
        certChain: { certificates: [{ rawBytes: b64(tsa.intCertificate) }, { rawBytes: b64(tsa.rootCertificate) }] },
        validFor: { start },
      },
    ],
  });

  const timestampOf = async (signature: Buffer): Promise<Json> => ({
    signedTimestamp: b64(
      await tsa.timestamp({
        artifactHash: sha256(signature),
        hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
        nonce: 1,
        policyOID: '1.3.6.1.4.1.57264.2',
        certReq: true,
      }),
    ),
  });

  const certify = async ({
    identity = 'release@example.com',
    issuer = 'https://accounts.example.com',
  }: MintOptions): Promise<{ key: KeyPairKeyObjectResult; raw: string }> => {
    const key = keyPair();
    const certificate = await ca.issueCertificate({
      publicKey: key.publicKey.export({ type: 'spki', format: 'der' }) as Buffer<ArrayBuffer>,
      subjectAltName: identity,
      extensions: [{ oid: ISSUER_OID, value: issuer }],
    });
    return { key, raw: b64(certificate) };
  };
  const material = async (raw: string, entry: Json, signature: Buffer, timestamp: boolean): Promise<Minted['verificationMaterial']> => ({
    certificate: { rawBytes: raw },
    tlogEntries: [entry],
    ...(timestamp ? { timestampVerificationData: { rfc3161Timestamps: [await timestampOf(signature)] } } : {}),
  });

  return {
    root,
    services: { ca, log },
    async mint(payload, options = {}) {
      const { rekor = 1, timestamp = rekor === 2 } = options;
      const { key, raw } = await certify(options);
      const signature = sign('sha256', preAuthEncoding(IN_TOTO, payload), key.privateKey);
      const entry = rekor === 1 ? await entryV1(log, payload, signature, raw) : await entryV2(log, payload, signature, raw);
      return {
        mediaType: MEDIA_TYPE,
        verificationMaterial: await material(raw, entry, signature, timestamp),
        dsseEnvelope: {
          payload: payload.toString('base64'),
          payloadType: IN_TOTO,
          signatures: [{ sig: signature.toString('base64'), keyid: '' }],
        },
      };
    },
    async signFile(content, options = {}) {
      const { key, raw } = await certify(options);
      const signature = sign('sha256', content, key.privateKey);
      const answer = await log.log({
        apiVersion: '0.0.1',
        kind: 'hashedrekord',
        spec: {
          data: { hash: { algorithm: 'sha256', value: sha256(content).toString('hex') } },
          signature: { content: signature.toString('base64'), publicKey: { content: Buffer.from(pemOf(raw)).toString('base64') } },
        },
      });
      return {
        mediaType: MEDIA_TYPE,
        verificationMaterial: await material(raw, entryOf(answer, 'hashedrekord'), signature, options.timestamp === true),
        messageSignature: {
          messageDigest: { algorithm: 'SHA2_256', digest: sha256(content).toString('base64') },
          signature: signature.toString('base64'),
        },
      };
    },
  };
}

const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

const pemOf = (certificate: string): string =>
  `-----BEGIN CERTIFICATE-----\n${certificate.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`;

interface RekorEntry {
  readonly logIndex: number;
  readonly logID: string;
  readonly integratedTime: number;
  readonly body: string;
  readonly verification?: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
      readonly checkpoint: string;
    };
  };
}

type CA = Awaited<ReturnType<typeof initializeCA>>;
type Log = Awaited<ReturnType<typeof initializeTLog>>;

async function entryV1(log: Log, payload: Buffer, signature: Buffer, certificate: string): Promise<Json> {
  const answer = await log.log({
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: { algorithm: 'sha256', value: '0'.repeat(64) },
      payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
      signatures: [{ signature: signature.toString('base64'), verifier: Buffer.from(pemOf(certificate)).toString('base64') }],
    },
  });
  return entryOf(answer, 'dsse');
}

function entryOf(answer: unknown, kind: string): Json {
  // The package does not export the type of an entry.
  const [entry] = Object.values(answer as Readonly<Record<string, RekorEntry>>);
  if (!entry?.verification) throw new Error('the log gave no entry');
  const { inclusionProof, signedEntryTimestamp } = entry.verification;
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: Buffer.from(entry.logID, 'hex').toString('base64') },
    kindVersion: { kind, version: '0.0.1' },
    integratedTime: String(entry.integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(inclusionProof.logIndex),
      rootHash: Buffer.from(inclusionProof.rootHash, 'hex').toString('base64'),
      treeSize: String(inclusionProof.treeSize),
      hashes: [],
      checkpoint: { envelope: inclusionProof.checkpoint },
    },
    canonicalizedBody: entry.body,
  };
}

async function entryV2(log: Log, payload: Buffer, signature: Buffer, certificate: string): Promise<Json> {
  const body = {
    apiVersion: '0.0.2',
    kind: 'dsse',
    spec: {
      dsseV002: {
        payloadHash: { algorithm: 'SHA2_256', digest: sha256(payload).toString('base64') },
        signatures: [
          {
            content: signature.toString('base64'),
            verifier: { keyDetails: 'PKIX_ECDSA_P256_SHA_256', x509Certificate: { rawBytes: certificate } },
          },
        ],
      },
    },
  };
  const entry = await log.logV2(body as unknown as Parameters<Log['logV2']>[0]);
  return {
    logIndex: '0',
    logId: { keyId: b64(entry.logId?.keyId ?? Buffer.alloc(0)) },
    kindVersion: { kind: 'dsse', version: '0.0.2' },
    integratedTime: '0',
    inclusionProof: {
      logIndex: '0',
      rootHash: Buffer.from(Buffer.from(entry.inclusionProof?.rootHash ?? []).toString('base64'), 'base64').toString('base64'),
      treeSize: String(entry.inclusionProof?.treeSize ?? 1),
      hashes: [],
      checkpoint: { envelope: entry.inclusionProof?.checkpoint?.envelope ?? '' },
    },
    canonicalizedBody: b64(entry.canonicalizedBody),
  };
}
