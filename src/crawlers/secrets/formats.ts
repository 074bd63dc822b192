import type { Knowledge } from '../../knowledge/knowledge.ts';
import { providersSection } from '../../knowledge/providers.ts';

export interface SecretFormat {
  readonly provider: string;
  readonly pattern: RegExp;
  /** The form is shared or plain: a name of the provider must stand on the line. */
  readonly near: RegExp | undefined;
  /** Begins a call that takes such a key: `new AzureKeyCredential(`. */
  readonly call: RegExp | undefined;
}

/** Credentials of no AI service in particular, and keys that are public by design. */
const NOT_OURS = /not AI-specific|public by design|public key|write-only|not a secret/i;
const NEEDS_NAME = /\bweak\b|\bneeds?\b|\bonly (?:with|beside)|shares|looks? alike|same form/i;

const cache = new WeakMap<Knowledge, readonly SecretFormat[]>();

/** `exaApiKey` as `exa Api Key`, so that a name is a word in every spelling of a key. */
export const splitCamel = (text: string): string => text.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2');

/** The provider's name as a whole word: `EXA_API_KEY`, `mistralai`, not the middle of `example`. Words are patterns already. */
const wordOf = (words: readonly string[]): RegExp => new RegExp(`(?<![a-z])(?:${words.join('|')})(?:[-_]?ai)?(?![a-z])`, 'i');

/** Formats of `providers.yaml`, self-evident ones first. */
export function secretFormats(knowledge: Knowledge): readonly SecretFormat[] {
  const known = cache.get(knowledge);
  if (known) return known;
  const formats = knowledge.get(providersSection).all.flatMap(({ slug, name, env, key_format: list = [] }): SecretFormat[] =>
    list.flatMap(({ regex, note = '', near: stated, call }) => {
      if (NOT_OURS.test(note)) return [];
      const words = new Set([
        slug.replaceAll('-', '[-_ ]?'),
        (name.split(/[ (]/)[0] ?? name).toLowerCase().replaceAll(/[^a-z0-9]+/g, '[-_ ]?'),
        ...(env?.credential ?? []).map((variable) => variable.toLowerCase()),
      ]);
      const names = stated === undefined ? [...words].filter((word) => word.length > 2) : [stated];
      const near = stated !== undefined || NEEDS_NAME.test(note) ? wordOf(names) : undefined;
      const taker = call === undefined ? undefined : new RegExp(String.raw`\b(?:${call})(?:<[\w., ]{1,80}>)?\(`, 'g');
      return [{ provider: slug, pattern: new RegExp(regex, 'g'), near, call: taker }];
    }),
  );
  const sorted = [...formats.filter(({ near }) => !near), ...formats.filter(({ near }) => near)];
  cache.set(knowledge, sorted);
  return sorted;
}
