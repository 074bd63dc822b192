import type { Observation } from '../../core/observation.ts';
import type { Component } from '../../core/component.ts';
import { providersSection } from '../../knowledge/providers.ts';
import { defineCrawler } from '../crawler.ts';
import { isTestPath } from '../../resolve/places.ts';
import { occurs } from '../../text/sieve.ts';
import { secretFormats, splitCamel } from './formats.ts';
import { BEARER, namedKeys, type NamedKey } from './named.ts';
import { entropy, isPlaceholderSecret, redact } from './redact.ts';

interface SecretFacts {
  readonly observations: readonly Observation[];
  readonly services: readonly Component[];
}

/** Binary, generated and locked files: keys that people paste do not stand there. */
const PASS =
  /\.(?:png|jpe?g|gif|webp|ico|svg|pdf|zip|gz|tgz|bz2|xz|7z|zst|tar|jar|war|class|so|dll|dylib|exe|bin|o|a|wasm|woff2?|ttf|otf|eot|mp[34]|wav|ogg|flac|avi|mov|mkv|safetensors|gguf|onnx|pth?|ckpt|h5|hdf5|pkl|pickle|joblib|npy|npz|parquet|arrow|feather|tflite|db|sqlite3?|map|lock|min\.js|min\.css|snap|csv|tsv|geojson)$|(?:^|\/)(?:node_modules|vendor|third_party|\.git|\.venv|venv|site-packages)\/|(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|go\.sum)$/i;
/** Larger text is data. */
const MAX_SIZE = 2 * 1024 * 1024;
/** Beginnings that every self-evident key has. */
const BEGINNINGS: readonly RegExp[] = [
  /\bsk[-_][A-Za-z0-9]/,
  /\bhf_[A-Za-z]{20}/,
  /\bapi_org_/,
  /\bgsk_[A-Za-z0-9]/,
  /\bxai-[A-Za-z0-9]/,
  /\bpplx-/,
  /\bnvapi-/,
  /\br8_/,
  /\bpcsk_/,
  /\btvly-/,
  /\bfc-[a-f0-9]{8}/,
  /\blsv2_/,
  /\bls__/,
  /\bjina_/,
  /\bpa-[\w-]{20}/,
  /\bnk-[\w-]{20}/,
  /\btgp_v1/,
  /\bfw_[A-Za-z0-9]/,
  /\bcsk-/,
  /\brpa_/,
  /\besecret_/,
  /\bllx-/,
  /\bABSK/,
  /\bup_[A-Za-z0-9]{20}/,
  /\bvck_/,
  /\bflp_/,
  /\brc_[a-f0-9]/,
  /\bbb_live_/,
  /\bdtn_/,
  /\bck-[A-Za-z0-9]{20}/,
  /\bm0-/,
  /\bkey_[a-f0-9]{20}/,
  /\bluma-/,
  /\btlk_/,
  /\bpl_[a-f0-9]/,
  /\bhl_sk_/,
  /\bBSA[\w-]{20}/,
  /\bz(?:wt|qt|ut)_/,
  /\bz_[A-Za-z0-9]{6}/,
  /\bAIza/,
  /e2b_/,
  /bedrock-api-key-/,
  /AstraCS:/,
  /apify_api_/,
  /JQQJ99/,
  /T3BlbkFJ/,
  /eyJhcGlfYWRkcmVzcyI6/,
];
/** A name that needs a key beside it, or a key without a form of its own. */
const NAMED =
  /(?:KEY|TOKEN|SECRET|key|token|secret|Key|Token)["']?\]?\s*(?:=>|:=|[:=(,])\s*\\?["'`]?[A-Za-z0-9_.-]{20}|["'][a-f0-9]{32}["']/;
/** The same of one row: one pattern is faster there. */
const BEGINNING = new RegExp(BEGINNINGS.map(({ source }) => source).join('|'));
/** Longest line that is looked at; minified code has longer ones. */
const MAX_LINE = 2000;
const MAX_FINDINGS = 50;
const MIN_ENTROPY = 3;

const placeOf = (path: string): string =>
  /\.(?:env|ya?ml|json|toml|ini|cfg|conf|properties|tf|tfvars)(?:\.|$)|\.env|(?:^|[/.])(?:Docker|Container)file(?:$|\.)/i.test(path)
    ? /mcp/i.test(path)
      ? 'mcp'
      : 'config'
    : /\.prompty?$/i.test(path)
      ? 'prompt'
      : /\.(?:md|txt)$/i.test(path)
        ? 'prose'
        : 'code';

/** Hard-coded credentials of AI services. Only a redacted form leaves this file. */
export const secretsCrawler = defineCrawler<SecretFacts>({
  id: 'secrets',
  wants: (entry) => entry.size > 20 && entry.size <= MAX_SIZE && !PASS.test(entry.path),
  prefilter: (latin1) => BEGINNINGS.some((beginning) => occurs(beginning, latin1)) || occurs(NAMED, latin1) || occurs(BEARER, latin1),
  extract({ path, text }, knowledge) {
    const providers = knowledge.get(providersSection);
    const seen = new Set<string>();
    const observations: Observation[] = [];
    const services: Component[] = [];
    const { rows, lines } = rowsOf(path, text);
    const formats = secretFormats(knowledge);
    const place = placeOf(path);
    const options = {
      unquoted: place === 'config' || place === 'mcp',
      fits: (slug: string, secret: string) => {
        const own = formats.filter(({ provider }) => provider === slug);
        return own.length === 0 || own.some(({ pattern }) => secret.match(pattern)?.[0] === secret);
      },
    };
    // Made-up keys stand in tests and in prose.
    const byName = place === 'prose' || place === 'prompt' || isTestPath(path) ? undefined : namedKeys;
    for (let i = 0; i < rows.length && observations.length < MAX_FINDINGS; i += 1) {
      const row = rows[i] ?? '';
      if (row.length < 20 || row.length > MAX_LINE || !(BEGINNING.test(row) || NAMED.test(row) || BEARER.test(row))) continue;
      const keys: NamedKey[] = keysIn(rows, i, formats);
      const decoded = keys.length === 0 ? decodedIn(row) : undefined;
      if (decoded !== undefined) keys.push(...keysIn([decoded], 0, formats));
      if (keys.length === 0 && byName) keys.push(...byName(rows, i, providers, options));
      for (const { provider, secret } of keys) {
        if (seen.has(secret)) continue;
        seen.add(secret);
        const location = { path, line: lines[i] ?? i + 1 };
        observations.push({
          type: 'credential',
          location,
          crawler: 'secrets',
          confidence: 'high',
          ...(provider !== undefined && { component: `service:${provider}` }),
          facts: { detector: provider ?? 'token', redacted: redact(secret), in: place },
        });
        if (provider !== undefined && providers.bySlug(provider)?.category !== 'vector-store') {
          services.push({
            kind: 'service',
            name: provider,
            title: providers.bySlug(provider)?.name ?? provider,
            authenticated: true,
            occurrences: [{ location, technique: 'source-code-analysis', crawler: 'secrets', confidence: 'medium', symbol: 'credential' }],
          });
        }
      }
    }
    return observations.length > 0 ? { facts: { observations, services } } : {};
  },
  detect: (files) => ({
    observations: files.flatMap(({ facts }) => facts.observations),
    components: files.flatMap(({ facts }) => facts.services),
  }),
});

/** `OPENAI_API_KEY: c2stcHJvai…`: a Kubernetes Secret holds its data in base64. */
const ENCODED = /^\s*["']?[\w.-]{1,80}["']?\s*:\s*["']?([A-Za-z0-9+/]{24,1000}={0,2})["']?,?\s*$/;
function decodedIn(row: string): string | undefined {
  const text = Buffer.from(ENCODED.exec(row)?.[1] ?? '', 'base64')
    .toString('latin1')
    .trim();
  return /^[\x21-\x7e]{20,}$/.test(text) ? text : undefined;
}

/** Rows between the name of a call and an argument of it. */
const MAX_CALL_ROWS = 6;
/** Whether the row stands in the parentheses of such a call, which began on it or shortly before. */
function isArgument(call: RegExp, row: string, before: readonly string[]): boolean {
  const text = [...before.map((line) => line.slice(0, MAX_LINE)), row].join('\n');
  const last = [...text.matchAll(call)].at(-1);
  if (!last) return false;
  let depth = 1;
  for (const char of text.slice(last.index + last[0].length, text.length - row.length)) depth += char === '(' ? 1 : char === ')' ? -1 : 0;
  return depth > 0;
}

/** Rows around a key of a shared form on which its service may be named. */
const ROWS_AROUND = 3;
/** A form that several services share but that nothing else has: `sk-…`, `AIza…`. */
const HAS_PREFIX = /^(?:[a-z]{2,5}[-_]|AIza)/;

function keysIn(rows: readonly string[], index: number, formats: ReturnType<typeof secretFormats>): NamedKey[] {
  const row = rows[index] ?? '';
  const before = rows.slice(Math.max(0, index - MAX_CALL_ROWS), index);
  const found: { readonly provider: string; readonly secret: string; readonly start: number; readonly end: number }[] = [];
  const read = ({ provider, pattern, near, call }: (typeof formats)[number], beside: readonly string[], shared: boolean): void => {
    for (const match of row.matchAll(pattern)) {
      const secret = match[0];
      const start = match.index;
      const end = start + secret.length;
      // Another format already owns these characters, or the match is the middle of a longer word.
      if (
        found.some((other) => start < other.end && end > other.start) ||
        /[A-Za-z0-9]/.test(row[start - 1] ?? '') ||
        /[A-Za-z0-9]/.test(row[end] ?? '')
      )
        continue;
      if (near && !/[:=("'\s]/.test(row[start - 1] ?? ' ')) continue;
      if (shared && !HAS_PREFIX.test(secret)) continue;
      if (near && !near.test(nameable(beside)) && !(call && isArgument(call, row, before))) continue;
      if (isPlaceholderSecret(secret) || entropy(secret) < MIN_ENTROPY || (!/\d/.test(secret) && !/^(?:hf_|api_org_)/.test(secret)))
        continue;
      found.push({ provider, secret, start, end });
    }
  };
  for (const format of formats) read(format, [row], false);
  if (found.length > 0) return found;
  const around = rows.slice(Math.max(0, index - ROWS_AROUND), index + ROWS_AROUND + 1);
  for (const format of formats) if (format.near) read(format, around, true);
  return found;
}

/** Rows in which the name of a service is a word. */
const nameable = (rows: readonly string[]): string => splitCamel(rows.map((row) => row.slice(0, MAX_LINE)).join('\n'));

const NOTEBOOK = /\.ipynb$/i;

/** Rows of a text and their lines. A notebook that was saved without layout has one line: its strings are the rows. */
function rowsOf(path: string, text: string): { readonly rows: readonly string[]; readonly lines: readonly number[] } {
  const written = text.split(/\r?\n/);
  if (!NOTEBOOK.test(path)) return { rows: written, lines: written.map((_, index) => index + 1) };
  const found = written.flatMap((row, index) =>
    (row.length > MAX_LINE ? row.split('","') : [row]).map((part) => ({ row: part.replaceAll(String.raw`\"`, '"'), line: index + 1 })),
  );
  return { rows: found.map(({ row }) => row), lines: found.map(({ line }) => line) };
}
