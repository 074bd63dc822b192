import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Octokit } from 'octokit';
import { bodyOf, LoopbackServer } from '../loopback-server.ts';

type Rest = Octokit['rest'];
type Answer<F extends (...parameters: never[]) => Promise<{ data: unknown }>> = Awaited<ReturnType<F>>['data'];
/** Types that octokit generates from GitHub's OpenAPI description: the answers are checked against them when this file is compiled. */
export type ApiComment = Answer<Rest['issues']['listComments']>[number];
type ApiUser = NonNullable<ApiComment['user']>;

interface Operation {
  readonly query?: object;
  readonly body?: object;
  readonly status: number;
  readonly response: object;
}

const api = JSON.parse(readFileSync(new URL('../../fixtures/action/github-api.json', import.meta.url), 'utf8')) as {
  definitions: object;
  operations: Record<string, Operation>;
};
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
const compile = (schema: object | undefined): ValidateFunction | undefined =>
  schema === undefined ? undefined : ajv.compile({ ...schema, definitions: api.definitions });
const operations = new Map(
  Object.entries(api.operations).map(([name, { query, body, status, response }]) => [
    name,
    { query: compile(query), body: compile(body), status, response: compile(response) },
  ]),
);

function user(login: string, type: string): ApiUser {
  const url = `https://api.example.com/users/${login}`;
  return {
    login,
    id: 1,
    node_id: 'U_1',
    avatar_url: url,
    gravatar_id: '',
    url,
    html_url: url,
    followers_url: url,
    following_url: url,
    gists_url: url,
    starred_url: url,
    subscriptions_url: url,
    organizations_url: url,
    repos_url: url,
    events_url: url,
    received_events_url: url,
    type,
    site_admin: false,
  };
}

export function apiComment(
  id: number,
  body: string,
  login = 'github-actions[bot]',
  association: ApiComment['author_association'] = 'NONE',
): ApiComment {
  const url = `https://api.example.com/comments/${id}`;
  return {
    id,
    body,
    node_id: `C_${id}`,
    url,
    html_url: url,
    issue_url: url,
    created_at: '2026-11-25T00:00:00Z',
    updated_at: '2026-11-25T00:00:00Z',
    user: user(login, login.endsWith('[bot]') ? 'Bot' : 'User'),
    author_association: association,
  };
}

export interface Received {
  readonly operation: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly authorization: string | undefined;
}

export interface Failure {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The server does what it is asked, and fails then. */
  readonly late?: boolean;
}

/** GitHub's REST API for one repository `o/r`, as far as the Action uses it. Refuses what the published description refuses. */
export class GitHubServer extends LoopbackServer {
  readonly received: Received[] = [];
  /** Requests that do not fit the description. A test ends with none. */
  readonly broken: string[] = [];
  comments: ApiComment[] = [];
  pulls: Readonly<Record<string, unknown>>[] = [];
  /** Taken from the front for every request of the operation. */
  readonly failures = new Map<string, Failure[]>();
  private readonly prefix: string;
  private nextId = 9000;

  constructor(prefix = '') {
    super();
    this.prefix = prefix;
  }

  override get url(): string {
    return `${super.url}${this.prefix}`;
  }

  fail(operation: string, ...failures: Failure[]): void {
    this.failures.set(operation, failures);
  }

  sent(operation: string): Received[] {
    return this.received.filter((item) => item.operation === operation);
  }

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const url = new URL(request.url ?? '/', this.url);
    const path = url.pathname.startsWith(`${this.prefix}/repos/o/r/`) ? url.pathname.slice(`${this.prefix}/repos/o/r/`.length) : undefined;
    const operation = `${request.method} ${path?.replace(/\/\d+(?=\/|$)/, '/{number}')}`;
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    const query = Object.fromEntries(url.searchParams);
    this.received.push({ operation, query, body, authorization: request.headers.authorization });
    const checks = operations.get(operation);
    const send = (status: number, data: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(data));
    };
    if (!checks || path === undefined) {
      this.broken.push(`no such operation: ${request.method} ${url.pathname}`);
      return send(404, { message: 'Not Found' });
    }
    for (const [what, check, value] of [
      ['query', checks.query, query],
      ['body', checks.body, body],
    ] as const) {
      if (check && !check(value)) this.broken.push(`${operation} ${what}: ${ajv.errorsText(check.errors)}`);
    }
    const failure = this.failures.get(operation)?.shift();
    if (failure && !failure.late) return send(failure.status, { message: failure.message }, failure.headers);
    const { data, headers } = this.answer(operation, path, query, body);
    if (failure) return send(failure.status, { message: failure.message }, failure.headers);
    if (checks.response && !checks.response(data)) this.broken.push(`${operation} answer: ${ajv.errorsText(checks.response.errors)}`);
    send(checks.status, data, headers);
  }

  private answer(
    operation: string,
    path: string,
    query: Readonly<Record<string, string>>,
    body: Readonly<Record<string, unknown>>,
  ): { data: unknown; headers?: Record<string, string> } {
    switch (operation) {
      case 'GET issues/{number}/comments': {
        const [size, page] = [Number(query['per_page'] ?? 30), Number(query['page'] ?? 1)];
        const last = Math.ceil(this.comments.length / size);
        const link =
          page < last
            ? {
                link: `<${this.url}/repos/o/r/${path}?per_page=${size}&page=${page + 1}>; rel="next", <${this.url}/repos/o/r/${path}?per_page=${size}&page=${last}>; rel="last"`,
              }
            : undefined;
        return { data: this.comments.slice((page - 1) * size, page * size), ...(link ? { headers: link } : {}) };
      }
      case 'POST issues/{number}/comments': {
        const made = apiComment(this.nextId++, String(body['body']));
        this.comments.push(made);
        return { data: made };
      }
      case 'PATCH issues/comments/{number}': {
        const id = Number(path.split('/').at(-1));
        this.comments = this.comments.map((item) => (item.id === id ? { ...item, body: String(body['body']) } : item));
        return { data: this.comments.find((item) => item.id === id) };
      }
      case 'GET pulls':
        return {
          data: this.pulls.filter((pull) => query['head'] === undefined || (pull['head'] as { label: string }).label === query['head']),
        };
      case 'POST code-scanning/sarifs': {
        const receipt: Answer<Rest['codeScanning']['uploadSarif']> = { id: 'x', url: 'https://api.example.com/sarifs/x' };
        return { data: receipt };
      }
      default: {
        const receipt: Answer<Rest['dependencyGraph']['createRepositorySnapshot']> = {
          id: 1,
          created_at: '2026-11-25T00:00:00Z',
          result: 'SUCCESS',
          message: 'ok',
        };
        return { data: receipt };
      }
    }
  }
}
