import type { Ecosystem } from '../core/component.ts';
import { isObject } from '../core/json.ts';
import { advisoriesOf, OSV_ECOSYSTEMS, packageKey, type Advisory } from '../knowledge/osv.ts';
import { Net, type Connection, type NetOptions } from './net.ts';
import { RegistryError } from './registry-error.ts';
import { requestJson } from './whole.ts';

/** https://google.github.io/osv.dev/api/ */
export const OSV_URL = 'https://api.osv.dev';

/** The API takes 1,000 queries at once. */
const BATCH = 1000;
/** A package with more pages than this is asked no further: no real one has ten. */
const MAX_PAGES = 20;
/** Records fetched at the same time. */
const PARALLEL = 8;
/** The largest record has about 2 MB; a batch answer of 1,000 queries stays below. */
const MAX_ANSWER = 32 * 1024 * 1024;

export interface PackageVersion {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string;
}

/** Keeps records between runs. Keys hold id and date of change, so an entry never gets old. */
export interface RecordCache {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export interface OsvOptions extends NetOptions {
  readonly baseUrl?: string;
  readonly cache?: RecordCache;
}

/** The service and how it is asked. */
interface Service {
  readonly net: Connection;
  readonly url: string;
  readonly cache?: RecordCache | undefined;
}

const ECOSYSTEM_NAMES = new Map([...OSV_ECOSYSTEMS].map(([name, ecosystem]) => [ecosystem, name]));

interface Query {
  readonly package: { readonly name: string; readonly ecosystem: string };
  readonly version: string;
  readonly page_token?: string;
}

function queryOf({ ecosystem, name, version }: PackageVersion): Query | undefined {
  const osv = ECOSYSTEM_NAMES.get(ecosystem === 'conda' ? 'pypi' : ecosystem);
  if (osv === undefined) return undefined;
  // Go versions carry no `v` in OSV; Maven coordinates are joined by a colon.
  return {
    package: { name: ecosystem === 'maven' ? name.replace('/', ':') : name, ecosystem: osv },
    version: ecosystem === 'golang' ? version.replace(/^v/, '') : version,
  };
}

/** Ids that the API gives for the queries, with their dates of change; follows pages. */
async function idsOf(queries: readonly Query[], { net, url: base }: Service): Promise<Map<string, string>> {
  const url = `${base}/v1/querybatch`;
  const ids = new Map<string, string>();
  let open = [...queries];
  for (let page = 0; open.length > 0; page += 1) {
    if (page >= MAX_PAGES) throw new RegistryError(url, `more than ${MAX_PAGES} pages`);
    const next: Query[] = [];
    for (let start = 0; start < open.length; start += BATCH) {
      const batch = open.slice(start, start + BATCH);
      const answer = await requestJson(
        net,
        url,
        { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ queries: batch }) },
        MAX_ANSWER,
      );
      const results = isObject(answer) ? answer['results'] : undefined;
      if (!Array.isArray(results) || results.length !== batch.length) throw new RegistryError(url, 'the answer does not fit the queries');
      for (const [index, result] of results.entries()) {
        const query = batch[index];
        if (!isObject(result) || !query) continue;
        for (const vuln of Array.isArray(result['vulns']) ? result['vulns'] : []) {
          if (isObject(vuln) && typeof vuln['id'] === 'string')
            ids.set(vuln['id'], typeof vuln['modified'] === 'string' ? vuln['modified'] : '');
        }
        if (typeof result['next_page_token'] === 'string' && result['next_page_token'] !== '')
          next.push({ ...query, page_token: result['next_page_token'] });
      }
    }
    open = next;
  }
  return ids;
}

async function recordOf(id: string, modified: string, { net, url, cache }: Service): Promise<unknown> {
  const key = `${id}@${modified}`;
  const cached = cache?.get(key);
  if (cached !== undefined) return cached;
  const record = await requestJson(net, `${url}/v1/vulns/${encodeURIComponent(id)}`, {}, MAX_ANSWER);
  if (record !== undefined) cache?.set(key, record);
  return record;
}

/**
 * Advisories of the OSV database for exact versions: names, versions and ecosystems leave the
 * machine, nothing else. Throws `RegistryError` when the service does not answer.
 */
export async function queryOsv(packages: readonly PackageVersion[], options: OsvOptions = {}): Promise<Advisory[]> {
  const service: Service = { net: new Net({ redirects: 0, ...options }), url: options.baseUrl ?? OSV_URL, cache: options.cache };
  const queries = packages.flatMap((item) => queryOf(item) ?? []);
  const wanted = new Set(packages.map(({ ecosystem, name }) => packageKey(ecosystem === 'conda' ? 'pypi' : ecosystem, name)));
  const ids = [...(await idsOf(queries, service))].sort(([a], [b]) => (a < b ? -1 : 1));
  const advisories: Advisory[] = [];
  for (let start = 0; start < ids.length; start += PARALLEL) {
    const records = await Promise.all(ids.slice(start, start + PARALLEL).map(([id, modified]) => recordOf(id, modified, service)));
    advisories.push(...records.flatMap(advisoriesOf).filter((advisory) => wanted.has(packageKey(advisory.ecosystem, advisory.package))));
  }
  return advisories;
}
