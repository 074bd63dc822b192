import { gzipSync } from 'node:zlib';
import { Octokit } from 'octokit';
import type { Context } from './context.ts';
import type { DependencySnapshot } from './snapshot.ts';

/** What the Action does on GitHub. Everything is best effort: a read-only token must not fail a build. */
export interface GitHub {
  /** Our comment on the pull request, if there is one. */
  findComment(number: number, marker: string): Promise<{ readonly id: number; readonly body: string } | undefined>;
  createComment(number: number, body: string): Promise<void>;
  updateComment(id: number, body: string): Promise<void>;
  uploadSarif(sarif: string): Promise<void>;
  submitDependencies(snapshot: DependencySnapshot): Promise<void>;
}

const RETRIES = 3;
/** Longest wait that a rate limit may ask for; a build does not wait for an hour. */
const MAX_WAIT_SECONDS = 60;

/** The status of a failed request, where it is one. */
export const statusOf = (error: unknown): number | undefined => {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
};

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
  return {
    async findComment(number, marker) {
      const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, { owner, repo, issue_number: number, per_page: 100 });
      let fallback: { id: number; body: string } | undefined;
      for await (const { data } of pages) {
        for (const comment of data) {
          if (!comment.body?.startsWith(marker)) continue;
          const found = { id: comment.id, body: comment.body };
          // Anybody can write the marker into a comment; only a bot's is ours for certain.
          if (comment.user?.type === 'Bot') return found;
          if (['OWNER', 'MEMBER', 'COLLABORATOR'].includes(comment.author_association)) fallback ??= found;
        }
      }
      return fallback;
    },
    async createComment(number, body) {
      await octokit.rest.issues.createComment({ owner, repo, issue_number: number, body });
    },
    async updateComment(id, body) {
      await octokit.rest.issues.updateComment({ owner, repo, comment_id: id, body });
    },
    async uploadSarif(sarif) {
      await octokit.rest.codeScanning.uploadSarif({ owner, repo, commit_sha: context.sha, ref: context.ref, sarif: gzipSync(sarif).toString('base64'), tool_name: 'assay' });
    },
    async submitDependencies(snapshot) {
      await octokit.rest.dependencyGraph.createRepositorySnapshot({ owner, repo, ...snapshot });
    },
  };
}
