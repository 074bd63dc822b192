import type { Context } from './context.ts';

/** A folder that only a running program knows: `%kernel.project_dir%/`, `${root}/`, `{DATA_DIR}/`, `$HERE/`, `@/`. */
const LEAD = /^(?:%[\w.]+%|\$?\{[^{}]{0,80}\}{1,2}|\$\w+|@)\//;

const clean = (text: string): string | undefined => {
  const path = text
    .trim()
    .replace(LEAD, '')
    .replaceAll('\\', '/')
    .replace(/^file:(?:\/\/)?/, '')
    .replace(/^(?:classpath:)\/?/, '');
  if (path === '' || path.length > 300 || /[*?<>|{}$\n]/.test(path) || /^[a-z]+:\/\//i.test(path)) return undefined;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.length > 0 ? parts.join('/') : undefined;
};

/** Folders whose content is addressed without their name. */
const ROOTS = ['src/main/resources/', 'src/main/resources/templates/', 'resources/', 'public/', 'src/', 'app/', 'data/', 'static/'];

/** Paths of the tree that a path may mean: from a file's folder and its parents up to the root, each with its resource folders. */
function* candidates(path: string, from: { readonly path: string }): Generator<string> {
  for (let folder = parent(from.path); folder !== undefined; folder = parent(folder)) {
    for (const root of ['', ...ROOTS]) yield `${folder === '' ? '' : `${folder}/`}${root}${path}`;
    if (folder === '') break;
  }
}

/**
 * The file of the tree that a path in code means: from the file's folder and its parents up to
 * the root, then under resource folders, then the one file that ends so.
 */
export function fileOf(context: Context, text: string, from: { readonly path: string }): string | undefined {
  const path = clean(text);
  if (path === undefined) return undefined;
  const { project } = context;
  for (const candidate of candidates(path, from)) if (project.has(candidate)) return candidate;
  const tail = context.byName.get(path.slice(path.lastIndexOf('/') + 1)) ?? [];
  const matches = tail.filter((entry) => entry === path || entry.endsWith(`/${path}`));
  if (matches.length === 1) return matches[0];
  // The author's file system does not tell upper case from lower: one file of the tree has this path but for that.
  const folded = context.byFoldedPath.get(path.toLowerCase());
  if (matches.length === 0 && folded !== undefined) return folded;
  // An absolute path of the author's machine (Colab, Kaggle): the longest end of it that the tree has, or the lone file of that name.
  if (/^[/~]|^[A-Za-z]:/.test(text)) {
    const parts = path.split('/');
    for (let index = 1; index < parts.length; index += 1) {
      const end = parts.slice(index).join('/');
      if (project.has(end)) return end;
    }
  }
  return /^[/~]|^[A-Za-z]:/.test(text) && tail.length === 1 ? tail[0] : undefined;
}

const parent = (path: string): string | undefined =>
  path === '' ? undefined : path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';

/** The folder, one of some, that a path in code means, from the file's folder and its parents up to the root. */
export function folderOf(folders: ReadonlySet<string>, text: string, from: { readonly path: string }): string | undefined {
  const path = clean(text);
  if (path === undefined) return undefined;
  for (const candidate of candidates(path, from)) if (folders.has(candidate)) return candidate;
  return undefined;
}
