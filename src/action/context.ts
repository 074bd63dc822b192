import { readFileSync } from 'node:fs';
import { isCommit } from '../core/commit.ts';
import { UserError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface PullRequest {
  readonly number: number;
  readonly baseSha: string;
  readonly headSha: string;
  /** Its code comes from another repository: nothing in it may decide how it is judged. */
  readonly fork: boolean;
}

/** The run whose end started this one (`workflow_run`). Its pull request is not in the event where it comes from a fork. */
export interface Trigger {
  readonly headSha: string;
  readonly headBranch: string;
  readonly headOwner: string;
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
  /** Base of a merge queue's group. */
  readonly groupBase?: string;
  readonly trigger?: Trigger;
}

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((item, key) => (isObject(item) ? item[key] : undefined), value);
const sha = (value: unknown): string | undefined => (typeof value === 'string' && isCommit(value) ? value : undefined);

/** A pull request as an event or the REST API writes it. */
export function pullRequestOf(pull: unknown): PullRequest | undefined {
  const number = at(pull, 'number');
  const baseSha = sha(at(pull, 'base', 'sha'));
  const headSha = sha(at(pull, 'head', 'sha'));
  if (typeof number !== 'number' || baseSha === undefined || headSha === undefined) return undefined;
  // A deleted fork has no head repository any more.
  const base = at(pull, 'base', 'repo', 'full_name');
  const head = at(pull, 'head', 'repo', 'full_name');
  return { number, baseSha, headSha, fork: typeof head !== 'string' || head !== base };
}

function triggerOf(payload: unknown): Trigger | undefined {
  const run = at(payload, 'workflow_run');
  const headSha = sha(at(run, 'head_sha'));
  const headBranch = at(run, 'head_branch');
  const headOwner = at(run, 'head_repository', 'owner', 'login');
  if (at(run, 'event') !== 'pull_request' || headSha === undefined || typeof headBranch !== 'string' || typeof headOwner !== 'string')
    return undefined;
  return { headSha, headBranch, headOwner };
}

/** GHES serves its API below the web host; the runner says where, other runners say the host alone. */
function apiUrlOf(env: Environment): string {
  const host = env['GH_HOST'];
  return env['GITHUB_API_URL'] || (host && host !== 'github.com' ? `https://${host}/api/v3` : 'https://api.github.com');
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
  const pullRequest = pullRequestOf(at(payload, 'pull_request'));
  const groupBase = sha(at(payload, 'merge_group', 'base_sha'));
  const trigger = triggerOf(payload);
  return {
    event: need('GITHUB_EVENT_NAME'),
    owner,
    repo,
    sha: need('GITHUB_SHA'),
    ref: env['GITHUB_REF'] ?? '',
    workspace: need('GITHUB_WORKSPACE'),
    serverUrl: env['GITHUB_SERVER_URL'] || 'https://github.com',
    apiUrl: apiUrlOf(env),
    job: env['GITHUB_JOB'] || 'assay',
    workflow: env['GITHUB_WORKFLOW'] || 'assay',
    runId: env['GITHUB_RUN_ID'] || '0',
    ...(env['GITHUB_OUTPUT'] ? { outputFile: env['GITHUB_OUTPUT'] } : {}),
    ...(env['GITHUB_STEP_SUMMARY'] ? { summaryFile: env['GITHUB_STEP_SUMMARY'] } : {}),
    ...(pullRequest ? { pullRequest } : {}),
    ...(groupBase === undefined ? {} : { groupBase }),
    ...(trigger ? { trigger } : {}),
  };
}
