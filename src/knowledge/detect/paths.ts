/** Canonical spelling of callee paths: `::` and `\` are dots, Go major versions are gone. */
export const canonicalPath = (path: string): string =>
  path
    .replaceAll('::', '.')
    .replaceAll('\\', '.')
    .replaceAll(/\/v\d+(?=[/#]|$)/g, '');

/** Last name of a path: what a call is looked up by. */
export function lastName(path: string): string {
  let end = path.length;
  while (path.endsWith('()', end)) end -= 2;
  let start = end;
  while (start > 0 && !SEPARATORS.has(path[start - 1] ?? '')) start--;
  return path.slice(start, end);
}
const SEPARATORS = new Set(['.', '#', '/', ' ']);

export interface Pattern {
  readonly prefix: string;
  readonly suffix: string;
}

/** `a.**.b` as prefix and suffix; undefined for an exact path. */
export function wildcard(path: string): Pattern | undefined {
  const at = path.indexOf('**');
  if (at < 0) return undefined;
  return { prefix: path.slice(0, at).replace(/[.#/]$/, ''), suffix: path.slice(at + 2).replace(/^[.#]/, '') };
}

const isBoundary = (char: string | undefined): boolean =>
  char === undefined || char === '.' || char === '#' || char === '/' || char === '(';

/** Whether a path is `prefix`, anything, `suffix`, at name boundaries. */
export function matchesPattern(path: string, { prefix, suffix }: Pattern): boolean {
  if (prefix !== '' && !(path.startsWith(prefix) && isBoundary(path[prefix.length]))) return false;
  if (!path.endsWith(suffix) || path.length < prefix.length + suffix.length) return false;
  const before = path[path.length - suffix.length - 1];
  return before === undefined || before === '.' || before === '#';
}
