import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Content of a file: bytes, or a size with a function for files that nobody wants to hold. */
export type Content =
  | Uint8Array
  | string
  | { readonly size: number; readonly read: (offset: number, length: number) => Uint8Array; readonly sha256?: string };

export interface FakeFile {
  readonly content: Content;
  /** In large-file storage: then the tree states its SHA-256. */
  readonly lfs?: boolean;
  readonly scan?: string;
  /** What the tree claims instead of the truth. */
  readonly claimedSize?: number;
}

export interface FakeCommit {
  readonly sha: string;
  readonly files: ReadonlyMap<string, FakeFile>;
}

export interface FakeRepo {
  type: 'model' | 'dataset' | 'space';
  name: string;
  id: string;
  author: string;
  createdAt: string;
  private: boolean;
  gated: false | 'auto' | 'manual';
  disabled: boolean;
  task?: string;
  cardData: Record<string, unknown>;
  tags: string[];
  /** Newest first. */
  commits: FakeCommit[];
  refs: Map<string, string>;
}

export type Fault =
  | 'drop'
  | 'stall'
  | 'slow'
  | 'html'
  | 'ignore-range'
  | 'wrong-range'
  | 'lie-length'
  | 'loop'
  | 'truncate'
  | 'no-content-range'
  | { readonly status: number; readonly headers?: Record<string, string> }
  | { readonly delay: number };

const bytesOf = (content: Content): Uint8Array | undefined =>
  typeof content === 'string' ? Buffer.from(content) : content instanceof Uint8Array ? content : undefined;
export const sizeOf = (content: Content): number => bytesOf(content)?.length ?? (content as { size: number }).size;
const slice = (content: Content, offset: number, length: number): Uint8Array =>
  bytesOf(content)?.subarray(offset, offset + length) ?? (content as { read: (o: number, l: number) => Uint8Array }).read(offset, length);
const hex = (algorithm: string, ...parts: (string | Uint8Array)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest('hex');

/** Digest of content that cannot be hashed in a test is made of what tells it apart. */
export const sha256Of = (content: Content): string => {
  const bytes = bytesOf(content);
  return bytes
    ? hex('sha256', bytes)
    : ((content as { sha256?: string }).sha256 ?? hex('sha256', `${sizeOf(content)}`, slice(content, 0, 4096)));
};

let serial = 0;
export const commitOf = (text: string): string => hex('sha1', text);

/** A hub on a loopback port that speaks as much of the Hub's API as audits use, misbehaves on demand, and counts. */
export class HubServer {
  readonly repos = new Map<string, FakeRepo>();
  /** Bytes of bodies that were handed to the socket. */
  bytes = 0;
  requests = 0;
  readonly log: string[] = [];
  readonly tokens: (string | undefined)[] = [];
  fault: (path: string, request: IncomingMessage) => Fault | undefined = () => undefined;
  pageSize = 1000;
  /** Host that pages name for the next page: a mirror may repeat the original's. */
  nextHost: string | undefined;
  /** Requires this token for private and gated repositories. */
  token: string | undefined;
  /** Large files are served from another origin, as the Hub does. */
  lfsElsewhere = true;
  private readonly server: Server;
  private port = 0;

  constructor() {
    this.server = createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    });
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

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  reset(): void {
    this.bytes = 0;
    this.requests = 0;
    this.log.length = 0;
    this.tokens.length = 0;
  }

  repo(name: string, files: Record<string, FakeFile | string | Uint8Array>, more: Partial<FakeRepo> = {}): FakeRepo {
    serial += 1;
    const repo: FakeRepo = {
      type: 'model',
      name,
      id: hex('sha1', `${name}${serial}`).slice(0, 24),
      author: name.split('/')[0] ?? name,
      createdAt: '2024-01-01T00:00:00.000Z',
      private: false,
      gated: false,
      disabled: false,
      cardData: {},
      tags: [],
      commits: [],
      refs: new Map(),
      ...more,
    };
    this.repos.set(`${repo.type}s/${name}`, repo);
    this.commit(repo, files);
    return repo;
  }

  /** A new head. `onto: []` is a force-push. */
  commit(repo: FakeRepo, files: Record<string, FakeFile | string | Uint8Array>, onto = repo.commits): string {
    const map = new Map(
      Object.entries(files).map(([path, file]): [string, FakeFile] => [
        path,
        typeof file === 'string' || file instanceof Uint8Array ? { content: file } : file,
      ]),
    );
    const sha = hex('sha1', `${repo.name}${(serial += 1)}`);
    repo.commits = [{ sha, files: map }, ...onto];
    return sha;
  }

  private find(repo: FakeRepo, revision: string): FakeCommit | undefined {
    const wanted = repo.refs.get(revision) ?? (revision === 'HEAD' || revision === 'main' ? repo.commits[0]?.sha : revision);
    return repo.commits.find(({ sha }) => sha === wanted);
  }

  private send(response: ServerResponse, status: number, body: string | Uint8Array, headers: Record<string, string> = {}): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.bytes += bytes.length;
    response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
    response.end(bytes);
  }

  private json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}, status = 200): void {
    this.send(response, status, JSON.stringify(value), { 'content-type': 'application/json; charset=utf-8', ...headers });
  }

  private info(repo: FakeRepo, commit: FakeCommit | undefined, expand: readonly string[]): Record<string, unknown> {
    const all: Record<string, unknown> = {
      author: repo.author,
      cardData: repo.cardData,
      createdAt: repo.createdAt,
      disabled: repo.disabled,
      gated: repo.gated,
      private: repo.private,
      sha: commit?.sha,
      tags: repo.tags,
      pipeline_tag: repo.task,
      lastModified: '2026-01-01T00:00:00.000Z',
      downloads: 1,
      likes: 1,
    };
    return { _id: repo.id, id: repo.name, ...Object.fromEntries(expand.filter((key) => key in all).map((key) => [key, all[key]])) };
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const path = decodeURIComponent(url.pathname);
    this.requests += 1;
    this.log.push(`${request.method ?? ''} ${path}${request.headers.range === undefined ? '' : ` ${request.headers.range}`}`);
    this.tokens.push(request.headers.authorization);
    const fault = this.fault(path, request);
    if (await this.misbehave(fault, path, request, response)) return;
    const list = /^\/api\/(models|datasets|spaces)$/.exec(path);
    if (list) return this.list(url, list[1] ?? '', response);
    const api = /^\/api\/(models|datasets|spaces)\/(.+?)\/(revision|tree|paths-info|commits)\/([^/]+)$/.exec(path);
    if (api) return this.api(url, request, response, api[1] ?? '', api[2] ?? '', api[3] ?? '', api[4] ?? '');
    const lfs = /^\/lfs\/(models|datasets|spaces)\/(.+?)\/resolve\/([0-9a-f]{40})\/(.+)$/.exec(path);
    const resolve = lfs ?? /^\/(?:(datasets|spaces)\/)?(.+?)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    if (!resolve) return this.json(response, { error: 'Not found' }, {}, 404);
    const kind = resolve[1] ?? 'models';
    const repo = this.repos.get(`${kind}/${resolve[2] ?? ''}`);
    const commit = repo && this.find(repo, resolve[3] ?? '');
    const file = commit?.files.get(resolve[4] ?? '');
    if (!repo || !commit || !file) return this.json(response, { error: 'Entry not found' }, {}, 404);
    if (!lfs && !this.allowed(repo, request)) return this.json(response, { error: 'Access to this repository is restricted' }, {}, 403);
    if (!lfs && file.lfs === true && this.lfsElsewhere) {
      response.writeHead(302, {
        location: `http://localhost:${this.port}/lfs/${kind}/${repo.name}/resolve/${commit.sha}/${encodeURI(resolve[4] ?? '')}?signature=x`,
        'content-length': '0',
      });
      response.end();
      return;
    }
    this.content(file.content, request, response, fault);
  }

  private allowed(repo: FakeRepo, request: IncomingMessage): boolean {
    return this.token === undefined || (!repo.private && repo.gated === false) || request.headers.authorization === `Bearer ${this.token}`;
  }

  private content(content: Content, request: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
    const size = sizeOf(content);
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const type = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' };
    if (!match || fault === 'ignore-range') {
      response.writeHead(200, { ...type, 'content-length': String(size) });
      // As much as the client takes: a server that ignores ranges streams the whole file.
      for (let at = 0; at < Math.min(size, 4 << 20); at += 65_536) {
        const piece = slice(content, at, Math.min(65_536, size - at));
        this.bytes += piece.length;
        response.write(piece);
      }
      response.end();
      return;
    }
    const start = Number(match[1]);
    const end = Math.min(Number(match[2]), size - 1);
    if (start >= size) return this.send(response, 416, '', { 'content-range': `bytes */${size}` });
    const bytes = slice(content, start, end - start + 1);
    const stated = fault === 'lie-length' ? size + 1000 : size;
    const range = fault === 'wrong-range' ? `bytes ${start + 1}-${end + 1}/${size}` : `bytes ${start}-${end}/${stated}`;
    const headers = { ...type, ...(fault === 'no-content-range' ? {} : { 'content-range': range }) };
    if (fault === 'truncate') {
      const part = bytes.subarray(0, Math.max(1, bytes.length >> 1));
      this.bytes += part.length;
      response.writeHead(206, { ...headers, 'content-length': String(bytes.length) });
      response.write(part, () => response.destroy());
      return;
    }
    this.send(response, 206, bytes, headers);
  }

  private async misbehave(fault: Fault | undefined, path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (fault === undefined) return false;
    if (typeof fault === 'object' && 'delay' in fault) {
      await new Promise((resolve) => setTimeout(resolve, fault.delay));
      return false;
    }
    if (typeof fault === 'object') {
      this.send(response, fault.status, JSON.stringify({ error: 'no' }), { 'content-type': 'application/json', ...fault.headers });
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
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, 20));
        return false;
      default:
        return false;
    }
  }

  private list(url: URL, kind: string, response: ServerResponse): void {
    const author = url.searchParams.get('author')?.toLowerCase();
    const limit = Math.min(Number(url.searchParams.get('limit') ?? 500), this.pageSize);
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const all = [...this.repos.values()].filter(
      (repo) => `${repo.type}s` === kind && repo.author.toLowerCase() === author && !repo.private,
    );
    const page = all.slice(from, from + limit).map((repo) => this.info(repo, repo.commits[0], url.searchParams.getAll('expand')));
    const next = new URL(`${url.pathname}${url.search}`, this.nextHost ?? this.url);
    next.searchParams.set('cursor', String(from + limit));
    this.json(response, page, from + limit < all.length ? { link: `<${next.href}>; rel="next"` } : {});
  }

  private async api(
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
    kind: string,
    name: string,
    what: string,
    revision: string,
  ): Promise<void> {
    const repo = this.repos.get(`${kind}/${name}`);
    if (!repo || !this.allowed(repo, request)) {
      if (repo?.gated === false || !repo)
        return this.json(response, { error: 'Repository not found' }, {}, repo && this.token !== undefined ? 401 : 404);
      if (what !== 'revision') return this.json(response, { error: 'gated' }, {}, 403);
    }
    if (repo.name !== name) {
      response.writeHead(307, { location: `/api/${kind}/${repo.name}/${what}/${revision}${url.search}`, 'content-length': '0' });
      response.end();
      return;
    }
    const commit = this.find(repo, revision);
    if (!commit) return this.json(response, { error: 'Invalid rev id' }, {}, 404);
    if (what === 'revision') return this.json(response, this.info(repo, commit, url.searchParams.getAll('expand')));
    if (what === 'commits') {
      const from = repo.commits.indexOf(commit);
      return this.json(
        response,
        repo.commits.slice(from).map(({ sha }) => ({ id: sha, title: 't', message: '', authors: [], date: '2026-01-01T00:00:00Z' })),
      );
    }
    const entry = ([path, file]: [string, FakeFile], expand: boolean): Record<string, unknown> => {
      const size = file.claimedSize ?? sizeOf(file.content);
      const lfs = file.lfs === true ? { lfs: { oid: sha256Of(file.content), size, pointerSize: 134 } } : {};
      const oid =
        file.lfs === true
          ? hex('sha1', sha256Of(file.content))
          : hex('sha1', `blob ${size}\0`, slice(file.content, 0, Math.min(size, 1 << 20)));
      return {
        type: 'file',
        path,
        size,
        oid,
        ...lfs,
        ...(expand && file.scan !== undefined ? { securityFileStatus: { status: file.scan } } : {}),
      };
    };
    if (what === 'paths-info') {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const { paths, expand } = JSON.parse(text) as { paths: string[]; expand?: boolean };
      return this.json(
        response,
        [...commit.files].filter(([path]) => paths.includes(path)).map((item) => entry(item, expand === true)),
      );
    }
    const expand = url.searchParams.get('expand') === 'true';
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const all = [...commit.files];
    const page: unknown[] = all.slice(from, from + this.pageSize).map((item) => entry(item, expand));
    if (from === 0) page.unshift({ type: 'directory', path: 'folder', size: 0, oid: '0' });
    const next = new URL(url);
    next.searchParams.set('cursor', String(from + this.pageSize));
    this.json(response, page, from + this.pageSize < all.length ? { link: `<${next.href}>; rel="next"` } : {});
  }
}
