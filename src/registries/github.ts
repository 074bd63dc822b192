import { isCommit } from '../core/commit.ts';
import { RegistryError } from './registry-error.ts';
import type { Absent } from './huggingface.ts';
import type { Net } from './net.ts';

export interface GitHubRepository {
  readonly name: string;
  readonly id: string;
  readonly owner: string;
  readonly createdAt: string;
  readonly commit: string;
  readonly defaultBranch: string;
  readonly private: boolean;
  readonly disabled: boolean;
  readonly licence?: string;
}

export interface GitHubOptions {
  /** `https://api.github.com`, or that of a GitHub Enterprise server (`GH_HOST`). */
  readonly apiUrl?: string;
  /** `GITHUB_TOKEN`. Only ever sent to the API itself. */
  readonly token?: string;
  readonly net: Net;
}

export interface GitHubRegistry {
  readonly url: string;
  repository(name: string, ref?: string): Promise<GitHubRepository | Absent>;
  /** Names of the repositories of an organisation or user that are neither forks nor archived, sorted. */
  list(owner: string): Promise<string[]>;
  /** Whether `commit` is an ancestor of `head`. */
  contains(name: string, head: string, commit: string): Promise<boolean>;
  /** The files of a commit as a gzipped tar. */
  tarball(name: string, commit: string): Promise<Response>;
}

export const GITHUB_API = 'https://api.github.com';

/** API address of a host as `gh` names it. */
export const apiUrlOf = (host: string | undefined): string =>
  host === undefined || host === '' || host === 'github.com' ? GITHUB_API : /^https?:\/\//.test(host) ? host : `https://${host}/api/v3`;

/** Repositories of one owner. */
const MAX_LISTED = 20_000;
/** Answers that are kept to ask "has it changed?" with an ETag, which costs no quota. */
const MAX_ETAGS = 2_000;

const statusOf = (error: unknown): number | undefined => {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
};

interface Kept {
  readonly etag: string;
  readonly body: ArrayBuffer;
  readonly headers: readonly (readonly [string, string])[];
}

/** Asks again with the ETag of the last answer; 304 stands for it. */
function conditional(net: Net, kept: Map<string, Kept>): typeof globalThis.fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const get = (init?.method ?? 'GET') === 'GET';
    const known = get ? kept.get(url) : undefined;
    const headers = new Headers(init?.headers);
    if (known) headers.set('if-none-match', known.etag);
    const response = await net.request(url, { ...init, headers });
    if (known && response.status === 304)
      return new Response(known.body.slice(0), {
        status: 200,
        headers: known.headers.map(([name, value]): [string, string] => [name, value]),
      });
    const etag = response.headers.get('etag');
    if (!get || etag === null || response.status !== 200 || kept.size >= MAX_ETAGS) return response;
    const body = await response.arrayBuffer();
    kept.set(url, { etag, body, headers: [...response.headers] });
    const copy = new Response(body.slice(0), { status: 200, headers: response.headers });
    Object.defineProperty(copy, 'url', { value: url });
    return copy;
  };
}

/** GitHub through octokit, over a connection that waits, retries and counts. */
export function createGitHubRegistry({ apiUrl = GITHUB_API, token, net }: GitHubOptions): GitHubRegistry {
  const fetch = conditional(net, new Map());
  const client = async () => {
    const { Octokit } = await import('octokit');
    const quiet = (): void => undefined;
    return new Octokit({
      baseUrl: apiUrl,
      userAgent: 'assay',
      ...(token === undefined ? {} : { auth: token }),
      request: { fetch },
      retry: { enabled: false },
      throttle: { enabled: false },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
  };
  let made: ReturnType<typeof client> | undefined;
  const octokit = () => (made ??= client());
  const parts = (name: string): { owner: string; repo: string } => {
    const [owner = '', repo = ''] = name.split('/');
    return { owner, repo };
  };
  const failed = (where: string, error: unknown): RegistryError =>
    error instanceof RegistryError
      ? error
      : new RegistryError(`${apiUrl}/${where}`, error instanceof Error ? error.message : String(error), statusOf(error));

  return {
    url: apiUrl,
    async repository(name, ref) {
      const api = await octokit();
      try {
        const { data } = await api.rest.repos.get(parts(name));
        const full = parts(data.full_name);
        const { data: commit } = await api.rest.repos.getCommit({
          ...full,
          ref: ref ?? data.default_branch,
          headers: { accept: 'application/vnd.github.sha' },
        });
        const sha = String(commit as unknown);
        if (!isCommit(sha)) throw new RegistryError(`${apiUrl}/repos/${name}`, 'the answer is no commit');
        const spdx = data.license?.spdx_id;
        return {
          name: data.full_name,
          id: String(data.id),
          owner: data.owner.login,
          createdAt: data.created_at,
          commit: sha,
          defaultBranch: data.default_branch,
          private: data.private,
          disabled: data.disabled,
          ...(spdx === undefined || spdx === null || spdx === 'NOASSERTION' ? {} : { licence: spdx }),
        };
      } catch (error) {
        const status = statusOf(error);
        if (status === 404 || status === 409 || status === 410 || status === 422) return 'gone';
        if (status === 401 || status === 403 || status === 451) return 'denied';
        throw failed(`repos/${name}`, error);
      }
    },
    async list(owner) {
      const api = await octokit();
      const names: string[] = [];
      const read = async (
        pages: AsyncIterable<{
          readonly data: readonly { readonly full_name: string; readonly fork: boolean; readonly archived?: boolean | undefined }[];
        }>,
      ): Promise<string[]> => {
        for await (const { data } of pages) {
          for (const item of data) if (!item.fork && item.archived !== true) names.push(item.full_name);
          if (names.length > MAX_LISTED) throw new RegistryError(`${apiUrl}/orgs/${owner}`, `more than ${MAX_LISTED} repositories`);
        }
        return names.sort();
      };
      try {
        return await read(
          api.paginate.iterator(api.rest.repos.listForOrg, { org: owner, per_page: 100 }) as AsyncIterable<{
            data: { full_name: string; fork: boolean; archived?: boolean }[];
          }>,
        );
      } catch (error) {
        if (statusOf(error) !== 404) throw failed(`orgs/${owner}`, error);
      }
      try {
        return await read(
          api.paginate.iterator(api.rest.repos.listForUser, { username: owner, per_page: 100 }) as AsyncIterable<{
            data: { full_name: string; fork: boolean; archived?: boolean }[];
          }>,
        );
      } catch (error) {
        throw failed(`users/${owner}`, error);
      }
    },
    async contains(name, head, commit) {
      const api = await octokit();
      try {
        const { data } = await api.rest.repos.compareCommitsWithBasehead({ ...parts(name), basehead: `${commit}...${head}`, per_page: 1 });
        return data.status === 'ahead' || data.status === 'identical';
      } catch (error) {
        // A commit that no branch holds any more is collected some day.
        if (statusOf(error) === 404) return false;
        throw failed(`repos/${name}/compare`, error);
      }
    },
    async tarball(name, commit) {
      const url = `${apiUrl}/repos/${name}/tarball/${commit}`;
      const response = await net.request(url, {
        headers: {
          accept: 'application/vnd.github+json',
          'user-agent': 'assay',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
      if (response.ok) return response;
      await response.body?.cancel();
      throw new RegistryError(url, `HTTP ${response.status}`, response.status);
    },
  };
}
