import { RegistryError } from './registry-error.ts';
import type { Net } from './net.ts';
import { repositoryFacts, treeFile, type HubFile, type HubRepository } from './huggingface-facts.ts';
import { requestWhole } from './whole.ts';

export const HUB_TYPES = ['model', 'dataset', 'space'] as const;
export type HubType = (typeof HUB_TYPES)[number];

export interface HubName {
  readonly type: HubType;
  /** `owner/name`, or the name alone of a canonical repository. */
  readonly name: string;
}

export interface HubOptions {
  /** `HF_ENDPOINT`: a mirror speaks the same API. */
  readonly hubUrl?: string;
  /** `HF_TOKEN`. Only ever sent to the hub itself. */
  readonly token?: string;
  readonly net: Net;
}

/** What a hub answers where there is nothing to see. */
export type Absent = 'gone' | 'denied';

export interface Hub {
  readonly url: string;
  /** Facts of one repository at a revision (default branch where absent); follows renames. */
  repository(repo: HubName, revision?: string): Promise<HubRepository | Absent>;
  /** All files at a commit. `security`: with the results of the hub's own scanners. */
  tree(repo: HubName, commit: string, security: boolean): Promise<HubFile[]>;
  /** What the hub's scanners say of some files. */
  security(repo: HubName, commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Repositories of a user or organisation, sorted by name. */
  list(owner: string, type: HubType): Promise<HubRepository[]>;
  /** Whether `commit` is an ancestor of the revision, as far as `MAX_COMMITS` goes back; `undefined` where that does not decide. */
  contains(repo: HubName, revision: string, commit: string): Promise<boolean | undefined>;
  /** Address and headers for reading a file by ranges. */
  file(repo: HubName, commit: string, path: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> };
}

export const HUB_URL = 'https://huggingface.co';

/** The Hub's own rule for names, without what a path could do with dots. */
const NAME = /^(?!.*(?:\.\.|--))[A-Za-z0-9][\w.-]{0,95}(?:\/[A-Za-z0-9][\w.-]{0,95})?$/;
export const isHubName = (name: string): boolean => NAME.test(name);

/** Files of one repository that are listed. The largest data sets have a few hundred thousand. */
export const MAX_TREE = 200_000;
/** Repositories of one owner. The busiest organisations have some ten thousand. */
export const MAX_LISTED = 100_000;
/** Commits of a branch that are searched for an earlier head. */
export const MAX_COMMITS = 1_000;
/** The largest page of a tree that the Hub sends has about 3 MB. */
const MAX_ANSWER = 32 * 1024 * 1024;

const MODEL_FIELDS = ['author', 'cardData', 'createdAt', 'disabled', 'library_name', 'sha', 'tags'] as const;
const OTHER_FIELDS = ['author', 'cardData', 'createdAt', 'disabled', 'sha', 'tags'] as const;

const statusOf = (error: unknown): number | undefined => {
  const status = (error as { statusCode?: unknown; status?: unknown } | null)?.statusCode ?? (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
};

/** The Hugging Face Hub through its own client, over a connection that waits, retries and counts. */
export function createHub({ hubUrl = HUB_URL, token, net }: HubOptions): Hub {
  const url = hubUrl.replace(/\/+$/, '');
  const { origin } = new URL(url);
  const authorization = (target: string): Record<string, string> =>
    token !== undefined && new URL(target).origin === origin ? { authorization: `Bearer ${token}` } : {};
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const named = new URL(input instanceof Request ? input.url : String(input));
    // Pages name the next page: a mirror that repeats the name of the original must not lead us there.
    const target = named.origin === origin ? named.href : `${origin}${named.pathname}${named.search}`;
    const { response, bytes } = await requestWhole(
      net,
      target,
      { ...init, headers: { ...(init?.headers as Record<string, string> | undefined), ...authorization(target) } },
      MAX_ANSWER,
    );
    if (response.ok && !/\bjson\b/i.test(response.headers.get('content-type') ?? 'json'))
      throw new RegistryError(target, 'the answer is no JSON', response.status);
    const whole = new Response(bytes, { status: response.status, headers: response.headers });
    Object.defineProperty(whole, 'url', { value: response.url });
    return whole;
  };
  const client = () => import('@huggingface/hub');
  const path = ({ type, name }: HubName): string => (type === 'model' ? name : `${type}s/${name}`);
  const common = { hubUrl: url, fetch };
  const checked = ({ name }: HubName): void => {
    if (!isHubName(name)) throw new RegistryError(url, `${JSON.stringify(name)} is no name of a repository`);
  };
  async function clear<T>(where: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RegistryError || (error instanceof Error && error.name === 'LimitError')) throw error;
      throw new RegistryError(
        where,
        error instanceof SyntaxError ? 'the answer is no JSON' : error instanceof Error ? error.message : String(error),
        statusOf(error),
      );
    }
  }

  return {
    url,
    async repository(repo, revision) {
      checked(repo);
      const { modelInfo, datasetInfo, spaceInfo } = await client();
      const params = { ...common, name: repo.name, ...(revision === undefined ? {} : { revision }) };
      try {
        const info: unknown =
          repo.type === 'model'
            ? await modelInfo({ ...params, additionalFields: [...MODEL_FIELDS] })
            : repo.type === 'dataset'
              ? await datasetInfo({ ...params, additionalFields: [...OTHER_FIELDS] })
              : await spaceInfo({ ...params, additionalFields: [...OTHER_FIELDS] });
        return repositoryFacts(repo.type, info, `${url}/${path(repo)}`);
      } catch (error) {
        const status = statusOf(error);
        // The Hub answers 401 for what is not there or not for the asker, and does not say which.
        if (status === 404 || status === 410) return 'gone';
        if (status === 401 || status === 403) return token === undefined && status === 401 ? 'gone' : 'denied';
        return clear(`${url}/${path(repo)}`, () => Promise.reject(error instanceof Error ? error : new Error(String(error))));
      }
    },
    tree: (repo, commit, security) =>
      clear(`${url}/${path(repo)}`, async () => {
        checked(repo);
        const { listFiles } = await client();
        const files: HubFile[] = [];
        for await (const entry of listFiles({
          ...common,
          repo: { type: repo.type, name: repo.name },
          revision: commit,
          recursive: true,
          expand: security,
        })) {
          const file = treeFile(entry);
          if (!file) continue;
          if (files.length >= MAX_TREE) throw new RegistryError(`${url}/${path(repo)}`, `more than ${MAX_TREE} files`);
          files.push(file);
        }
        return files.sort((a, b) => (a.path < b.path ? -1 : 1));
      }),
    security: (repo, commit, paths) =>
      clear(`${url}/${path(repo)}`, async () => {
        checked(repo);
        if (paths.length === 0) return new Map();
        const { pathsInfo } = await client();
        const entries = await pathsInfo({
          ...common,
          repo: { type: repo.type, name: repo.name },
          revision: commit,
          paths: [...paths],
          expand: true,
        });
        return new Map(
          entries.flatMap((entry) => {
            const file = treeFile(entry);
            return file?.scan === undefined ? [] : [[file.path, file.scan] as const];
          }),
        );
      }),
    list: (owner, type) =>
      clear(`${url}/${owner}`, async () => {
        if (!isHubName(owner) || owner.includes('/')) throw new RegistryError(url, `${JSON.stringify(owner)} is no name of an owner`);
        const { listModels, listDatasets, listSpaces } = await client();
        const params = { ...common, search: { owner } };
        const pages: AsyncGenerator<unknown> =
          type === 'model'
            ? listModels({ ...params, additionalFields: [...MODEL_FIELDS] })
            : type === 'dataset'
              ? listDatasets({ ...params, additionalFields: [...OTHER_FIELDS] })
              : listSpaces({ ...params, additionalFields: [...OTHER_FIELDS] });
        const found: HubRepository[] = [];
        for await (const item of pages) {
          if (found.length >= MAX_LISTED) throw new RegistryError(`${url}/${owner}`, `more than ${MAX_LISTED} repositories`);
          found.push(repositoryFacts(type, item, `${url}/${owner}`));
        }
        return found.filter(({ name }) => isHubName(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
      }),
    contains: (repo, revision, commit) =>
      clear(`${url}/${path(repo)}`, async () => {
        checked(repo);
        const { listCommits } = await client();
        let seen = 0;
        for await (const item of listCommits({ ...common, repo: { type: repo.type, name: repo.name }, revision })) {
          if (item.oid === commit) return true;
          seen += 1;
          if (seen >= MAX_COMMITS) return undefined;
        }
        return false;
      }),
    file(repo, commit, file) {
      const target = `${url}/${path(repo)}/resolve/${commit}/${file.split('/').map(encodeURIComponent).join('/')}`;
      return { url: target, headers: authorization(target) };
    },
  };
}
