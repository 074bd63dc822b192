import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { DetectRule } from '../knowledge/detect/shapes.ts';

/** The YAML files of `--rules DIR`, compiled. None without the flag. */
export async function readUserRules(directory: string | undefined): Promise<readonly DetectRule[]> {
  if (directory === undefined) return [];
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`--rules ${directory}: ${error.code === 'ENOENT' ? 'no such directory' : error.code}`);
  });
  const wanted = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  if (wanted.length === 0) throw new UserError(`--rules ${directory}: no .yaml files`);
  const files = await Promise.all(
    wanted.map(async (name) => ({ path: join(directory, name), text: await readFile(join(directory, name), 'utf8') })),
  );
  const { compileUserRules } = await import('../knowledge/detect/user-rules.ts');
  return compileUserRules(files);
}
