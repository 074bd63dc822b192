import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { bodyOf, LoopbackServer } from '../loopback-server.ts';

export interface FakeGitHubRepo {
  name: string;
  id: number;
  private: boolean;
  fork: boolean;
  archived: boolean;
  licence: string | null;
  createdAt: string;
  /** Newest first: commit and files. */
  commits: { readonly sha: string; readonly files: Readonly<Record<string, string | Uint8Array>> }[];
}

export interface FakeIssue {
  readonly number: number;
  title: string;
  body: string;
  state: string;
}

/** A ustar archive below one folder, as GitHub makes them. */
export function tar(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const blocks: Buffer[] = [];
  const header = (name: string, size: number, type: string): Buffer => {
    const block = Buffer.alloc(512);
    block.write(name, 0, 100);
    block.write('0000644\0', 100);
    block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
    block.write('        ', 148);
    block.write(type, 156);
    block.write('ustar\x0000', 257);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return block;
  };
  const data = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
  const comment = Buffer.from('52 comment=0123456789012345678901234567890123456789\n');
  blocks.push(header('pax_global_header', comment.length, 'g'), data(comment), header(`${folder}/`, 0, '5'));
  for (const [path, content] of Object.entries(files)) {
    const name = `${folder}/${path}`;
    const bytes = Buffer.from(content);
    if (name.length > 100) {
      const record = `${name.length + 9} path=${name}\n`;
      const sized = Buffer.from(`${record.length.toString()}${record.slice(record.indexOf(' '))}`);
      blocks.push(header('pax', sized.length, 'x'), data(sized));
    }
    blocks.push(header(name.slice(0, 100), bytes.length, '0'), data(bytes));
  }
  blocks.push(Buffer.alloc(1024));
  return Buffer.concat(blocks);
}

/** As much of GitHub's API as audits use, on a loopback port. */
export class GitHubServer extends LoopbackServer {
  readonly repos = new Map<string, FakeGitHubRepo>();
  readonly issues: FakeIssue[] = [];
  readonly log: string[] = [];
  readonly tokens: (string | undefined)[] = [];
  /** Answers of this many requests are the rate limit. */
  limited = 0;
  truncate = false;
  private serial = 0;

  repo(name: string, files: Record<string, string | Uint8Array>, more: Partial<FakeGitHubRepo> = {}): FakeGitHubRepo {
    const repo: FakeGitHubRepo = {
      name,
      id: (this.serial += 1),
      private: false,
      fork: false,
      archived: false,
      licence: 'MIT',
      createdAt: '2024-01-01T00:00:00Z',
      commits: [],
      ...more,
    };
    this.repos.set(name, repo);
    this.commit(repo, files);
    return repo;
  }

  commit(repo: FakeGitHubRepo, files: Record<string, string | Uint8Array>, onto = repo.commits): string {
    const sha = createHash('sha1')
      .update(`${repo.name}${(this.serial += 1)}`)
      .digest('hex');
    repo.commits = [{ sha, files }, ...onto];
    return sha;
  }

  private json(
    request: IncomingMessage,
    response: ServerResponse,
    value: unknown,
    headers: Record<string, string> = {},
    status = 200,
  ): void {
    const text = JSON.stringify(value);
    const etag = `"${createHash('sha1').update(text).digest('hex')}"`;
    if (status === 200 && request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json', etag, ...headers }).end(text);
  }

  private info(repo: FakeGitHubRepo): unknown {
    return {
      id: repo.id,
      full_name: repo.name,
      owner: { login: repo.name.split('/')[0] },
      created_at: repo.createdAt,
      default_branch: 'main',
      private: repo.private,
      disabled: false,
      fork: repo.fork,
      archived: repo.archived,
      license: repo.licence === null ? null : { spdx_id: repo.licence },
    };
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const path = decodeURIComponent(url.pathname);
    this.log.push(`${request.method ?? ''} ${path}`);
    this.tokens.push(request.headers.authorization);
    if (this.limited > 0) {
      this.limited -= 1;
      return this.json(
        request,
        response,
        { message: 'API rate limit exceeded' },
        { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 2) },
        403,
      );
    }
    const list = /^\/(orgs|users)\/([^/]+)\/repos$/.exec(path);
    if (list) {
      const page = Number(url.searchParams.get('page') ?? 1);
      const all = [...this.repos.values()].filter(({ name }) => name.startsWith(`${list[2] ?? ''}/`)).map((repo) => this.info(repo));
      if (list[1] === 'orgs' && all.length === 0) return this.json(request, response, { message: 'Not Found' }, {}, 404);
      const next = new URL(url);
      next.searchParams.set('page', String(page + 1));
      return this.json(
        request,
        response,
        all.slice((page - 1) * 2, page * 2),
        page * 2 < all.length ? { link: `<${next.href}>; rel="next"` } : {},
      );
    }
    if (/\/issues(?:\/\d+)?$/.test(path)) return this.issue(request, response, path);
    const code = /^\/codeload\/([^/]+\/[^/]+)\/([0-9a-f]{40})$/.exec(path);
    const match = code ?? /^\/repos\/([^/]+\/[^/]+)(?:\/(commits|compare|tarball)\/(.+))?$/.exec(path);
    const repo = this.repos.get(match?.[1] ?? '');
    if (!match || !repo) return this.json(request, response, { message: 'Not Found' }, {}, 404);
    const find = (ref: string) => repo.commits.find(({ sha }) => sha === (ref === 'main' ? repo.commits[0]?.sha : ref));
    if (code) {
      const bytes = gzipSync(tar(`${repo.name.replace('/', '-')}-${(code[2] ?? '').slice(0, 7)}`, find(code[2] ?? '')?.files ?? {}));
      response.writeHead(200, { 'content-type': 'application/x-gzip' });
      if (this.truncate) response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
      else response.end(bytes);
      return;
    }
    if (match[2] === undefined) return this.json(request, response, this.info(repo));
    const ref = match[3] ?? '';
    if (match[2] === 'tarball') {
      response.writeHead(302, { location: `http://localhost:${this.port}/codeload/${repo.name}/${ref}` }).end();
      return;
    }
    if (match[2] === 'compare') {
      const [from = '', to = ''] = ref.split('...');
      return this.json(request, response, { status: find(from) && find(to) ? 'ahead' : 'diverged' });
    }
    const commit = find(ref);
    if (!commit) return this.json(request, response, { message: 'No commit found' }, {}, 422);
    response.writeHead(200, { 'content-type': 'application/vnd.github.sha; charset=utf-8' }).end(commit.sha);
  }

  private async issue(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (request.method === 'GET') return this.json(request, response, this.issues);
    const body = JSON.parse(await bodyOf(request)) as Partial<FakeIssue>;
    const number = Number(/(\d+)$/.exec(path)?.[1] ?? 0);
    const known = this.issues.find((issue) => issue.number === number);
    if (known) Object.assign(known, body);
    else this.issues.push({ number: this.issues.length + 1, title: '', body: '', state: 'open', ...body });
    this.json(request, response, known ?? this.issues.at(-1), {}, known ? 200 : 201);
  }
}
