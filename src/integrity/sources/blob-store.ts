import type { IntegrityResult } from '../../core/report.ts';
import { checkClaims, directoryOf, type CheckContext, type Claim, type IntegritySource } from './source.ts';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

interface Descriptor {
  readonly digest: string;
  readonly size: number | undefined;
}

/** `config` and `layers` of an OCI or Docker v2 image manifest. */
function descriptors(bytes: Buffer): Descriptor[] {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    return [];
  }
  if (!isObject(json) || !Array.isArray(json['layers'])) return [];
  return [json['config'], ...(json['layers'] as unknown[])].flatMap((item) => {
    const digest = isObject(item) && typeof item['digest'] === 'string' ? /^sha256:([0-9a-f]{64})$/.exec(item['digest'])?.[1] : undefined;
    return digest === undefined ? [] : [{ digest, size: isObject(item) && typeof item['size'] === 'number' ? item['size'] : undefined }];
  });
}

const compare = (id: string, path: string, list: readonly Descriptor[], blob: (digest: string) => string, context: CheckContext): Promise<IntegrityResult> =>
  checkClaims({ id, path, trust: 'self-consistent', mustExist: true }, list.map(({ digest, size }): Claim => ({ path: blob(digest), algorithm: 'sha256', digest, size })), context);

/** `models/manifests/<registry>/<namespace>/<model>/<tag>` names `models/blobs/sha256-<digest>`. Nothing is signed. */
export const ollama: IntegritySource = {
  id: 'ollama',
  wants: (entry) => /(?:^|\/)manifests\/[^/]+\/[^/]+\/[^/]+\/[^/]+$/.test(entry.path) && entry.size < 1024 * 1024,
  async check({ path, bytes }, context) {
    const list = descriptors(bytes);
    const base = path.slice(0, path.lastIndexOf('manifests/'));
    return list.length === 0 ? [] : [await compare('ollama', path, list, (digest) => `${base}blobs/sha256-${digest}`, context)];
  },
};

/** An OCI image layout: `index.json` names manifests under `blobs/sha256/`, these name config and layers. */
export const ociLayout: IntegritySource = {
  id: 'oci',
  wants: (entry) => /(?:^|\/)index\.json$/.test(entry.path) && entry.size < 1024 * 1024,
  async check({ path, bytes }, context) {
    const base = directoryOf(path) === '' ? '' : `${directoryOf(path)}/`;
    if (!context.has(`${base}oci-layout`)) return [];
    let json: unknown;
    try {
      json = JSON.parse(bytes.toString('utf8'));
    } catch {
      return [];
    }
    const manifests = isObject(json) && Array.isArray(json['manifests']) ? descriptors(Buffer.from(JSON.stringify({ layers: json['manifests'] }))) : [];
    const blob = (digest: string): string => `${base}blobs/sha256/${digest}`;
    const results: IntegrityResult[] = manifests.length > 0 ? [await compare('oci', path, manifests, blob, context)] : [];
    for (const { digest } of manifests) {
      if (!context.has(blob(digest))) continue;
      const reader = await context.open(blob(digest));
      const list = await reader.read(0, 4 * 1024 * 1024).then((content) => descriptors(Buffer.from(content)));
      await reader.close?.();
      if (list.length > 0) results.push(await compare('oci', blob(digest), list, blob, context));
    }
    return results;
  },
};
