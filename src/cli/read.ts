import { readFile } from 'node:fs/promises';
import { UserError } from '../core/errors.ts';

/** A file that the user names. @throws UserError where it cannot be read. */
export async function readGiven(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`cannot read ${path}: ${error.code === 'ENOENT' ? 'no such file' : error.code}`);
  });
}
