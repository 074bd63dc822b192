import { isObject, type JsonObject } from '../../core/json.ts';
import { RegistryError } from '../registry-error.ts';
import { isDigest } from './reference.ts';

/** A blob as a manifest names it: https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** Of which tensor or file it is, in manifests of Ollama. */
  readonly name?: string;
  readonly annotations: ReadonlyMap<string, string>;
}

export interface OciManifest {
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: ReadonlyMap<string, string>;
}

/** Layers of one manifest. Models that Ollama stores tensor by tensor have a few thousand. */
export const MAX_LAYERS = 20_000;
/** Manifests of one index: platforms, variants. */
export const MAX_MANIFESTS = 32;
const MAX_ANNOTATIONS = 200;
/** Media types, names and most annotations are short; that of a file's metadata is a JSON. */
const MAX_TEXT = 4096;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value.length <= MAX_TEXT ? value : undefined);

const annotationsOf = (value: unknown): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(isObject(value) ? value : {})
      .slice(0, MAX_ANNOTATIONS)
      .flatMap(([key, item]) => {
        const told = text(item);
        return told === undefined ? [] : [[key, told] as const];
      }),
  );

function descriptor(value: unknown, url: string): Descriptor {
  const item: JsonObject = isObject(value) ? value : {};
  const { size } = item;
  const digest = text(item['digest']);
  const mediaType = text(item['mediaType']);
  if (digest === undefined || !isDigest(digest)) throw new RegistryError(url, 'the manifest names a blob without a sha256 digest');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw new RegistryError(url, `the manifest gives ${digest} no size`);
  const name = text(item['name']);
  return {
    mediaType: mediaType ?? '',
    digest,
    size,
    annotations: annotationsOf(item['annotations']),
    ...(name === undefined ? {} : { name }),
  };
}

export type Parsed =
  | { readonly kind: 'manifest'; readonly manifest: OciManifest }
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] };

/** Attestations that builders put beside images: about them, not of them. */
const isAttestation = ({ annotations }: Descriptor): boolean => annotations.get('vnd.docker.reference.type') === 'attestation-manifest';

/**
 * An image manifest (OCI or Docker v2), or an index of several.
 * @throws RegistryError where it is neither, names blobs without digest, or too many.
 */
export function parseManifest(bytes: Buffer, url: string): Parsed {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new RegistryError(url, 'the manifest is no JSON');
  }
  if (!isObject(json)) throw new RegistryError(url, 'the manifest is no object');
  const { manifests, layers, config } = json;
  if (Array.isArray(manifests)) {
    if (manifests.length > MAX_MANIFESTS) throw new RegistryError(url, `more than ${MAX_MANIFESTS} manifests in an index`);
    return { kind: 'index', manifests: manifests.map((item) => descriptor(item, url)).filter((item) => !isAttestation(item)) };
  }
  if (!Array.isArray(layers)) throw new RegistryError(url, 'the manifest has no layers');
  if (layers.length > MAX_LAYERS) throw new RegistryError(url, `more than ${MAX_LAYERS} layers`);
  const artifactType = text(json['artifactType']);
  return {
    kind: 'manifest',
    manifest: {
      layers: layers.map((item) => descriptor(item, url)),
      annotations: annotationsOf(json['annotations']),
      ...(artifactType === undefined ? {} : { artifactType }),
      ...(config === undefined || config === null ? {} : { config: descriptor(config, url) }),
    },
  };
}
