import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/registries/registry-error.ts';
import { queryOsv, type OsvOptions } from '../../src/registries/osv.ts';
import { directoryCache } from '../../src/registries/record-cache.ts';
import { bodyOf, LoopbackServer } from '../loopback-server.ts';

/** Facts of GHSA-53q9-r3pm-6pq6 and GHSA-6h2x-4gjf-jc5w in the shape in which the API gives them. */
const RECORDS: Readonly<Record<string, object>> = {
  'GHSA-53q9-r3pm-6pq6': {
    id: 'GHSA-53q9-r3pm-6pq6',
    aliases: ['CVE-2025-32434'],
    modified: '2025-05-28T00:00:00Z',
    database_specific: { severity: 'CRITICAL' },
    severity: [{ type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N' }],
    affected: [
      { package: { name: 'torch', ecosystem: 'PyPI' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.6.0' }] }] },
    ],
  },
  'PYSEC-2022-43015': {
    id: 'PYSEC-2022-43015',
    aliases: ['CVE-2022-45907'],
    modified: '2023-05-04T00:00:00Z',
    affected: [
      {
        package: { name: 'torch', ecosystem: 'PyPI' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.13.1' }] }],
      },
      { package: { name: 'other', ecosystem: 'PyPI' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }] },
    ],
  },
};

type Reply = (
  body: { readonly queries: readonly { readonly page_token?: string }[] },
  path: string,
) => { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };

class OsvServer extends LoopbackServer {
  readonly seen: { readonly path: string; readonly body: string }[] = [];
  reply: Reply = () => ({});

  protected async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const body = await bodyOf(request);
    this.seen.push({ path, body });
    const answer = this.reply(body === '' ? { queries: [] } : (JSON.parse(body) as Parameters<Reply>[0]), path);
    response.writeHead(answer.status ?? (answer.body === undefined ? 404 : 200), answer.headers);
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
  }
}

let server: OsvServer;
let waits: number[];
let options: OsvOptions;

const serveRecord = (path: string): ReturnType<Reply> => ({ body: RECORDS[decodeURIComponent(path.slice('/v1/vulns/'.length))] });

beforeEach(async () => {
  waits = [];
  server = await new OsvServer().start();
  options = {
    baseUrl: server.url,
    now: () => waits.reduce((sum, milliseconds) => sum + milliseconds, 0),
    random: () => 0,
    wait: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  };
});

afterEach(() => server.stop());

const torch = [{ ecosystem: 'pypi', name: 'torch', version: '1.12.0' }] as const;

describe('OSV client', () => {
  it('asks in batches, follows pages, and keeps only what was asked for', async () => {
    server.reply = ({ queries }, path) => {
      if (path !== '/v1/querybatch') return serveRecord(path);
      return {
        body: {
          results: queries.map((query) =>
            query.page_token === undefined
              ? { vulns: [{ id: 'GHSA-53q9-r3pm-6pq6', modified: 'a' }], next_page_token: 'p2' }
              : { vulns: [{ id: 'PYSEC-2022-43015', modified: 'b' }] },
          ),
        },
      };
    };
    const advisories = await queryOsv(torch, options);
    expect(advisories).toEqual([
      {
        id: 'GHSA-53q9-r3pm-6pq6',
        aliases: ['CVE-2025-32434'],
        ecosystem: 'pypi',
        package: 'torch',
        ranges: [{ introduced: '0', fixed: '2.6.0' }],
        severity: 'critical',
      },
      {
        id: 'PYSEC-2022-43015',
        aliases: ['CVE-2022-45907'],
        ecosystem: 'pypi',
        package: 'torch',
        ranges: [{ introduced: '0', fixed: '1.13.1' }],
      },
    ]);
    expect(server.seen.filter(({ path }) => path === '/v1/querybatch').map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { queries: [{ package: { name: 'torch', ecosystem: 'PyPI' }, version: '1.12.0' }] },
      { queries: [{ package: { name: 'torch', ecosystem: 'PyPI' }, version: '1.12.0', page_token: 'p2' }] },
    ]);
  });

  it('splits more than a thousand queries', async () => {
    server.reply = ({ queries }) => ({ body: { results: queries.map(() => ({})) } });
    const many = Array.from({ length: 2300 }, (_, index) => ({ ecosystem: 'npm' as const, name: `p${index}`, version: '1.0.0' }));
    expect(await queryOsv(many, options)).toEqual([]);
    expect(server.seen.map(({ body }) => (JSON.parse(body) as { queries: unknown[] }).queries.length)).toEqual([1000, 1000, 300]);
  });

  it('tries again after 429 and 5xx, as long as the server asks', async () => {
    const failures = [
      { status: 429, headers: { 'retry-after': '7' }, body: {} },
      { status: 503, body: {} },
      { status: 500, body: {} },
    ];
    server.reply = ({ queries }) => failures.shift() ?? { body: { results: queries.map(() => ({})) } };
    expect(await queryOsv(torch, options)).toEqual([]);
    expect(waits).toEqual([7000, 500, 1000]);
  });

  it('gives up with an error after five attempts, and at once on other errors', async () => {
    server.reply = () => ({ status: 503, body: {} });
    await expect(queryOsv(torch, options)).rejects.toThrow(RegistryError);
    expect(server.seen).toHaveLength(5);
    server.seen.length = 0;
    server.reply = () => ({ status: 400, body: {} });
    await expect(queryOsv(torch, options)).rejects.toMatchObject({ status: 400 });
    expect(server.seen).toHaveLength(1);
  });

  it('does not believe answers of another shape', async () => {
    for (const body of ['<html>', { results: [] }, { results: 'x' }, []]) {
      server.reply = () => ({ body });
      await expect(queryOsv(torch, options), JSON.stringify(body)).rejects.toThrow(RegistryError);
    }
  });

  it('ends a paging that has no end, and follows no redirect', async () => {
    server.reply = ({ queries }) => ({ body: { results: queries.map(() => ({ next_page_token: 'again' })) } });
    await expect(queryOsv(torch, options)).rejects.toThrow('more than 20 pages');
    server.reply = () => ({ status: 302, headers: { location: 'http://169.254.169.254/' }, body: {} });
    await expect(queryOsv(torch, options)).rejects.toThrow(RegistryError);
  });

  it('reads a record that did not change from the cache', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'assay-cache-'));
    try {
      server.reply = ({ queries }, path) =>
        path === '/v1/querybatch'
          ? { body: { results: queries.map(() => ({ vulns: [{ id: 'GHSA-53q9-r3pm-6pq6', modified: 'a' }] })) } }
          : serveRecord(path);
      const cache = directoryCache(directory);
      await queryOsv(torch, { ...options, cache });
      server.seen.length = 0;
      expect(await queryOsv(torch, { ...options, cache })).toHaveLength(1);
      expect(server.seen.map(({ path }) => path)).toEqual(['/v1/querybatch']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('translates names: Go without v, Maven with a colon, conda as PyPI', async () => {
    server.reply = ({ queries }) => ({ body: { results: queries.map(() => ({})) } });
    await queryOsv(
      [
        { ecosystem: 'golang', name: 'github.com/ollama/ollama', version: 'v0.1.30' },
        { ecosystem: 'maven', name: 'dev.langchain4j/langchain4j', version: '1.0.0' },
        { ecosystem: 'conda', name: 'pytorch', version: '2.0.0' },
        { ecosystem: 'cocoapods', name: 'TensorFlowLiteSwift', version: '2.0.0' },
      ],
      options,
    );
    expect((JSON.parse(server.seen[0]?.body ?? '{}') as { queries: unknown }).queries).toEqual([
      { package: { name: 'github.com/ollama/ollama', ecosystem: 'Go' }, version: '0.1.30' },
      { package: { name: 'dev.langchain4j:langchain4j', ecosystem: 'Maven' }, version: '1.0.0' },
      { package: { name: 'pytorch', ecosystem: 'PyPI' }, version: '2.0.0' },
    ]);
  });
});
