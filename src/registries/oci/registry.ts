import { createHash } from 'node:crypto';
import { isObject } from '../../core/json.ts';
import type { Absent } from '../huggingface.ts';
import type { HttpFile } from '../http-reader.ts';
import type { Connection, Net } from '../net.ts';
import { RegistryError } from '../registry-error.ts';
import { requestWhole } from '../whole.ts';
import { parseChallenge, type Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { parseManifest, type Descriptor, type OciManifest } from './manifest.ts';
import { originOf, type OciReference } from './reference.ts';

export interface OciOptions {
  readonly net: Net;
  readonly credentials: Credentials;
  /** `OLLAMA_REGISTRY`: a mirror of Ollama's registry, as a URL. */
  readonly ollamaUrl?: string;
}

/** A manifest with the digest of its bytes. */
export interface Resolved {
  /** `sha256:…` of what was asked for: of the index where it is one. */
  readonly digest: string;
  /** One, or those of an index in its order. */
  readonly manifests: readonly OciManifest[];
}

export interface OciRegistry {
  /** Of the API, for people. */
  readonly url: string;
  /** @throws RegistryError where the answer is no manifest, or not that of its digest. */
  resolve(tagOrDigest: string): Promise<Resolved | Absent>;
  /** How a blob is read by ranges. */
  blob(descriptor: Descriptor): HttpFile;
  /** Answers challenges, to this registry alone. */
  readonly connection: Connection;
}

/** The specification lets registries refuse larger ones: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
export const MAX_MANIFEST = 4 * 1024 * 1024;
/** A JSON Web Token with a long list of scopes has some kilobytes. */
const MAX_TOKEN = 64 * 1024;

const ACCEPT = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/** A token for one realm and scope (https://distribution.github.io/distribution/spec/auth/token/). */
async function tokenOf(
  challenge: Extract<Challenge, { scheme: 'bearer' }>,
  basic: string | undefined,
  net: Net,
  origin: string,
): Promise<string> {
  const realm = new URL(challenge.realm);
  // Credentials in clear text, or a request to a host in our own network: only where the registry itself is spoken to like that.
  if (realm.protocol !== 'https:' && realm.origin !== origin)
    throw new RegistryError(origin, `asks for a token from ${realm.origin}, which is not https`);
  if (challenge.service !== undefined) realm.searchParams.set('service', challenge.service);
  if (challenge.scope !== undefined) realm.searchParams.set('scope', challenge.scope);
  const { response, bytes } = await requestWhole(
    net,
    realm.href,
    { headers: basic === undefined ? {} : { authorization: `Basic ${basic}` } },
    MAX_TOKEN,
  );
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    json = undefined;
  }
  const token = isObject(json) ? (json['token'] ?? json['access_token']) : undefined;
  if (!response.ok || typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
    throw new RegistryError(realm.origin, `gives no token (HTTP ${response.status})`, response.status);
  return token;
}

/** A connection that answers the challenges of one registry. What it learns goes to that origin and to nobody else. */
function authorized(net: Net, origin: string, credentials: Credentials): Connection {
  let authorization: string | undefined;
  async function answer(challenge: Challenge | undefined): Promise<string | undefined> {
    const basic = credentials(new URL(origin).host);
    if (challenge?.scheme === 'bearer') return `Bearer ${await tokenOf(challenge, basic, net, origin)}`;
    return challenge && basic !== undefined ? `Basic ${basic}` : undefined;
  }
  return {
    pause: (attempt) => net.pause(attempt),
    async request(url, init = {}, onRedirect) {
      const own = new URL(url).origin === origin;
      const send = (): Promise<Response> => {
        const headers = new Headers(init.headers);
        if (own && authorization !== undefined) headers.set('authorization', authorization);
        return net.request(url, { ...init, headers }, onRedirect);
      };
      const used = authorization;
      const response = await send();
      if (response.status !== 401 || !own || new URL(response.url).origin !== origin) return response;
      // Somebody else may have got a fresh one meanwhile: tokens live for minutes, audits for longer.
      if (authorization === used) {
        const next = await answer(parseChallenge(response.headers.get('www-authenticate')));
        if (next === undefined) return response;
        authorization = next;
      }
      await response.body?.cancel();
      return send();
    },
  };
}

/** One repository of a registry that speaks the OCI distribution API. */
export function createOciRegistry(reference: OciReference, { net, credentials, ollamaUrl }: OciOptions): OciRegistry {
  const { kind, host, repository } = reference;
  const base = (kind === 'ollama' && ollamaUrl !== undefined && host === 'registry.ollama.ai' ? ollamaUrl : originOf(host)).replace(
    /\/+$/,
    '',
  );
  const connection = authorized(net, new URL(base).origin, credentials);
  const api = `${base}/v2/${repository}`;

  async function manifest(tagOrDigest: string): Promise<{ readonly bytes: Buffer; readonly digest: string } | Absent> {
    const url = `${api}/manifests/${tagOrDigest}`;
    const { response, bytes } = await requestWhole(connection, url, { headers: { accept: ACCEPT } }, MAX_MANIFEST);
    if (response.status === 404) return 'gone';
    // Registries answer 401 for what is not there, or not for the asker, and do not say which.
    if (response.status === 401) return credentials(new URL(base).host) === undefined ? 'gone' : 'denied';
    if (response.status === 403) return 'denied';
    if (!response.ok) throw new RegistryError(url, `HTTP ${response.status}`, response.status);
    if (/^text\/html\b/i.test(response.headers.get('content-type') ?? ''))
      throw new RegistryError(url, 'the answer is a web page, not a manifest', response.status);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const stated = tagOrDigest.startsWith('sha256:') ? tagOrDigest : response.headers.get('docker-content-digest');
    if (stated !== null && stated.startsWith('sha256:') && stated !== digest)
      throw new RegistryError(url, `the manifest has digest ${digest}, not ${stated}`);
    return { bytes, digest };
  }

  return {
    url: `${base}/${repository}`,
    connection,
    async resolve(tagOrDigest) {
      const found = await manifest(tagOrDigest).catch((error: unknown) => {
        // The token service refuses: the same answer by another mouth.
        if (error instanceof RegistryError && (error.status === 401 || error.status === 403)) return 'denied' as const;
        throw error;
      });
      if (typeof found === 'string') return found;
      const parsed = parseManifest(found.bytes, api);
      if (parsed.kind === 'manifest') return { digest: found.digest, manifests: [parsed.manifest] };
      const manifests: OciManifest[] = [];
      for (const { digest } of parsed.manifests) {
        const child = await manifest(digest);
        if (typeof child === 'string') throw new RegistryError(api, `the index names ${digest}, which is not there`);
        const inner = parseManifest(child.bytes, api);
        if (inner.kind === 'index') throw new RegistryError(api, 'an index of indexes is not followed');
        manifests.push(inner.manifest);
      }
      return { digest: found.digest, manifests };
    },
    blob: ({ digest, size }) => ({ url: `${api}/blobs/${digest}`, size, sha256: digest.slice('sha256:'.length) }),
  };
}
