/** What a registry asks for: RFC 9110, 11.6.1, as https://distribution.github.io/distribution/spec/auth/token/ uses it. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string };

/** Honest challenges have some 200 characters. */
const MAX_HEADER = 4096;
const PARAMETER = /([A-Za-z_]{1,32})=(?:"([^"\\]{0,2048})"|([^\s",]{1,2048}))/y;

/** The first challenge that we can answer. */
export function parseChallenge(header: string | null): Challenge | undefined {
  if (header === null || header.length > MAX_HEADER) return undefined;
  const scheme = /^\s*(Bearer|Basic)(?:\s+|$)/i.exec(header);
  if (!scheme) return undefined;
  if (scheme[1]?.toLowerCase() === 'basic') return { scheme: 'basic' };
  const values = new Map<string, string>();
  PARAMETER.lastIndex = scheme[0].length;
  for (let match = PARAMETER.exec(header); match; match = PARAMETER.exec(header)) {
    const [, name = '', quoted, bare = ''] = match;
    if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), quoted ?? bare);
    while (header[PARAMETER.lastIndex] === ',' || header[PARAMETER.lastIndex] === ' ') PARAMETER.lastIndex += 1;
  }
  const realm = values.get('realm');
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  const service = values.get('service');
  const scope = values.get('scope');
  return { scheme: 'bearer', realm, ...(service === undefined ? {} : { service }), ...(scope === undefined ? {} : { scope }) };
}
