import { createHash } from 'node:crypto';

/** Characters of a secret that may be shown: enough to find it, too few to use it. */
const SHOWN = 4;
const DIGEST = 12;

/** First four characters and a digest; the same secret always gives the same text. */
export const redact = (secret: string): string =>
  `${secret.slice(0, SHOWN)}…sha256:${createHash('sha256').update(secret).digest('hex').slice(0, DIGEST)}`;

const PLACEHOLDER =
  /^$|[<>{}$%*]|x{4,}|\.\.\.|…|0{6,}|1234567|abcdef|abc[-_]?123|(?:key|token|secret)[-_]?here|^(?:sk|hf|pk|key|token|api)[-_]?(?:key|token|xxx|test|\.+)?$/i;
/** Words that begin a part of a placeholder. */
const TALKS =
  /^(?:your|my|the|some|example|sample|dummy|fake|test|placeholder|change|insert|replace|todo|redacted|secret|password|none|null|empty|ollama|not(?:needed|required|used|set)?$)/i;
/** A word, not a piece of a key that begins like one (`MYx7Q…`). */
const WORD = /^(?:[a-z]+|[A-Z][a-z]+|[A-Z]+)$/;

/** A value that stands for a secret in an example, a template or a local set-up. */
export const isPlaceholderSecret = (value: string): boolean =>
  PLACEHOLDER.test(value) || new Set(value).size < 6 || value.split(/[^A-Za-z0-9]+/).some((part) => TALKS.test(part) && WORD.test(part));

/** Bits per character. Keys made by machines have more than 3.5, words and paths less. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const SECRET_KEY = /(?:key|token|secret|passw(?:or)?d|authorization|credential|bearer)/i;

/** The secret of a header, without the word that says how it is used. */
export const withoutScheme = (value: string): string => value.replace(/^(?:Bearer|Basic|token)\s+/i, '').trim();

/** A value given to a secret's name, or one that begins as keys do, that is neither a reference nor a placeholder. */
export function looksSecret(key: string, value: string): boolean {
  const text = withoutScheme(value);
  if (text.length < 16 || text.length > 512 || /\s|^[/.~]|^https?:/.test(text) || isPlaceholderSecret(text)) return false;
  const prefixed = /^(?:sk-|sk_|hf_|ghp_|github_pat_|gsk_|xai-|AIza|pplx-|nvapi-|r8_|pcsk_|tvly-|fc-|sntrys_|xox[bp]-|glpat-|eyJ)/.test(
    text,
  );
  return prefixed ? entropy(text) > 3 : SECRET_KEY.test(key) && entropy(text) > 3.3 && /\d/.test(text) && /[a-z]/i.test(text);
}
