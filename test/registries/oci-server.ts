import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256Of, sizeOf, type Content } from './hub-server.ts';

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

export type OciFault =
  | 'drop'
  | 'stall'
  | 'html'
  | 'ignore-range'
  | 'lie-length'
  | 'loop'
  | 'truncate'
  | 'huge'
  | { readonly status: number; readonly headers?: Record<string, string> };

const digestOf = (content: Content): string => `sha256:${sha256Of(content)}`;

const bytesAt = (content: Content, offset: number, length: number): Uint8Array =>
  typeof content === 'string'
    ? Buffer.from(content).subarray(offset, offset + length)
    : content instanceof Uint8Array
      ? content.subarray(offset, offset + length)
      : content.read(offset, length);

/** A registry on a loopback port that speaks the OCI distribution API, misbehaves on demand, and counts. */
export class OciServer {
  /** `repository:tag` → digest of a manifest. */
  readonly tags = new Map<string, string>();
  readonly manifests = new Map<string, Buffer>();
  readonly blobs = new Map<string, Content>();
  bytes = 0;
  readonly log: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  fault: (path: string, request: IncomingMessage) => OciFault | undefined = () => undefined;
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
  private readonly server: Server;
  private port = 0;

  constructor() {
    this.server = createServer((request, response) => this.handle(request, response));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  reset(): void {
    this.bytes = 0;
    this.log.length = 0;
    this.authorizations.length = 0;
  }

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
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
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

  private send(response: ServerResponse, status: number, body: string | Uint8Array, headers: Record<string, string> = {}): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.bytes += bytes.length;
    response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
    response.end(bytes);
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const path = url.pathname;
    this.log.push(
      `${request.method ?? ''} ${request.headers.host ?? ''}${path}${request.headers.range === undefined ? '' : ` ${request.headers.range}`}`,
    );
    this.authorizations.push(request.headers.authorization);
    const fault = this.fault(path, request);
    if (this.misbehave(fault, path, request, response)) return;
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
      response.writeHead(307, { location: `http://localhost:${this.port}/store/${reference}?signature=x`, 'content-length': '0' });
      response.end();
      return;
    }
    this.blob(this.blobs.get(reference), request, response, fault);
  }

  private blob(content: Content | undefined, request: IncomingMessage, response: ServerResponse, fault: OciFault | undefined): void {
    if (content === undefined) return this.send(response, 404, '{"errors":[{"code":"BLOB_UNKNOWN"}]}');
    const size = sizeOf(content);
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const type = { 'content-type': 'application/octet-stream' };
    if (!match || fault === 'ignore-range') {
      response.writeHead(200, { ...type, 'content-length': String(size) });
      for (let at = 0; at < Math.min(size, 4 << 20); at += 65_536) {
        const piece = bytesAt(content, at, Math.min(65_536, size - at));
        this.bytes += piece.length;
        response.write(piece);
      }
      response.end();
      return;
    }
    const start = Number(match[1]);
    const end = Math.min(Number(match[2]), size - 1);
    if (start >= size) return this.send(response, 416, '');
    const bytes = bytesAt(content, start, end - start + 1);
    const headers = { ...type, 'content-range': `bytes ${start}-${end}/${fault === 'lie-length' ? size + 1000 : size}` };
    if (fault === 'truncate') {
      const part = bytes.subarray(0, Math.max(1, bytes.length >> 1));
      this.bytes += part.length;
      response.writeHead(206, { ...headers, 'content-length': String(bytes.length) });
      response.write(part, () => response.destroy());
      return;
    }
    this.send(response, 206, bytes, headers);
  }

  private misbehave(fault: OciFault | undefined, path: string, request: IncomingMessage, response: ServerResponse): boolean {
    if (typeof fault === 'object') {
      this.send(response, fault.status, '{"errors":[]}', fault.headers);
      return true;
    }
    switch (fault) {
      case 'drop':
        request.socket.destroy();
        return true;
      case 'stall':
        response.writeHead(206, { 'content-length': '100' });
        response.write('x');
        return true;
      case 'html':
        this.send(response, 200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' });
        return true;
      case 'loop':
        response.writeHead(302, { location: `${path}?again`, 'content-length': '0' });
        response.end();
        return true;
      case 'huge':
        response.writeHead(200, { 'content-type': 'application/json' });
        for (let i = 0; i < 80; i += 1) response.write(' '.repeat(65_536));
        response.end('{}');
        return true;
      default:
        return false;
    }
  }
}
