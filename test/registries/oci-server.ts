import type { IncomingMessage, ServerResponse } from 'node:http';
import { hex, RegistryServer, sha256Of, sizeOf, type Content, type Fault } from './registry-server.ts';

export interface FakeLayer {
  readonly content: Content;
  readonly mediaType: string;
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** What the manifest claims instead of the truth. */
  readonly digest?: string;
  readonly size?: number;
}

export interface FakeArtifact {
  readonly layers: readonly FakeLayer[];
  readonly config?: FakeLayer;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const digestOf = (content: Content): string => `sha256:${sha256Of(content)}`;

/** A registry on a loopback port that speaks the OCI distribution API, misbehaves on demand, and counts. */
export class OciServer extends RegistryServer {
  /** `repository:tag` → digest of a manifest. */
  readonly tags = new Map<string, string>();
  readonly manifests = new Map<string, Buffer>();
  readonly blobs = new Map<string, Content>();
  /** Wants a token, which its token service gives to this user (`user:password`), or to everybody for `''`. */
  login: string | undefined;
  /** Answers to the challenge with this realm instead of its own. */
  realm: string | undefined;
  /** Tokens are good for so many requests. */
  tokenUses = Number.POSITIVE_INFINITY;
  /** Blobs are served from another origin, as large registries do. */
  blobsElsewhere = true;
  private issued = 0;
  private uses = 0;
  private descriptor(layer: FakeLayer): Record<string, unknown> {
    const digest = layer.digest ?? digestOf(layer.content);
    this.blobs.set(digest, layer.content);
    return {
      mediaType: layer.mediaType,
      digest,
      size: layer.size ?? sizeOf(layer.content),
      ...(layer.name === undefined ? {} : { name: layer.name }),
      ...(layer.annotations === undefined ? {} : { annotations: layer.annotations }),
    };
  }

  private store(value: unknown): string {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = `sha256:${hex('sha256', bytes)}`;
    this.manifests.set(digest, bytes);
    return digest;
  }

  manifest({ layers, config, artifactType, annotations }: FakeArtifact): string {
    return this.store({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      ...(artifactType === undefined ? {} : { artifactType }),
      config: this.descriptor(config ?? { content: '{}', mediaType: 'application/vnd.oci.empty.v1+json' }),
      layers: layers.map((layer) => this.descriptor(layer)),
      ...(annotations === undefined ? {} : { annotations }),
    });
  }

  /** Publishes an artifact under a tag; returns the digest of its manifest. */
  push(name: string, artifact: FakeArtifact): string {
    const digest = this.manifest(artifact);
    this.tags.set(name, digest);
    return digest;
  }

  pushIndex(name: string, artifacts: readonly FakeArtifact[]): string {
    const manifests = artifacts.map((artifact) => {
      const digest = this.manifest(artifact);
      return { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: this.manifests.get(digest)?.length ?? 0 };
    });
    const digest = this.store({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests });
    this.tags.set(name, digest);
    return digest;
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const path = url.pathname;
    this.log.push(
      `${request.method ?? ''} ${request.headers.host ?? ''}${path}${request.headers.range === undefined ? '' : ` ${request.headers.range}`}`,
    );
    this.tokens.push(request.headers.authorization);
    const fault = this.fault(path, request);
    if (await this.misbehave(fault, path, request, response)) return;
    if (path === '/token') {
      const basic = `Basic ${Buffer.from(this.login ?? '').toString('base64')}`;
      if (this.login !== '' && request.headers.authorization !== basic) return this.send(response, 401, '{"errors":[]}');
      this.uses = 0;
      return this.send(response, 200, JSON.stringify({ token: `token-${(this.issued += 1)}`, expires_in: 60 }), {
        'content-type': 'application/json',
      });
    }
    const store = /^\/store\/(sha256:[0-9a-f]{64})$/.exec(path);
    if (store) return this.blob(this.blobs.get(store[1] ?? ''), request, response, fault);
    if (
      this.login !== undefined &&
      (request.headers.authorization !== `Bearer token-${this.issued}` || (this.uses += 1) > this.tokenUses)
    ) {
      const realm = this.realm ?? `${this.url}/token`;
      return this.send(response, 401, '{"errors":[{"code":"UNAUTHORIZED"}]}', {
        'www-authenticate': `Bearer realm="${realm}",service="registry",scope="repository:${path.split('/')[2] ?? ''}:pull"`,
      });
    }
    const match = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path);
    if (!match) return this.send(response, 404, '{}');
    const [, repository = '', kind = '', reference = ''] = match;
    if (kind === 'manifests') {
      const digest = reference.startsWith('sha256:') ? reference : this.tags.get(`${repository}:${reference}`);
      const bytes = digest === undefined ? undefined : this.manifests.get(digest);
      if (!bytes || digest === undefined) return this.send(response, 404, '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
      return this.send(response, 200, bytes, {
        'content-type': 'application/vnd.oci.image.manifest.v1+json',
        'docker-content-digest': digest,
      });
    }
    if (this.blobsElsewhere && this.blobs.has(reference)) {
      this.redirect(response, 307, `http://localhost:${this.port}/store/${reference}?signature=x`);
      return;
    }
    this.blob(this.blobs.get(reference), request, response, fault);
  }

  private blob(content: Content | undefined, request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
    if (content === undefined) return this.send(response, 404, '{"errors":[{"code":"BLOB_UNKNOWN"}]}');
    this.content(content, request, response, fault);
  }
}
