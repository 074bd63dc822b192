import type { ByteReader } from '../core/byte-reader.ts';

export interface TreeFile {
  /** Relative to the model's root, POSIX. */
  readonly path: string;
  readonly size: number;
  /** It was reached through a symbolic link. */
  readonly link?: boolean;
}

/** The files of one model as verification sees them: everything that is there, hidden files too. */
export interface ModelTree {
  readonly files: readonly TreeFile[];
  /** Links that lead outside, in circles or nowhere; devices, sockets, names that cannot be read. */
  readonly problems: readonly { readonly path: string; readonly code: 'symlink' | 'special'; readonly detail: string }[];
  open(path: string): Promise<ByteReader>;
}

/** Left out by every OMS signer, at the top level only (specification v1.0 §6.2). */
export const DEFAULT_IGNORED: readonly string[] = ['.git', '.gitattributes', '.github', '.gitignore'];

/** Component-wise: `weights` covers `weights/a.bin`, not `weights2`. */
export const covers = (pattern: string, path: string): boolean => path === pattern || path.startsWith(`${pattern}/`);
