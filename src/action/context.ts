import { readFileSync } from 'node:fs';
import { UserError } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface PullRequest {
  readonly number: number;
  readonly baseSha: string;
  readonly headSha: string;
  /** Its code comes from another repository: nothing in it may decide how it is judged. */
  readonly fork: boolean;
}

/** What the runner tells about this run. */
export interface Context {
  readonly event: string;
  readonly owner: string;
  readonly repo: string;
  readonly sha: string;
  readonly ref: string;
  readonly workspace: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly job: string;
  readonly workflow: string;
  readonly runId: string;
  readonly outputFile?: string;
  readonly summaryFile?: string;
  readonly pullRequest?: PullRequest;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: unknown, ...path: readonly string[]): unknown => path.reduce<unknown>((item, key) => (isObject(item) ? item[key] : undefined), value);
const SHA = /^[0-9a-f]{40}$/;

function pullRequestOf(payload: unknown): PullRequest | undefined {
  const pull = at(payload, 'pull_request');
  const number = at(pull, 'number');
  const baseSha = at(pull, 'base', 'sha');
  const headSha = at(pull, 'head', 'sha');
  if (typeof number !== 'number' || typeof baseSha !== 'string' || typeof headSha !== 'string' || !SHA.test(baseSha) || !SHA.test(headSha)) return undefined;
  // A deleted fork has no head repository any more.
  const base = at(pull, 'base', 'repo', 'full_name');
  const head = at(pull, 'head', 'repo', 'full_name');
  return { number, baseSha, headSha, fork: typeof head !== 'string' || head !== base };
}

/** @throws UserError outside of a workflow run. */
export function readContext(env: Environment): Context {
  const need = (name: string): string => {
    const value = env[name];
    if (!value) throw new UserError(`${name} is not set: this runs as a GitHub Action`);
    return value;
  };
  const [owner = '', repo = ''] = need('GITHUB_REPOSITORY').split('/');
  let payload: unknown;
  try {
    payload = JSON.parse(readFileSync(need('GITHUB_EVENT_PATH'), 'utf8'));
  } catch (error) {
    throw new UserError(`the event cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const pullRequest = pullRequestOf(payload);
  return {
    event: need('GITHUB_EVENT_NAME'),
    owner,
    repo,
    sha: need('GITHUB_SHA'),
    ref: env['GITHUB_REF'] ?? '',
    workspace: need('GITHUB_WORKSPACE'),
    serverUrl: env['GITHUB_SERVER_URL'] ?? 'https://github.com',
    apiUrl: env['GITHUB_API_URL'] ?? 'https://api.github.com',
    job: env['GITHUB_JOB'] ?? 'assay',
    workflow: env['GITHUB_WORKFLOW'] ?? 'assay',
    runId: env['GITHUB_RUN_ID'] ?? '0',
    ...(env['GITHUB_OUTPUT'] ? { outputFile: env['GITHUB_OUTPUT'] } : {}),
    ...(env['GITHUB_STEP_SUMMARY'] ? { summaryFile: env['GITHUB_STEP_SUMMARY'] } : {}),
    ...(pullRequest ? { pullRequest } : {}),
  };
}
