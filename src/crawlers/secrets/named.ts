import type { ProvidersIndex } from '../../knowledge/providers.ts';
import { splitCamel } from './formats.ts';
import { isPlaceholderSecret, looksSecret } from './redact.ts';

/** A credential that no form of its own tells, with the provider whose it is. */
export interface NamedKey {
  /** Undefined for a form that several services share, of which none is named around it. */
  readonly provider: string | undefined;
  readonly secret: string;
}

/**
 * `WEAVIATE_API_KEY=…`, `"weaviateApiKey": "…"`, `api_key: '…'`, `.apiKey("…")`, `environ["X_KEY"] = "…"`, `getenv("X_KEY", "…")`:
 * a name, and a value in quotes or, in settings, without.
 */
const GIVEN =
  /([A-Za-z_][\w-]{2,60})(?:["']?\]?\s{0,3}(?:=>|:=|[:=(])|["']\s{0,3},)\s{0,3}(?:(["'`])([A-Za-z0-9][\w.+/=-]{19,199})\2|([A-Za-z0-9][\w.+/=-]{19,199})\s*$)/g;
/** `Authorization: Bearer …`, whatever is written around it. */
export const BEARER = /\bBearer\s{1,3}[A-Za-z0-9][\w.+/=-]{19}/;
const TOKEN = /\bBearer\s{1,3}([A-Za-z0-9][\w.+/=-]{19,199})(?=["'`\\\s]|$)/g;
/** `API_KEY = "sk-…"`: what OpenAI began, DeepSeek, DashScope, Moonshot and others took over; nothing else is written like it. */
const SHARED = /(?:key|token|secret)["']?\]?\s{0,3}(?:=>|:=|[:=(])\s{0,3}["'`](sk-[A-Za-z0-9]{32,64})["'`]/gi;
/** Rows around a request's header on which its address stands. */
const ROWS_OF_REQUEST = 8;
const URL_TEXT = /\bhttps:\/\/[^\s"'`<>\\)]{4,200}/g;
/** A name that says "key" and not whose. */
const BARE = /^(?:api[-_]?key|(?:api|auth|access)[-_]?token|access[-_]?key)$/i;
/** Rows above a bare key on which its service is named: the constructor, the URL beside it. */
const ROWS_ABOVE = 3;
/** Characters of a row that are read for a service's name. */
const MAX_ROW = 500;
/** Names of services have at most so many words (`AZURE_AI_SEARCH`). */
const MAX_WORDS = 3;
/** Several words: a name that somebody thought of. */
const WORDS = /(?:^|[-_.+/=])[A-Za-z]{4,}[-_.+/=]|[-_.+/=][A-Za-z]{4,}$/;

/** What a Kubernetes Secret holds is the text in base64. */
function isEncodedPlaceholder(value: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value) || value.length % 4 !== 0) return false;
  const text = Buffer.from(value, 'base64').toString('latin1');
  return /^[\x20-\x7e]+$/.test(text) && (isPlaceholderSecret(text) || WORDS.test(text));
}

interface NamedOptions {
  /** In settings a value needs no quotes; in code that would be a variable. */
  readonly unquoted: boolean;
  /** The value has the form of the provider's keys, or they have none. */
  readonly fits: (provider: string, secret: string) => boolean;
}

/** The service that a row speaks of, by a word or some words in a row. */
function named(providers: ProvidersIndex, row: string, secret: string, options: NamedOptions): string | undefined {
  const words = splitCamel(row)
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  for (let at = 0; at < words.length; at += 1)
    for (let count = MAX_WORDS; count > 0; count -= 1) {
      const part = words.slice(at, at + count);
      if (part.join('').length < 5) continue;
      const found =
        providers.byBlock(part.join('')) ??
        providers.byBlock(part.join('').replace(/(?<=\w{4})ai$/i, '')) ??
        ofName(`${part.join('_')}_API_KEY`, providers);
      if (found !== undefined && !providers.selfHosted(found) && options.fits(found, secret)) return found;
    }
  return undefined;
}

/** Keys without a form of their own, by the name that they are given to. */
export function namedKeys(rows: readonly string[], index: number, providers: ProvidersIndex, options: NamedOptions): NamedKey[] {
  const row = rows[index] ?? '';
  const sent = [...row.matchAll(TOKEN)].flatMap(([, secret = '']): NamedKey[] => {
    if (WORDS.test(secret) || !looksSecret('bearer', secret)) return [];
    const provider = addressed(rows, index, providers);
    return provider === undefined || !options.fits(provider, secret) ? [] : [{ provider, secret }];
  });
  const given = [...row.matchAll(GIVEN)].flatMap((match): NamedKey[] => {
    const [, name = '', , quoted, plain] = match;
    const secret = quoted ?? (options.unquoted ? plain : undefined);
    if (secret === undefined || WORDS.test(secret) || !looksSecret('key', secret) || isEncodedPlaceholder(secret)) return [];
    const provider = BARE.test(name)
      ? nearest([...rows.slice(Math.max(0, index - ROWS_ABOVE), index), row.slice(0, match.index)], providers, secret, options)
      : ofName(name, providers);
    return provider === undefined || !options.fits(provider, secret) ? [] : [{ provider, secret }];
  });
  if (sent.length + given.length > 0) return [...sent, ...given];
  return [...row.matchAll(SHARED)].flatMap(([, secret = '']) => (looksSecret('key', secret) ? [{ provider: undefined, secret }] : []));
}

/** The service to whose address a request goes, by the nearest one. */
function addressed(rows: readonly string[], index: number, providers: ProvidersIndex): string | undefined {
  for (let distance = 0; distance <= ROWS_OF_REQUEST; distance += 1)
    for (const row of new Set([rows[index - distance], rows[index + distance]]))
      for (const [url] of (row ?? '').slice(0, MAX_ROW).matchAll(URL_TEXT)) {
        const found = providers.byUrl(url);
        if (found && !found.local) return found.provider;
      }
  return undefined;
}

/** `weaviateApiKey` and `weaviate-api-key` are `WEAVIATE_API_KEY`. */
function ofName(name: string, providers: ProvidersIndex): string | undefined {
  const found = providers.byEnv(splitCamel(name).replaceAll(/[ -]/g, '_').toUpperCase());
  return found?.role === 'credential' && !found.shared && !providers.selfHosted(found.provider) ? found.provider : undefined;
}

function nearest(rows: readonly string[], providers: ProvidersIndex, secret: string, options: NamedOptions): string | undefined {
  for (const row of [...rows].reverse()) {
    const found = named(providers, row.slice(0, MAX_ROW), secret, options);
    if (found !== undefined) return found;
  }
  return undefined;
}
