/** Host patterns with `*` for one or more labels or a part of one (`*.openai.azure.com`, `bedrock-runtime.*.amazonaws.com`). */
export interface HostTable<T> {
  /** `host` without scheme, lower case; `path` begins with `/` or is empty. */
  find(host: string, path: string): T | undefined;
}

/** Longest host name that DNS allows. */
const MAX_HOST = 253;

const pattern = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('[a-z0-9.-]+')}`,
    'i',
  );

/**
 * Exact hosts by a map, patterns by the two last labels, so that thousands of hosts cost one look-up.
 * An entry with a path (`openrouter.ai/api/`) counts only for URLs below it.
 */
export function hostTable<T>(entries: readonly { readonly host: string; readonly value: T }[]): HostTable<T> {
  const exact = new Map<string, T>();
  const prefixes = new Map<string, { readonly test: RegExp; readonly value: T }[]>();
  for (const { host, value } of entries) {
    if (host.includes('*') || host.includes('/')) {
      const key = tailOf(host.split('/')[0] ?? host);
      const list = prefixes.get(key) ?? [];
      list.push({ test: host.includes('/') ? pattern(host) : new RegExp(`${pattern(host).source}$`, 'i'), value });
      prefixes.set(key, list);
    } else if (!exact.has(host.toLowerCase())) exact.set(host.toLowerCase(), value);
  }
  return {
    find(host, path) {
      if (host.length > MAX_HOST) return undefined;
      const lower = host.toLowerCase();
      const hit = exact.get(lower);
      if (hit !== undefined) return hit;
      for (const { test, value } of prefixes.get(tailOf(lower)) ?? []) if (test.test(lower) || test.test(lower + path)) return value;
      return undefined;
    },
  };
}

const tailOf = (host: string): string => host.split('.').slice(-2).join('.').replaceAll('*', '').toLowerCase();

/** Host, port and path of a URL or of a bare `host:port/path`. Undefined where there is no host. */
export function hostOf(url: string): { readonly host: string; readonly port?: string; readonly path: string } | undefined {
  if (url.length > 2000) return undefined;
  const match =
    /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/)?(?:[^\s/@]{1,200}@)?(\[[0-9a-f:]+\]|[a-z0-9_.*{}$-]{1,253})(?::(\d{1,5}))?(\/[^\s"'<>]*)?$/i.exec(
      url.trim(),
    );
  if (!match?.[1]) return undefined;
  return { host: match[1].replaceAll(/^\[|\]$/g, '').toLowerCase(), ...(match[2] && { port: match[2] }), path: match[3] ?? '' };
}

const OWN_NETWORK = /\.(?:local|localhost|localdomain|internal|intranet|corp|home|lan|svc|docker|test|invalid)$/i;
/** Top levels under which names of two parts are registered most. */
const PUBLIC = /\.(?:com|net|org|info|io|ai|dev|app|co|cloud|tech|xyz|me|eu|de|fr|uk|us|ca|jp|cn|in|br|ru|nl|ch|at|es|it|pl|se|edu|gov)$/i;

/**
 * A machine of one's own network, by its name: no dot, a top level that only private networks have, or the
 * service and namespace of a cluster (`ollama.models`). Addresses are none.
 */
export const isNearHost = (host: string): boolean =>
  !host.includes('.') || OWN_NETWORK.test(host) || (/^[^.]+\.[^.\d][^.]*$/.test(host) && !PUBLIC.test(host));
