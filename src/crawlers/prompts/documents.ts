import type { Project } from '../crawler.ts';

const PAGE = /\.(?:mdx?|markdown|rst|adoc|html?)$/i;
const SOURCE = /\.(?:py|ipynb|[cm]?[jt]sx?|vue|svelte|java|kt|scala|go|cs|rs|rb|php|swift|dart|r|jl|cpp|cc|c|sh|ps1)$/i;
/** What makes a site of pages is no program. */
const OF_SITE =
  /(?:^|\/)\.(?:vitepress|vuepress|docz|docusaurus)\/|(?:^|\/)(?:docusaurus|astro|vitepress|nextra|gatsby-)[\w.-]*config\.[cm]?[jt]s$|(?:^|\/)(?:sidebars\.[cm]?[jt]s|theme\.config\.[jt]sx?)$/;
/** Fewer pages are notes beside prompts, not a site. */
const MIN_PAGES = 10;
/** Folders above a file that are looked at; the root of the target holds everything. */
const MAX_FOLDERS = 4;

interface Count {
  pages: number;
  sources: number;
}

const foldersOf = (path: string): string[] => {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
};

/** Files in folders named for prompts tell nothing about what stands around them. */
const PROMPTS = /(?:^|[/_-])prompts?(?:[-_]\w+)?\//i;

/**
 * Whether a file lies in a tree of documents: a folder above it holds many pages and no program.
 * Copies of manuals have pages and folders named for prompts; nothing sends those to a model.
 */
export function documentsTest(project: Project): (path: string) => boolean {
  const counts = new Map<string, Count>();
  for (const { path } of project.entries) {
    const page = PAGE.test(path) && !PROMPTS.test(path);
    if (!page && (!SOURCE.test(path) || OF_SITE.test(path))) continue;
    for (const folder of foldersOf(path)) {
      const count = counts.get(folder) ?? { pages: 0, sources: 0 };
      if (page) count.pages += 1;
      else count.sources += 1;
      counts.set(folder, count);
    }
  }
  return (path) =>
    foldersOf(path)
      .slice(0, MAX_FOLDERS)
      .some((folder) => {
        const count = counts.get(folder);
        return count !== undefined && count.sources === 0 && count.pages >= MIN_PAGES;
      });
}
