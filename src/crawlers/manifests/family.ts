import { LimitError, ParseError } from '../../core/errors.ts';
import type { SkippedFile } from '../../core/report.ts';
import { defineCrawler, type Crawler, type FileFacts, type Project } from '../crawler.ts';
import { assemble } from './assemble.ts';
import { join } from './join.ts';
import { MAX_LOCK, MAX_MANIFEST } from './limits.ts';
import type { ManifestFacts, Resolution } from './model.ts';
import { nameOf } from './paths.ts';
import type { ManifestReader } from './reader.ts';

/** What one file says; several readers may look at the same file. */
export type FileManifests = readonly ManifestFacts[];

/** Manifests of one ecosystem: readers of single files, and how the files say one thing together. */
export interface ManifestFamily {
  readonly id: string;
  readonly readers: readonly ManifestReader[];
  /** Fills in what stands in another file (properties, catalogues, includes) before locks are joined. */
  readonly relate?: (files: readonly FileFacts<ManifestFacts>[], project: Project) => readonly FileFacts<ManifestFacts>[];
}

/** Vendored trees carry the manifests of other projects. */
const VENDORED =
  /(?:^|\/)(?:node_modules|bower_components|site-packages|\.venv|venv|\.tox|\.nox|__pycache__|third_party\/python|Pods|Carthage\/Checkouts|\.terraform|\.git)\//;

function readWith(reader: ManifestReader, text: string, path: string): ManifestFacts | SkippedFile {
  const limit = reader.large ? MAX_LOCK : MAX_MANIFEST;
  if (text.length > limit) return { path, reason: 'too-large', detail: `${reader.id}: ${text.length} characters` };
  try {
    return reader.read(text, path);
  } catch (error) {
    if (error instanceof LimitError) return { path, reason: 'limit', detail: `${reader.id}: ${error.message}` };
    if (error instanceof ParseError) return { path, reason: 'syntax-error', detail: `${reader.id}: ${error.message}` };
    throw error;
  }
}

export function manifestCrawler(family: ManifestFamily): Crawler<FileManifests> {
  const matching = (path: string, size = 0): ManifestReader[] => {
    if (VENDORED.test(path)) return [];
    const name = nameOf(path);
    return family.readers.filter((reader) => reader.matches(path, name, size));
  };
  return defineCrawler<FileManifests>({
    id: family.id,
    wants: (entry) => matching(entry.path, entry.size).length > 0,
    maxSize: MAX_LOCK,
    prefilter: (latin1, path) => matching(path).some((reader) => reader.prefilter?.(latin1, path) ?? true),
    extract(file) {
      const facts: ManifestFacts[] = [];
      const skipped: SkippedFile[] = [];
      for (const reader of matching(file.path)) {
        if (reader.prefilter && !reader.prefilter(file.text, file.path)) continue;
        const result = readWith(reader, file.text, file.path);
        if ('reason' in result) skipped.push(result);
        else facts.push(result);
      }
      return { ...(facts.length > 0 ? { facts } : {}), ...(skipped.length > 0 ? { skipped } : {}) };
    },
    detect(files, project) {
      const flat = files.flatMap(({ path, facts }) => facts.map((manifest) => ({ path, facts: manifest })));
      const related = family.relate?.(flat, project) ?? flat;
      const resolution: Resolution = join(related);
      return assemble(family.id, resolution, project);
    },
  });
}
