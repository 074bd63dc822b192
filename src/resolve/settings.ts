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

/** Whether a key path that is read means one that is set, both normal: all of the shorter path must agree, and a lone `name` or `path` is no path. */
export function agrees(set: readonly string[], wanted: readonly string[]): boolean {
  const overlap = Math.min(set.length, wanted.length);
  return overlap >= (GENERIC.has(wanted.at(-1) ?? '') ? 2 : 1) && set.slice(-overlap).join('.') === wanted.slice(-overlap).join('.');
}

const valueOf = (setting: Setting): Value => ({
  text: setting.value,
  location: setting.location,
  exact: true,
  indirect: true,
  key: setting.name,
  setting,
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
    env: (name) => (env.get(name.toUpperCase()) ?? []).slice(0, MAX_MATCHES).map(valueOf),
    key(path) {
      const last = normalKey(path.at(-1) ?? '');
      const wanted = path.map(normalKey);
      const found = (keys.get(last) ?? []).filter((setting) => agrees(setting.name.split(/[.:]/).map(normalKey), wanted));
      return found.length > MAX_MATCHES ? [] : found.map(valueOf);
    },
  };
}

const GENERIC = new Set(['name', 'path', 'id', 'type', 'value', 'default', 'url', 'key', 'version', 'model']);
