import type { ModelRole } from '../../core/component.ts';
import type { Recogniser } from './shapes.ts';

/** What a key says about its value. */
export interface ModelKey {
  readonly strength: 'strong' | 'weak';
  readonly role?: ModelRole;
}

export interface KeyReader {
  /** Undefined where the key does not name a model. `key` is one segment or a whole path (`spring.ai.ollama.chat.options.model`). */
  read(key: string): ModelKey | undefined;
  role(key: string): ModelRole | undefined;
  /** The key ends in a model's word and never names one (`chat_template_name`, `data_model`). */
  isNever(key: string): boolean;
}

/** Longest key that is taken apart; Kubernetes and Spring names stay far below. */
const MAX_KEY = 200;
/** Words at the end of a key that are compared with the lists; the longest entry has six. */
const MAX_WORDS = 7;

/** `embeddingModelName`, `EMBEDDING_MODEL_NAME`, `embedding-model.name` → `embedding model name`. */
export const wordsOf = (key: string): string[] =>
  key
    .slice(0, MAX_KEY)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

/** `OPENAI_MODEL_FAST`, `MODEL_CHAT`: the words behind say which of several models is meant, not what of a model. */
const slotOf = (words: readonly string[]): boolean => {
  const at = words.indexOf('model');
  return at >= 0 && at < words.length - 1 && words.slice(at + 1).every((word) => !PROPERTIES.has(word));
};
const PROPERTIES = new Set(
  'image server service path dir directory folder file url uri host port endpoint key token tokens temperature version versions type provider config configuration cache size count limit timeout class classes field fields binding format dimension dimensions prefix suffix store registry repository description card state status rate batch device dtype loader factory manager view controller attribute attributes'.split(
    ' ',
  ),
);

export function keyReader(recogniser: Recogniser): KeyReader {
  const strong = new Set(recogniser.keys.strong);
  const weak = new Set(recogniser.keys.weak);
  const never = new Set(recogniser.keys.never);
  const qualifiers = new Set(recogniser.keys.qualifiers);
  const cache = new Map<string, ModelKey | undefined>();

  const role = (words: readonly string[]): ModelRole | undefined =>
    recogniser.key_roles.find((entry) => entry.words.some((word) => words.includes(word)))?.role;

  const read = (key: string): ModelKey | undefined => {
    const words = wordsOf(key).slice(-MAX_WORDS);
    const inferred = role(words);
    const withRole = (strength: ModelKey['strength']): ModelKey => ({ strength, ...(inferred && { role: inferred }) });
    let longestWeak: number | undefined;
    for (let start = 0; start < words.length; start += 1) {
      const tail = words.slice(start).join(' ');
      if (never.has(tail)) return undefined;
      if (strong.has(tail)) return withRole('strong');
      if (longestWeak === undefined && weak.has(tail)) longestWeak = start;
    }
    if (longestWeak === undefined) return slotOf(words) ? withRole('weak') : undefined;
    return withRole(words.slice(0, longestWeak).some((word) => qualifiers.has(word)) ? 'strong' : 'weak');
  };

  return {
    read(key) {
      if (!cache.has(key)) {
        if (cache.size > 4096) cache.clear();
        cache.set(key, read(key));
      }
      return cache.get(key);
    },
    role: (key) => role(wordsOf(key)),
    isNever: (key) => {
      const words = wordsOf(key).slice(-MAX_WORDS);
      return words.some((_, start) => never.has(words.slice(start).join(' ')));
    },
  };
}
