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

const normal = (key: string): string => key.toLowerCase().replaceAll(/[-_]/g, '');

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
    else add(keys, normal(setting.name.split(/[.:]/).at(-1) ?? ''), setting);
  }
  return {
    env: (name) => (env.get(name.toUpperCase()) ?? []).slice(0, MAX_MATCHES).map(valueOf),
    key(path) {
      const last = normal(path.at(-1) ?? '');
      const wanted = path.map(normal);
      const found = (keys.get(last) ?? []).filter((setting) => {
        const parts = setting.name.split(/[.:]/).map(normal);
        const overlap = Math.min(parts.length, wanted.length);
        // All of the shorter path must agree, and a lone `name` or `path` is no path.
        return overlap >= (GENERIC.has(last) ? 2 : 1) && parts.slice(-overlap).join('.') === wanted.slice(-overlap).join('.');
      });
      return found.length > MAX_MATCHES ? [] : found.map(valueOf);
    },
  };
}

const GENERIC = new Set(['name', 'path', 'id', 'type', 'value', 'default', 'url', 'key', 'version', 'model']);
