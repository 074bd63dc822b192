/** A name in a registry that speaks the OCI distribution API. */
export interface OciReference {
  /** `ollama` fills in its own registry, namespace and tag. */
  readonly kind: 'oci' | 'ollama';
  /** Host, with a port where it is written. */
  readonly host: string;
  /** Path of the repository below the host. */
  readonly repository: string;
  /** Absent where only a digest names it. */
  readonly tag?: string;
  /** `sha256:…` of the manifest. */
  readonly digest?: string;
}

export const OLLAMA_HOST = 'registry.ollama.ai';
const OLLAMA_NAMESPACE = 'library';
const DEFAULT_TAG = 'latest';

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;
/** Ollama takes upper case and a leading underscore: https://github.com/ollama/ollama/blob/main/types/model/name.go */
const OLLAMA_NAME = /^(?!.*\.\.)\w[\w-]{0,79}\/\w[\w.-]{0,79}$/;
const MAX_REPOSITORY = 255;

export const isDigest = (text: string): boolean => DIGEST.test(text);

/** The rule of image names: a first part with a dot or a port, or `localhost`, is a host. */
const isHost = (part: string): boolean => /[.:[]/.test(part) || part === 'localhost';

function cut(text: string): { readonly path: string; readonly tag?: string; readonly digest?: string } | undefined {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) return undefined;
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(':');
  const tag = colon > rest.lastIndexOf('/') ? rest.slice(colon + 1) : undefined;
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  return {
    path: tag === undefined ? rest : rest.slice(0, colon),
    ...(tag === undefined ? (digest === undefined ? { tag: DEFAULT_TAG } : {}) : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** `host/repository[:tag][@digest]`; `undefined` where it is none. */
export function parseOci(text: string): OciReference | undefined {
  const parts = cut(text);
  const slash = parts?.path.indexOf('/') ?? -1;
  if (!parts || slash < 0) return undefined;
  const { path, ...rest } = parts;
  const host = path.slice(0, slash).toLowerCase();
  const repository = path.slice(slash + 1);
  if (!isHost(host) || !HOST.test(host) || repository.length > MAX_REPOSITORY || !REPOSITORY.test(repository)) return undefined;
  return { kind: 'oci', host, repository, ...rest };
}

/** `[[host/]namespace/]model[:tag][@digest]`, as `ollama pull` reads it. */
export function parseOllama(text: string): OciReference | undefined {
  const parts = cut(text);
  if (!parts) return undefined;
  const { path, ...rest } = parts;
  const segments = path.split('/');
  const host = segments.length === 3 ? (segments.shift() ?? '').toLowerCase() : OLLAMA_HOST;
  const repository = segments.length === 1 ? `${OLLAMA_NAMESPACE}/${path}` : segments.join('/');
  if (!HOST.test(host) || !isHost(host) || !OLLAMA_NAME.test(repository)) return undefined;
  return { kind: 'ollama', host, repository, ...rest };
}

/** Without tag and digest, as people write it. */
export function nameOf({ kind, host, repository }: OciReference): string {
  if (kind === 'oci' || host !== OLLAMA_HOST) return `${host}/${repository}`;
  return repository.startsWith(`${OLLAMA_NAMESPACE}/`) ? repository.slice(OLLAMA_NAMESPACE.length + 1) : repository;
}

/** The one spelling: key of its state. */
export const printReference = (reference: OciReference): string =>
  `${reference.kind}:${nameOf(reference)}${reference.tag === undefined ? '' : `:${reference.tag}`}${reference.digest === undefined ? '' : `@${reference.digest}`}`;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/** Where a host's API is. Plain HTTP for loopback only, as every client of registries has it; Docker Hub's API has a name of its own. */
export function originOf(host: string): string {
  if (host === 'docker.io' || host === 'index.docker.io') return 'https://registry-1.docker.io';
  return `${LOOPBACK.test(host) ? 'http' : 'https'}://${host}`;
}
