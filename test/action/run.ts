import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { GitHubServer } from './github-server.ts';
import type { PullRequestState, Repository } from './repository.ts';

/** The runner's own node: `npm run test:action` names a Node 24 here. */
export const NODE = process.env['ASSAY_ACTION_NODE'] ?? process.execPath;
/** Every suite (`npm run test:action`), or those that `npm test` has time for. */
export const FULL = process.env['ASSAY_ACTION_FULL'] === '1';
export const TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';

const action = parse(readFileSync('action.yml', 'utf8')) as { inputs: Record<string, { default?: string }> };
const defaults = Object.entries(action.inputs).flatMap(([name, input]) =>
  input.default === undefined || name === 'token' ? [] : [[name, input.default] as const],
);

export interface RunRequest {
  readonly bundle: string;
  readonly repository: Repository;
  readonly event?: string;
  readonly payload?: unknown;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly server?: GitHubServer;
  readonly sha?: string;
  readonly ref?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunResult {
  readonly code: number;
  /** Standard output and error, as the log shows them. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs the bundle as the runner does: inputs and context in the environment, results in files. */
export async function runBundle(request: RunRequest): Promise<RunResult> {
  const { repository, server } = request;
  const folder = mkdtempSync(join(tmpdir(), 'assay-runner-'));
  const [event, output, summary] = ['event.json', 'output', 'summary'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(event, JSON.stringify(request.payload ?? {}));
  writeFileSync(output, '');
  writeFileSync(summary, '');
  const inputs = { ...Object.fromEntries(defaults), token: TOKEN, ...request.inputs };
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_EVENT_NAME: request.event ?? 'push',
    GITHUB_EVENT_PATH: event,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_WORKSPACE: repository.root,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_API_URL: server?.url ?? 'http://127.0.0.1:1',
    GITHUB_SHA: request.sha ?? repository.git('rev-parse', 'HEAD'),
    GITHUB_REF: request.ref ?? 'refs/heads/main',
    GITHUB_WORKFLOW: 'ai',
    GITHUB_JOB: 'assay',
    GITHUB_RUN_ID: '42',
    SOURCE_DATE_EPOCH: '1795000000',
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    ...request.env,
  };
  const { code, log } = await new Promise<{ code: number; log: string }>((resolve) => {
    execFile(
      NODE,
      [request.bundle],
      { env, cwd: repository.root, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, log: stdout + stderr });
      },
    );
  });
  const result = { code, log, outputs: readOutputs(readFileSync(output, 'utf8')), summary: readFileSync(summary, 'utf8') };
  rmSync(folder, { recursive: true, force: true });
  return result;
}

/** `name<<delimiter`, value, delimiter; as the runner reads it. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const [, name, delimiter] = /^([\w-]+)<<(.+)$/.exec(lines[i] ?? '') ?? [];
    if (name === undefined) continue;
    const end = lines.indexOf(delimiter ?? '', i + 1);
    outputs[name] = lines.slice(i + 1, end).join('\n');
    i = end;
  }
  return outputs;
}

export interface PullRequestOptions {
  readonly fork?: boolean;
  readonly number?: number;
  /** Further fields of the event, as a stranger may fill them. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The part of a `pull_request` event that matters. */
export const pullRequestEvent = (state: PullRequestState, { fork = false, number = 7, more = {} }: PullRequestOptions = {}): unknown => ({
  action: 'synchronize',
  number,
  pull_request: {
    number,
    base: { sha: state.base, ref: 'main', repo: { full_name: 'o/r' } },
    head: { sha: state.head, ref: 'feature', repo: { full_name: fork ? 'stranger/r' : 'o/r' } },
    ...more,
  },
});

/** Runs the bundle on a pull request that is checked out. */
export const runPullRequest = (
  request: Omit<RunRequest, 'event' | 'payload'> & { readonly state: PullRequestState } & PullRequestOptions,
): Promise<RunResult> =>
  runBundle({
    ...request,
    event: 'pull_request',
    payload: pullRequestEvent(request.state, request),
    sha: request.state.merge,
    ref: `refs/pull/${request.number ?? 7}/merge`,
  });
