import type { Setting } from '../core/setting.ts';
import type { Value } from './value.ts';

/** Names outside the code, joined with what the code reads. */
export interface SettingsIndex {
  env(name: string): readonly Value[];
  /** A key path read from configuration; matches keys that end with it. */
  key(path: readonly string[]): readonly Value[];
}

/** A key that many files define (translations, per-tenant overrides) says nothing about one read. */
const MAX_MATCHES = 8;

/** `chat-model`, `chat_model` and `chatModel` are one key. */
export const normalKey = (key: string): string => key.toLowerCase().replaceAll(/[-_]/g, '');

/** Names at the end of two normal key paths that agree; 0 where not all of the shorter one do: a lone `name` or `path` is no path. */
function agreement(set: readonly string[], wanted: readonly string[]): number {
  const overlap = Math.min(set.length, wanted.length);
  return overlap >= (GENERIC.has(wanted.at(-1) ?? '') ? 2 : 1) && set.slice(-overlap).join('.') === wanted.slice(-overlap).join('.')
    ? overlap
    : 0;
}

/** Whether a key path that is read means one that is set, both normal. */
export const agrees = (set: readonly string[], wanted: readonly string[]): boolean => agreement(set, wanted) > 0;

const valueOf = (setting: Setting, overlap = 1): Value => ({
  text: setting.value,
  location: setting.location,
  exact: true,
  indirect: true,
  key: setting.name,
  setting,
  ...(overlap > 1 ? { precise: true } : {}),
});

export function indexSettings(settings: readonly Setting[]): SettingsIndex {
  const env = new Map<string, Setting[]>();
  /** By last segment. */
  const keys = new Map<string, Setting[]>();
  const add = (map: Map<string, Setting[]>, key: string, setting: Setting): void => {
    const list = map.get(key);
    if (list) list.push(setting);
    else map.set(key, [setting]);
  };
  for (const setting of settings) {
    if (setting.value === '') continue;
    if (setting.scope === 'env') add(env, setting.name.toUpperCase(), setting);
    else add(keys, normalKey(setting.name.split(/[.:]/).at(-1) ?? ''), setting);
  }
  return {
    env: (name) => (env.get(name.toUpperCase()) ?? []).slice(0, MAX_MATCHES).map((setting) => valueOf(setting)),
    key(path) {
      const wanted = path.map(normalKey);
      const found = (keys.get(wanted.at(-1) ?? '') ?? []).flatMap((setting) => {
        const parts = setting.name.split(/[.:]/).map(normalKey);
        // `model/small.yaml` of a configuration group is read as `cfg.model` (Hydra).
        const overlap = agreement(parts, wanted) || agreement([normalKey(folderOf(setting.location.path)), ...parts], wanted);
        return overlap > 0 ? [{ setting, overlap }] : [];
      });
      // Where a key has the whole path, one that only ends like it is another.
      const whole = found.filter(({ overlap }) => overlap > 1 && overlap === wanted.length);
      const meant = whole.length > 0 ? whole : found;
      return meant.length > MAX_MATCHES ? [] : meant.map(({ setting, overlap }) => valueOf(setting, overlap));
    },
  };
}

const folderOf = (path: string): string => path.split('/').at(-2) ?? '';

const GENERIC = new Set(['name', 'path', 'id', 'type', 'value', 'default', 'url', 'key', 'version', 'model']);
