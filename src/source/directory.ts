import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import type { ByteReader } from '../core/byte-reader.ts';
import { UserError } from '../core/errors.ts';
import type { SkippedFile, SkipReason, Target } from '../core/report.ts';
import { committedBlobs } from './committed.ts';
import { posixRelative, readGit, type GitFacts } from './git.ts';
import type { Entry, Listing, Source } from './source.ts';

/** Deeper trees are not written by people; a hostile one must not exhaust the stack or the path buffer. */
export const MAX_DEPTH = 100;
/** More files than any known monorepo has; the rest is listed as skipped. */
export const MAX_FILES = 2_000_000;
/** Version-control stores: their content is history, not the tree. */
const STORES = new Set(['.git', '.hg', '.svn', '.jj']);
/** Installed dependencies: other people's code, described by manifests and lock files. */
export const INSTALLED: ReadonlySet<string> = new Set(['node_modules', '__pycache__', 'site-packages', '.venv', 'venv', '.tox', '.nox']);

export interface DirectoryOptions {
  /** Honour `.gitignore` for files that git does not track, and leave out installed dependencies. Default true. */
  readonly gitignore?: boolean;
  /** Additional patterns in `.gitignore` syntax, relative to the target. */
  readonly exclude?: readonly string[];
}

interface Layer {
  readonly base: string;
  readonly rules: Ignore;
}

/**
 * A checkout on disk. Symbolic links are entries only where they lead to a file inside the target;
 * links to directories are not followed (the directory is walked under its own name), so a walk
 * cannot leave the target or run in circles.
 * @throws UserError where the target is missing, unreadable or no directory.
 */
export async function directorySource(path: string, options: DirectoryOptions = {}): Promise<Source> {
  const root = await realpath(resolve(path)).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(error.code === 'ENOENT' ? `no such file or directory: ${path}` : `cannot open ${path}: ${error.code}`);
  });
  const info = await stat(root);
  if (!info.isDirectory()) throw new UserError(`not a directory: ${path} (use "assay inspect" for a single model file)`);
  const git = options.gitignore === false ? undefined : await readGit(root);
  const facts = git ?? (await readGit(root));
  return {
    target: targetOf(root, facts),
    list: () => new Walk(root, git, options).run(),
    open: (file) => fileReaderInside(root, file),
    ...(facts ? { committed: committedBlobs(facts, root) } : {}),
  };
}

function targetOf(root: string, git: GitFacts | undefined): Target {
  const name = git?.remote !== undefined && git.root === root ? git.remote.replace(/^https?:\/\/[^/]+\//, '') : basename(root);
  return {
    name: name === '' ? 'root' : name,
    type: 'directory',
    ...(git?.commit === undefined ? {} : { commit: git.commit }),
    ...(git?.branch === undefined ? {} : { branch: git.branch }),
    ...(git?.remote === undefined ? {} : { remote: git.remote }),
  };
}

class Walk {
  private readonly entries: Entry[] = [];
  private readonly skipped: SkippedFile[] = [];
  private readonly exclude: Ignore | undefined;
  /** Path of the target below the git root, with a slash behind it, or ''. */
  private readonly prefix: string;
  private readonly trackedDirectories = new Set<string>();
  private readonly root: string;
  private readonly git: GitFacts | undefined;
  private readonly options: DirectoryOptions;

  constructor(root: string, git: GitFacts | undefined, options: DirectoryOptions) {
    this.root = root;
    this.git = git;
    this.options = options;
    this.exclude = options.exclude?.length ? ignore().add([...options.exclude]) : undefined;
    const below = git ? posixRelative(git.root, root) : '';
    this.prefix = below === '' ? '' : `${below}/`;
    for (const path of git?.tracked ?? []) {
      for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
        const directory = path.slice(0, at);
        if (this.trackedDirectories.has(directory)) break;
        this.trackedDirectories.add(directory);
      }
    }
  }

  async run(): Promise<Listing> {
    await this.visit('', await this.outerLayers(), 0);
    const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
    return { entries: this.entries.sort(byPath), skipped: this.skipped.sort(byPath) };
  }

  /** Patterns above the target: `.git/info/exclude` and the `.gitignore` files from the work tree's root down. */
  private async outerLayers(): Promise<Layer[]> {
    if (!this.git) return [];
    const layers: Layer[] = [];
    const info = await readRules(join(this.git.gitDir, 'info/exclude'));
    if (info) layers.push({ base: '', rules: info });
    const parts = this.prefix.split('/').filter(Boolean);
    for (let depth = 0; depth < parts.length; depth++) {
      const base = parts.slice(0, depth).join('/');
      const rules = await readRules(join(this.git.root, base, '.gitignore'));
      if (rules) layers.push({ base: base === '' ? '' : `${base}/`, rules });
    }
    return layers;
  }

  private skip(path: string, reason: SkipReason, detail?: string): void {
    this.skipped.push(detail === undefined ? { path, reason } : { path, reason, detail });
  }

  private async visit(directory: string, outer: readonly Layer[], depth: number): Promise<void> {
    if (depth > MAX_DEPTH) return this.skip(directory, 'depth', `more than ${MAX_DEPTH} directories deep`);
    const full = join(this.root, directory);
    const found = await readdir(full, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      this.skip(directory === '' ? '.' : directory, 'unreadable', error.code);
      return [];
    });
    let layers = outer;
    if (this.git && found.some((item) => item.name === '.gitignore' && item.isFile())) {
      const rules = await readRules(join(full, '.gitignore'));
      if (rules) layers = [...outer, { base: `${this.prefix}${directory === '' ? '' : `${directory}/`}`, rules }];
    }
    if (this.options.gitignore !== false && directory !== '' && found.some((item) => item.name === 'pyvenv.cfg')) {
      return this.skip(directory, 'excluded', 'Python virtual environment');
    }
    for (const item of found) {
      const path = directory === '' ? item.name : `${directory}/${item.name}`;
      if (item.isDirectory()) {
        if (STORES.has(item.name)) continue;
        if (this.isExcluded(`${path}/`)) this.skip(path, 'excluded', 'excluded by option or configuration');
        else if (this.options.gitignore !== false && INSTALLED.has(item.name)) this.skip(path, 'excluded', 'installed dependencies');
        else if (!this.trackedDirectories.has(`${this.prefix}${path}`) && this.isIgnored(`${path}/`, layers))
          this.skip(path, 'excluded', 'ignored by git and not tracked');
        else await this.visit(path, layers, depth + 1);
      } else await this.visitFile(path, item, layers);
    }
  }

  private async visitFile(path: string, item: { isFile(): boolean; isSymbolicLink(): boolean }, layers: readonly Layer[]): Promise<void> {
    if (this.isExcluded(path)) return this.skip(path, 'excluded', 'excluded by option or configuration');
    if (!this.git?.tracked?.has(`${this.prefix}${path}`) && this.isIgnored(path, layers))
      return this.skip(path, 'excluded', 'ignored by git and not tracked');
    if (!item.isFile() && !item.isSymbolicLink()) return this.skip(path, 'special-file');
    if (this.entries.length >= MAX_FILES) return this.skip(path, 'limit', `more than ${MAX_FILES} files`);
    try {
      const full = join(this.root, path);
      if (item.isSymbolicLink()) {
        const target = await realpath(full);
        if (!isInside(this.root, target)) return this.skip(path, 'symlink-outside');
        const info = await stat(target);
        // The directory behind a link is walked under its own name.
        if (info.isFile()) this.entries.push({ path, size: info.size });
        // Blocks: a trip to the thread pool for each of some thousand files takes a tenth of a scan.
      } else this.entries.push({ path, size: lstatSync(full).size });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Node shows a name that is no UTF-8 with U+FFFD, and then cannot find it.
      const reason = code === 'ELOOP' ? 'symlink-cycle' : code === 'ENOENT' && path.includes('�') ? 'invalid-name' : 'unreadable';
      this.skip(path, reason, code);
    }
  }

  private isExcluded(path: string): boolean {
    return this.exclude?.ignores(path) ?? false;
  }

  /** Innermost layer that has a say wins, as in git. Without a readable index nothing is ignored: a payload must not hide behind it. */
  private isIgnored(path: string, layers: readonly Layer[]): boolean {
    if (!this.git?.tracked) return false;
    const full = `${this.prefix}${path}`;
    for (let i = layers.length - 1; i >= 0; i--) {
      const layer = layers[i];
      if (!layer || !full.startsWith(layer.base)) continue;
      const verdict = layer.rules.test(full.slice(layer.base.length));
      if (verdict.ignored || verdict.unignored) return verdict.ignored;
    }
    return false;
  }
}

/** `.gitignore` files are short; a larger one is not honoured. */
const MAX_IGNORE_FILE = 1024 * 1024;

async function readRules(path: string): Promise<Ignore | undefined> {
  try {
    const info = await lstat(path);
    if (!info.isFile() || info.size > MAX_IGNORE_FILE) return undefined;
    return ignore().add(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const isBelow = (root: string, path: string): boolean => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);

/** `models--owner--name/snapshots/<commit>` of a Hugging Face cache is all links into `models--owner--name/blobs`. */
export function blobStore(root: string): string | undefined {
  for (let at = root; dirname(at) !== at; at = dirname(at)) {
    if (basename(dirname(at)) !== 'snapshots') continue;
    const home = dirname(dirname(at));
    return /^(?:models|datasets|spaces)--/.test(basename(home)) ? join(home, 'blobs') : undefined;
  }
  return undefined;
}

/** Whether a resolved path belongs to the target: below it, or where its cache keeps the content. */
function isInside(root: string, path: string): boolean {
  if (isBelow(root, path)) return true;
  const blobs = blobStore(root);
  return blobs !== undefined && isBelow(blobs, path);
}

/** Real paths of directories, by path: most files of a scan share few directories. */
const directories = new Map<string, Promise<string>>();
/** Directories remembered; a hostile tree must not fill the memory with names. */
const MAX_REMEMBERED = 10_000;

function realDirectory(path: string): Promise<string> {
  const known = directories.get(path);
  if (known) return known;
  if (directories.size >= MAX_REMEMBERED) directories.clear();
  const found = realpath(path);
  directories.set(path, found);
  found.catch(() => directories.delete(path));
  return found;
}

/**
 * Opens a file for random access. The tree may have changed since the walk: the directory is
 * resolved, and a link is followed only after it was resolved to a place inside.
 */
export async function fileReaderInside(root: string, path: string): Promise<ByteReader> {
  const full = join(root, path);
  const directory = await realDirectory(dirname(full));
  if (!isInside(root, directory)) throw new Error('leads outside the target');
  try {
    return await fileReader(join(directory, basename(full)), constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error;
  }
  const real = await realpath(full);
  if (!isInside(root, real)) throw new Error('leads outside the target');
  return fileReader(real, constants.O_NOFOLLOW);
}

/**
 * A reader over one regular file. `flags` are added to those of `open(2)`. Its calls block: a scan
 * opens thousands of small files, and four trips to a thread pool cost more than reading one.
 */
export function fileReader(path: string, flags = 0): Promise<ByteReader> {
  return Promise.resolve().then(() => openReader(path, flags));
}

function openReader(path: string, flags: number): ByteReader {
  // O_NONBLOCK: a FIFO put in the file's place must not block the scan.
  const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  const info = fstatSync(handle);
  let closed = false;
  const close = (): Promise<void> => {
    if (!closed) closeSync(handle);
    closed = true;
    return Promise.resolve();
  };
  if (!info.isFile()) {
    void close();
    throw new Error('not a regular file');
  }
  return {
    size: info.size,
    read: (offset, length) => Promise.resolve().then(() => readPart(handle, offset, Math.max(0, Math.min(length, info.size - offset)))),
    close,
  };
}

function readPart(handle: number, offset: number, length: number): Uint8Array {
  const buffer = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const count = readSync(handle, buffer, done, length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  return done === length ? buffer : buffer.subarray(0, done);
}
