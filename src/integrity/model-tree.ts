import { sliceReader, type ByteReader } from '../core/byte-reader.ts';
import { hashReader } from './hash.ts';
import type { HashName } from './oms/statement.ts';

export interface TreeFile {
  /** Relative to the model's root, POSIX. */
  readonly path: string;
  readonly size: number;
  /** It was reached through a symbolic link. */
  readonly link?: boolean;
}

/** Bytes `[start, end)` of a file. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The files of one model as verification sees them: everything that is there, hidden files too. */
export interface ModelTree {
  readonly files: readonly TreeFile[];
  /** Links that lead outside, in circles or nowhere; devices, sockets, names that cannot be read. */
  readonly problems: readonly { readonly path: string; readonly code: 'symlink' | 'special'; readonly detail: string }[];
  /** Lower-case hexadecimal, of the whole file or a part of it. Rejects where it cannot be read to its end. */
  digest(path: string, algorithm: HashName, range?: Range): Promise<string>;
}

/** Digest of a file that is opened for it. */
export async function digestOf(open: Promise<ByteReader>, algorithm: HashName, range?: Range): Promise<string> {
  const reader = await open;
  try {
    return await hashReader(range ? sliceReader(reader, range.start, range.end - range.start) : reader, algorithm);
  } finally {
    await reader.close?.();
  }
}

/** Left out by every OMS signer, at the top level only (specification v1.0 §6.2). */
export const DEFAULT_IGNORED: readonly string[] = ['.git', '.gitattributes', '.github', '.gitignore'];

/** Component-wise: `weights` covers `weights/a.bin`, not `weights2`. */
export const covers = (pattern: string, path: string): boolean => path === pattern || path.startsWith(`${pattern}/`);
