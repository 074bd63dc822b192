import { readdirSync, readFileSync } from 'node:fs';
import type { LibraryComponent } from '../../src/core/component.ts';
import { buildInventory, type Inventory } from '../../src/core/inventory.ts';
import type { Observation } from '../../src/core/observation.ts';
import type { SkippedFile } from '../../src/core/report.ts';
import { fileCrawler } from '../../src/crawlers/crawl-file.ts';
import { crawlAll } from './crawl-all.ts';
import { defineCrawler, type Crawler } from '../../src/crawlers/crawler.ts';
import { manifestCrawlers } from '../../src/crawlers/manifests/index.ts';
import { importsCrawler } from '../../src/crawlers/undeclared.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { LanguageId } from '../../src/lang/facts.ts';
import { memorySource } from '../../src/source/memory.ts';

export type Files = Readonly<Record<string, string>>;

export interface Scanned {
  readonly inventory: Inventory;
  readonly libraries: readonly LibraryComponent[];
  readonly requirements: readonly Observation[];
  readonly skipped: readonly SkippedFile[];
  /** `pypi/openai 1.2.3 runtime requirements.txt:3`; `~` before a range, `*` behind what only a lock file names, `!` behind what nothing declares. */
  readonly lines: readonly string[];
}

const LANGUAGES: readonly (readonly [RegExp, LanguageId])[] = [
  [/\.py$/, 'python'],
  [/\.(?:ts|js)$/, 'typescript'],
  [/\.go$/, 'go'],
  [/\.java$/, 'java'],
];

/** Stands in for the code crawler: one import per line, `module` or `module:name`. */
const imports = defineCrawler({
  id: 'code',
  wants: ({ path }) => LANGUAGES.some(([pattern]) => pattern.test(path)),
  extract: ({ path, text }) => ({
    facts: {
      language: LANGUAGES.find(([pattern]) => pattern.test(path))?.[1],
      imports: text.split('\n').flatMap((row, index) => {
        const [, module, name] = /^import (\S+?)(?: (\S+))?$/.exec(row) ?? [];
        return module ? [{ module, ...(name ? { name } : {}), line: index + 1 }] : [];
      }),
    },
  }),
  detect: () => ({}),
});

function lineOf(library: LibraryComponent): string {
  const version = library.version ?? (library.range === undefined ? '-' : `~${library.range}`);
  const place = library.occurrences[0]?.location;
  const mark = library.transitive ? ' *' : library.declared ? '' : ' !';
  return `${library.ecosystem}/${library.name} ${version} ${library.scope} ${place?.path ?? ''}:${place?.line ?? 0}${mark}`;
}

export async function scan(files: Files): Promise<Scanned> {
  const knowledge = loadKnowledge();
  const source = memorySource(files);
  const { entries } = await source.list();
  const crawlers = [imports as Crawler, ...manifestCrawlers, importsCrawler as Crawler];
  const result = await crawlAll({
    entries,
    crawlers,
    knowledge,
    crawlFiles: fileCrawler({ source, crawlers, knowledge }),
    concurrency: 1,
  });
  const failed = result.crawlers.filter(({ status }) => status === 'failed');
  if (failed.length > 0) throw new Error(failed.map(({ id, reason }) => `${id}: ${reason ?? ''}`).join('\n'));
  const inventory = buildInventory(result.discoveries);
  const libraries = inventory.components.filter((component) => component.kind === 'library');
  return {
    inventory,
    libraries,
    requirements: inventory.observations.filter(({ type }) => type === 'requirement'),
    skipped: result.skipped,
    lines: libraries.map(lineOf),
  };
}

/** Facts of the observation of a library at a place (`path:line`). */
export const requirementAt = (scanned: Scanned, ref: string, place: string): Observation['facts'] | undefined =>
  scanned.requirements.find(
    ({ component, location }) => component === `library:${ref}` && `${location.path}:${location.line ?? 0}` === place,
  )?.facts;

/** Every file below a folder, by path relative to it. */
export function filesOf(folder: string, prefix = ''): Files {
  return Object.fromEntries(
    readdirSync(`${folder}/${prefix}`, { withFileTypes: true }).flatMap((entry) => {
      const path = `${prefix}${entry.name}`;
      return entry.isDirectory() ? Object.entries(filesOf(folder, `${path}/`)) : [[path, readFileSync(`${folder}/${path}`, 'utf8')]];
    }),
  );
}
