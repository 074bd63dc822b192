import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { MAX_INDEX_SIZE, readTrackedPaths } from './git-index.ts';

/** Refs and configuration are small text; anything larger is not what git writes. */
const MAX_META_SIZE = 16 * 1024 * 1024;

export interface GitFacts {
  /** Work tree root, absolute. */
  readonly root: string;
  readonly gitDir: string;
  /** Where objects and shared refs are: `gitDir` itself but in a linked work tree. */
  readonly commonDir: string;
  /** Commit of a full ref name (`refs/heads/main`). Annotated tags are not followed. */
  resolveRef(name: string): Promise<string | undefined>;
  readonly commit?: string;
  readonly branch?: string;
  /** URL of `origin` (else of the first remote) without credentials. */
  readonly remote?: string;
  /** Paths in the index, relative to the work tree; undefined where the index could not be read. */
  readonly tracked: ReadonlySet<string> | undefined;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > MAX_META_SIZE) return undefined;
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** `.git` is a directory, or in a linked work tree a file that names one which names it back. */
async function gitDirOf(root: string): Promise<{ gitDir: string; commonDir: string } | undefined> {
  const dotGit = join(root, '.git');
  const info = await stat(dotGit).catch(() => undefined);
  if (info?.isDirectory()) return { gitDir: dotGit, commonDir: dotGit };
  if (!info?.isFile()) return undefined;
  const link = /^gitdir: (.+?)\s*$/m.exec((await readText(dotGit)) ?? '')?.[1];
  if (link === undefined) return undefined;
  const gitDir = resolve(root, link);
  // A scanned repository could point anywhere: believe it only if git's own back link agrees.
  const back = (await readText(join(gitDir, 'gitdir')))?.trim();
  if (back === undefined || resolve(gitDir, back) !== dotGit) return undefined;
  const common = (await readText(join(gitDir, 'commondir')))?.trim();
  return { gitDir, commonDir: common === undefined ? gitDir : resolve(gitDir, common) };
}

const HASH = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

async function headOf(gitDir: string, commonDir: string): Promise<{ commit?: string; branch?: string }> {
  const head = (await readText(join(gitDir, 'HEAD')))?.trim() ?? '';
  if (HASH.test(head)) return { commit: head };
  const ref = /^ref: (refs\/[\w./@+-]+)$/.exec(head)?.[1];
  if (ref === undefined || ref.split('/').includes('..')) return {};
  const branch = ref.replace(/^refs\/heads\//, '');
  const commit = await resolveRef(gitDir, commonDir, ref);
  return commit === undefined ? { branch } : { commit, branch };
}

async function resolveRef(gitDir: string, commonDir: string, ref: string): Promise<string | undefined> {
  if (!/^refs\/[\w./@+-]+$/.test(ref) || ref.split('/').includes('..')) return undefined;
  const loose = ((await readText(join(gitDir, ref))) ?? (await readText(join(commonDir, ref))))?.trim();
  if (loose !== undefined && HASH.test(loose)) return loose;
  for (const line of ((await readText(join(commonDir, 'packed-refs'))) ?? '').split('\n')) {
    const [hash, name] = line.split(' ');
    if (name === ref && hash !== undefined && HASH.test(hash)) return hash;
  }
  return undefined;
}

/** Remote URL without user and password; undefined where it is not a URL that can be shown. */
export function cleanRemote(url: string): string | undefined {
  const scp = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)([\w./~-]+?)$/.exec(url);
  if (scp) return `https://${scp[1]}/${scp[2]?.replace(/\.git$/, '')}`;
  try {
    const parsed = new URL(url);
    if (!['https:', 'http:', 'ssh:', 'git:'].includes(parsed.protocol)) return undefined;
    parsed.username = '';
    parsed.password = '';
    parsed.search = '';
    parsed.hash = '';
    return parsed.href.replace(/\.git$/, '').replace(/^(?:ssh|git):/, 'https:');
  } catch {
    return undefined;
  }
}

function remoteOf(config: string): string | undefined {
  let section = '';
  let first: string | undefined;
  for (const line of config.split('\n')) {
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) section = header;
    const url = section.startsWith('remote ') ? /^\s*url\s*=\s*(.+?)\s*$/.exec(line)?.[1] : undefined;
    if (url === undefined) continue;
    if (section === 'remote "origin"') return cleanRemote(url);
    first ??= cleanRemote(url);
  }
  return first;
}

/** Looks for a work tree at `start` or above. Reads files; git itself is never run. */
export async function readGit(start: string): Promise<GitFacts | undefined> {
  for (let root = resolve(start); ; root = dirname(root)) {
    const dirs = await gitDirOf(root);
    if (dirs) {
      const config = (await readText(join(dirs.commonDir, 'config'))) ?? '';
      const remote = remoteOf(config);
      return {
        root,
        ...dirs,
        resolveRef: (name) => resolveRef(dirs.gitDir, dirs.commonDir, name),
        ...(await headOf(dirs.gitDir, dirs.commonDir)),
        ...(remote === undefined ? {} : { remote }),
        tracked: await trackedOf(dirs.gitDir),
      };
    }
    if (dirname(root) === root) return undefined;
  }
}

async function trackedOf(gitDir: string): Promise<Set<string> | undefined> {
  try {
    const path = join(gitDir, 'index');
    if ((await stat(path)).size > MAX_INDEX_SIZE) return undefined;
    return readTrackedPaths(await readFile(path));
  } catch (error) {
    // A repository without an index tracks nothing yet; a damaged one hides nothing.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Set() : undefined;
  }
}

/** `path` below `root` with POSIX separators, '' for the root itself. */
export const posixRelative = (root: string, path: string): string => relative(root, path).split(sep).join('/');
