/** Directory of a POSIX path; `` for the root. */
export const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Folder, its parent, … up to the root. */
export function* ancestorsOf(folder: string): Generator<string> {
  for (let here = folder; ; here = folderOf(here)) {
    yield here;
    if (here === '') return;
  }
}

/** `target` as seen from `folder`; nothing where it leaves the tree or is no relative path. */
export function joinPath(folder: string, target: string): string | undefined {
  if (target.startsWith('/') || /^[\w+]+:/.test(target) || target.length > 1000) return undefined;
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of target.split(/[/\\]/)) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else parts.push(part);
  }
  return parts.join('/');
}

const APART =
  /(?:^|\/)(?:tests?|testing|__tests__|spec|docs?|documentation|website|benchmarks?|testdata|fixtures?|third[_-]?party|vendor|external|\.github|\.devcontainer)(?:\/|$)/i;
/** Folders whose manifests are not what gets deployed. */
export const isApart = (path: string): boolean => APART.test(folderOf(path));
