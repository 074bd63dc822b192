import { gzipSync } from 'node:zlib';
import { Octokit } from 'octokit';
import { pullRequestOf, type Context, type PullRequest, type Trigger } from './context.ts';
import type { DependencySnapshot } from './snapshot.ts';
import { statusOf } from './status.ts';

export interface Comment {
  readonly id: number;
  readonly body: string;
}

/** What a code-scanning analysis is about. */
export interface Analysis {
  readonly commit: string;
  readonly ref: string;
}

/** What the Action does on GitHub. Everything is best effort: a read-only token must not fail a build. */
export interface GitHub {
  /** The open pull request of the run that triggered this one. */
  findPullRequest(trigger: Trigger): Promise<PullRequest | undefined>;
  /** Our comment on the pull request, if there is one. */
  findComment(number: number, marker: string): Promise<Comment | undefined>;
  createComment(number: number, body: string, marker: string): Promise<void>;
  updateComment(id: number, body: string): Promise<void>;
  /** @throws Error where it is larger than GitHub takes. */
  uploadSarif(sarif: string, analysis: Analysis): Promise<void>;
  submitDependencies(snapshot: DependencySnapshot): Promise<void>;
}

const RETRIES = 3;
/** Longest wait that a rate limit may ask for; a build does not wait for an hour. */
const MAX_WAIT_SECONDS = 60;
/** https://docs.github.com/en/rest/code-scanning: a compressed upload of at most 10 MB. */
const MAX_SARIF = 10 * 1024 * 1024;

export function createGitHub(context: Context, token: string, log: (message: string) => void): GitHub {
  const wait = (seconds: number, attempt: number): boolean => attempt < RETRIES && seconds <= MAX_WAIT_SECONDS;
  const quiet = (): void => undefined;
  const octokit = new Octokit({
    auth: token,
    baseUrl: context.apiUrl,
    userAgent: 'assay',
    log: { debug: quiet, info: quiet, warn: (message: string) => log(message.replaceAll(token, '***')), error: quiet },
    retry: { retries: RETRIES },
    throttle: {
      onRateLimit: (seconds: number, _options: unknown, _octokit: unknown, attempt: number) => wait(seconds, attempt),
      onSecondaryRateLimit: (seconds: number, _options: unknown, _octokit: unknown, attempt: number) => wait(seconds, attempt),
    },
  });
  const { owner, repo } = context;

  async function findComment(number: number, marker: string): Promise<Comment | undefined> {
    const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, { owner, repo, issue_number: number, per_page: 100 });
    let fallback: Comment | undefined;
    for await (const { data } of pages) {
      for (const comment of data) {
        if (!comment.body?.startsWith(marker)) continue;
        const found = { id: comment.id, body: comment.body };
        // Anybody can write the marker into a comment; only a bot's is ours for certain. With a person's token it is that of a member.
        if (comment.user?.type === 'Bot') return found;
        if (['OWNER', 'MEMBER', 'COLLABORATOR'].includes(comment.author_association)) fallback ??= found;
      }
    }
    return fallback;
  }

  return {
    findComment,
    async findPullRequest({ headSha, headBranch, headOwner }) {
      const { data } = await octokit.rest.pulls.list({ owner, repo, state: 'open', head: `${headOwner}:${headBranch}`, per_page: 100 });
      return pullRequestOf(data.find((pull) => pull.head.sha === headSha));
    },
    async createComment(number, body, marker) {
      // A server error may come after the comment was made: no blind second try.
      const create = (): Promise<unknown> =>
        octokit.rest.issues.createComment({ owner, repo, issue_number: number, body, request: { retries: 0 } });
      try {
        await create();
      } catch (error) {
        if ((statusOf(error) ?? 0) < 500 || (await findComment(number, marker))) throw error;
        await create();
      }
    },
    async updateComment(id, body) {
      await octokit.rest.issues.updateComment({ owner, repo, comment_id: id, body });
    },
    async uploadSarif(sarif, { commit, ref }) {
      const packed = gzipSync(sarif);
      if (packed.length > MAX_SARIF)
        throw new Error(`the report has ${packed.length} bytes, GitHub takes ${MAX_SARIF}; raise min-severity`);
      await octokit.rest.codeScanning.uploadSarif({
        owner,
        repo,
        commit_sha: commit,
        ref,
        sarif: packed.toString('base64'),
        tool_name: 'assay',
      });
    },
    async submitDependencies(snapshot) {
      await octokit.rest.dependencyGraph.createRepositorySnapshot({ owner, repo, ...snapshot });
    },
  };
}
