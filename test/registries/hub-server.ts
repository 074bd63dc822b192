import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../loopback-server.ts';
import { hex, RegistryServer, sha256Of, sizeOf, slice, type Content } from './registry-server.ts';

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

let serial = 0;
export const commitOf = (text: string): string => hex('sha1', text);

/** A hub on a loopback port that speaks as much of the Hub's API as audits use, misbehaves on demand, and counts. */
export class HubServer extends RegistryServer {
  readonly repos = new Map<string, FakeRepo>();
  requests = 0;
  pageSize = 1000;
  /** Host that pages name for the next page: a mirror may repeat the original's. */
  nextHost: string | undefined;
  /** Requires this token for private and gated repositories. */
  token: string | undefined;
  /** Large files are served from another origin, as the Hub does. */
  lfsElsewhere = true;
  override reset(): void {
    super.reset();
    this.requests = 0;
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

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
      this.redirect(
        response,
        302,
        `http://localhost:${this.port}/lfs/${kind}/${repo.name}/resolve/${commit.sha}/${encodeURI(resolve[4] ?? '')}?signature=x`,
      );
      return;
    }
    this.content(file.content, request, response, fault);
  }

  private allowed(repo: FakeRepo, request: IncomingMessage): boolean {
    return this.token === undefined || (!repo.private && repo.gated === false) || request.headers.authorization === `Bearer ${this.token}`;
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
      const { paths, expand } = JSON.parse(await bodyOf(request)) as { paths: string[]; expand?: boolean };
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
