import { bytesReader } from '../core/byte-reader.ts';
import type { Source } from './source.ts';

/** A target whose files are given as a map from path to content. */
export function memorySource(files: Readonly<Record<string, string | Uint8Array>>, name = 'memory'): Source {
  const contents = new Map(
    Object.entries(files).map(([path, content]) => [path, typeof content === 'string' ? Buffer.from(content) : content]),
  );
  return {
    target: { name, type: 'directory' },
    list: () =>
      Promise.resolve({
        entries: [...contents].map(([path, bytes]) => ({ path, size: bytes.length })).sort((a, b) => (a.path < b.path ? -1 : 1)),
        skipped: [],
      }),
    open(path) {
      const bytes = contents.get(path);
      return bytes ? Promise.resolve(bytesReader(bytes)) : Promise.reject(new Error(`no such file: ${path}`));
    },
  };
}
