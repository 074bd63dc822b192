import type { Source } from './source.ts';

/** A folder of a source, under the paths that its files have in the whole: links and annotations stay right. */
export function sourceWithin(source: Source, folder: string): Source {
  const prefix = folder === '' ? '' : `${folder}/`;
  const inside = (item: { readonly path: string }): boolean => item.path.startsWith(prefix);
  return {
    target: source.target,
    open: (path) => source.open(path),
    async list() {
      const { entries, skipped } = await source.list();
      return { entries: entries.filter(inside), skipped: skipped.filter(inside) };
    },
  };
}
