import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { randomUUID } from 'node:crypto';
import { UserError } from '../core/errors.ts';
import type { GitFacts } from '../source/git.ts';
import { posixRelative } from '../source/git.ts';
import type { Source } from '../source/source.ts';

const leaves = (root: string, path: string): boolean => {
  const below = relative(root, path);
  return below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below);
};

/** The deepest directory of `path` that is there, with all links resolved. */
async function existing(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const real = await realpath(at).catch(() => undefined);
    if (real !== undefined) return real;
    if (dirname(at) === at) return at;
  }
}

/**
 * Writes a file that the workflow names. A pull request can put a symbolic link where the workflow writes its
 * report: a link in the file's place is replaced, and a folder that leads out of the workspace is refused.
 * An absolute path outside (the runner's temporary folder) is the workflow's own choice.
 * @throws UserError
 */
export async function writeReport(workspace: string, path: string, text: string): Promise<void> {
  const full = resolve(workspace, path);
  if (!leaves(workspace, full) && leaves(workspace, await existing(dirname(full))))
    throw new UserError(`${path} leads out of the workspace`);
  try {
    await mkdir(dirname(full), { recursive: true });
    const draft = join(dirname(full), `.${basename(full)}.${randomUUID()}`);
    await writeFile(draft, text, { flag: 'wx' });
    await rename(draft, full).catch(async (error: unknown) => {
      await rm(draft, { force: true });
      throw error;
    });
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

/** Reports are large, but a build machine holds them. */
const MAX_BASELINE = 256 * 1024 * 1024;

/**
 * A report that the workflow names as baseline. Where a fork's commit brings the file, it is read from the base:
 * else a stranger would say which of his findings are known.
 * @throws UserError
 */
export async function readBaseline(
  path: string,
  from: { readonly workspace: string; readonly git: GitFacts | undefined; readonly fork: boolean; readonly base: Source | undefined },
): Promise<string> {
  const full = resolve(from.workspace, path);
  const real = await realpath(full).catch(() => undefined);
  const names = [full, ...(real === undefined ? [] : [real])].map((name) => posixRelative(from.workspace, name));
  // An index that cannot be read may hold everything.
  const committed = from.git !== undefined && (from.git.tracked === undefined || names.some((name) => isTracked(name, from.git?.tracked)));
  if (from.fork && committed) {
    const reader = await from.base?.open(names[0] ?? path).catch(() => undefined);
    if (!reader) throw new UserError(`baseline ${path} comes from the fork and is not in the base`);
    return Buffer.from(await reader.read(0, Math.min(reader.size, MAX_BASELINE))).toString('utf8');
  }
  if (real === undefined) throw new UserError(`baseline ${path} does not exist`);
  if (!leaves(from.workspace, full) && leaves(from.workspace, real)) throw new UserError(`baseline ${path} leads out of the workspace`);
  return readFile(real, 'utf8');
}

/** The path, or a link above it, is in the index. */
function isTracked(path: string, tracked: ReadonlySet<string> | undefined): boolean {
  const parts = path.split('/');
  return parts.some((_, i) => tracked?.has(parts.slice(0, i + 1).join('/')) === true);
}
