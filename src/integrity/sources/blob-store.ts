import { isObject } from '../../core/json.ts';
import type { IntegrityResult } from '../../core/report.ts';
import { checkClaims, directoryOf, type CheckContext, type Claim, type IntegritySource } from './source.ts';

/** Registries refuse larger ones: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const MAX_MANIFEST = 4 * 1024 * 1024;

interface Descriptor {
  readonly digest: string;
  readonly size: number | undefined;
  /** File name that the layer carries, by OCI's or ModelPack's annotation. */
  readonly label: string | undefined;
}

/** Annotations that name the file in a layer: OCI's own, and that of the CNCF ModelPack specification. */
const NAMES = ['org.cncf.model.filepath', 'org.opencontainers.image.title'];

const labelOf = (item: unknown): string | undefined => {
  const annotations = isObject(item) && isObject(item['annotations']) ? item['annotations'] : {};
  return NAMES.map((name) => annotations[name]).find((value) => typeof value === 'string');
};

/** Whose packing it is, by its media types: https://github.com/modelpack/model-spec, https://kitops.org/docs/modelkit/spec/ */
const packing = (bytes: Buffer): string => {
  const text = bytes.toString('latin1');
  return text.includes('application/vnd.kitops.modelkit.') ? 'kitops' : text.includes('application/vnd.cncf.model.') ? 'modelpack' : 'oci';
};

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
    return digest === undefined
      ? []
      : [{ digest, size: isObject(item) && typeof item['size'] === 'number' ? item['size'] : undefined, label: labelOf(item) }];
  });
}

const compare = (
  id: string,
  path: string,
  list: readonly Descriptor[],
  blob: (digest: string) => string,
  context: CheckContext,
): Promise<IntegrityResult> =>
  checkClaims(
    { id, path, trust: 'self-consistent', mustExist: true },
    list.map(({ digest, size, label }): Claim => ({ path: blob(digest), algorithm: 'sha256', digest, size, label })),
    context,
  );

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
    const manifests =
      isObject(json) && Array.isArray(json['manifests']) ? descriptors(Buffer.from(JSON.stringify({ layers: json['manifests'] }))) : [];
    const blob = (digest: string): string => `${base}blobs/sha256/${digest}`;
    const results: IntegrityResult[] = manifests.length > 0 ? [await compare('oci', path, manifests, blob, context)] : [];
    for (const { digest } of manifests) {
      if (!context.has(blob(digest))) continue;
      const reader = await context.open(blob(digest));
      const manifest = Buffer.from(await reader.read(0, MAX_MANIFEST));
      await reader.close?.();
      const list = descriptors(manifest);
      if (list.length > 0) results.push(await compare(packing(manifest), blob(digest), list, blob, context));
    }
    return results;
  },
};
