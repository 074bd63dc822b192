import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { bytesReader } from '../../src/core/byte-reader.ts';
import { digestOf, type ModelTree, type TreeFile } from '../../src/integrity/model-tree.ts';
import { preAuthEncoding } from '../../src/integrity/oms/dsse.ts';
import { verifyOms, type OmsOptions, type OmsResult } from '../../src/integrity/oms/verify.ts';

export const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** A model in memory. */
export function tree(files: Readonly<Record<string, string>>, more: Partial<ModelTree> & { links?: readonly string[] } = {}): ModelTree {
  const list: TreeFile[] = Object.entries(files).map(([path, text]) => ({
    path,
    size: Buffer.byteLength(text),
    ...(more.links?.includes(path) ? { link: true } : {}),
  }));
  return {
    files: list,
    problems: more.problems ?? [],
    digest: (path, algorithm, range) =>
      Object.hasOwn(files, path)
        ? digestOf(Promise.resolve(bytesReader(Buffer.from(files[path] ?? ''))), algorithm, range)
        : Promise.reject(new Error(`opened ${path}, which is not in the model`)),
  };
}

export const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export const resource = (name: string, text: string): { name: string; algorithm: string; digest: string } => ({
  name,
  algorithm: 'sha256',
  digest: sha256(text),
});

export function rootDigest(resources: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const item of resources) hash.update(Buffer.from(String((item as { digest?: string }).digest ?? ''), 'hex'));
  return hash.digest('hex');
}

/** A statement over these resources that is right in everything that is not overridden. */
export function statement(
  resources: readonly unknown[],
  serialization: Record<string, unknown> = {},
  over: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'model', digest: { sha256: rootDigest(resources) } }],
    predicateType: 'https://model_signing/signature/v1.0',
    predicate: { resources, serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ...serialization } },
    ...over,
  };
}

/** A correctly signed bundle over any payload. */
export function bundle(
  payload: unknown,
  options: { key?: KeyObject; raw?: string; payloadType?: string; over?: Record<string, unknown>; material?: unknown } = {},
): Buffer {
  const bytes = Buffer.from(options.raw ?? JSON.stringify(payload));
  const payloadType = options.payloadType ?? 'application/vnd.in-toto+json';
  const key = options.key ?? keys.privateKey;
  return Buffer.from(
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: options.material ?? { publicKey: { hint: sha256(publicPem) } },
      dsseEnvelope: {
        payload: bytes.toString('base64'),
        payloadType,
        signatures: [{ sig: sign('sha256', preAuthEncoding(payloadType, bytes), key).toString('base64') }],
      },
      ...options.over,
    }),
  );
}

export const verifyKey = (model: ModelTree, bytes: Uint8Array, over: Partial<OmsOptions> = {}): Promise<OmsResult> =>
  verifyOms(model, bytes, {
    policy: { method: 'key', publicKey: publicPem },
    ignorePaths: [],
    ignoreUnsigned: false,
    allowLegacy: false,
    concurrency: 2,
    now: new Date('2026-01-01'),
    ...over,
  });
