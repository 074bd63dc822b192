import { isObject } from '../../core/json.ts';

/** Value of `Authorization: Basic` for a host; `undefined` for a host that none was given for. */
export type Credentials = (host: string) => string | undefined;

export const noCredentials: Credentials = () => undefined;

/** Docker Hub stands in these files under the address of its first API. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'registry-1.docker.io': ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io'],
};

/**
 * Credentials of Docker's `config.json`, which every client of registries reads and writes. Each belongs to
 * its host and goes nowhere else. Helper programs (`credHelpers`) are not run.
 */
export function dockerCredentials(text: string | undefined): Credentials {
  let json: unknown;
  try {
    json = JSON.parse(text ?? '{}');
  } catch {
    return noCredentials;
  }
  const auths = isObject(json) && isObject(json['auths']) ? json['auths'] : {};
  const known = new Map(
    Object.entries(auths).flatMap(([host, entry]) => {
      const auth = isObject(entry) ? entry['auth'] : undefined;
      return typeof auth === 'string' && /^[A-Za-z0-9+/]{4,8192}={0,2}$/.test(auth) ? [[host, auth] as const] : [];
    }),
  );
  return (host) =>
    [host, `https://${host}`, `https://${host}/`, ...(KEYS[host] ?? [])].map((key) => known.get(key)).find((auth) => auth !== undefined);
}
