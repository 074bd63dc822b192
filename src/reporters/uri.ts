import { isCommit } from '../core/commit.ts';
import type { Location } from '../core/evidence.ts';
import type { Report, Target } from '../core/report.ts';

/** A path as a relative URI reference: each segment percent-encoded, so that no name looks like a scheme, query or fragment. */
export const pathUri = (path: string): string =>
  path
    .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`))
    .join('/');

/**
 * The file in the tree that holds a location: of `archive!member` the archive. A `!` in an ordinary name
 * is told apart by the artifacts that the report knows.
 */
export function fileOf(report: Report): (location: Location) => { readonly file: string; readonly member?: string } {
  const artifacts = new Set(report.artifacts.map((artifact) => artifact.path));
  return ({ path }) => {
    for (let at = path.indexOf('!'); at > 0; at = path.indexOf('!', at + 1)) {
      if (artifacts.has(path.slice(0, at))) return { file: path.slice(0, at), member: path.slice(at + 1) };
    }
    return { file: path };
  };
}

const GITHUB = /^(?:https:\/\/|ssh:\/\/git@|git@)github\.com[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/;

/** `owner/name` of a remote on github.com. */
export function githubOf({ remote }: Target): { readonly owner: string; readonly name: string } | undefined {
  const [, owner, name] = GITHUB.exec(remote ?? '') ?? [];
  return owner === undefined || name === undefined ? undefined : { owner, name };
}

/** Page of a line at the scanned commit; `undefined` where remote or commit are not known. */
export function permalink(target: Target, file: string, line?: number): string | undefined {
  const repository = githubOf(target);
  if (repository === undefined || !isCommit(target.commit)) return undefined;
  return `https://github.com/${repository.owner}/${repository.name}/blob/${target.commit}/${pathUri(file)}${line === undefined ? '' : `#L${line}`}`;
}
