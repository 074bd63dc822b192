import { posix } from 'node:path';
import { SMALL_FILE } from '../formats/limits.ts';
import { surveyFile, type Surveyed } from '../crawlers/artifacts/survey.ts';
import type { ByteReader } from '../core/byte-reader.ts';
import { fileCrawler } from '../crawlers/crawl-file.ts';
import { crawlers } from '../crawlers/index.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import { RegistryError } from '../registries/registry-error.ts';
import type { Source } from '../source/source.ts';
import { version } from '../version.ts';
import type { Engine } from '../workers/engine.ts';
import type { ArtifactCache } from './store.ts';

export interface RemoteEngineOptions {
  readonly source: Source;
  readonly knowledge: Knowledge;
  readonly cache?: ArtifactCache | undefined;
  /** Files in flight at once. */
  readonly concurrency: number;
  readonly now: () => number;
  /** A file that the network did not give. */
  readonly onFailure: (path: string, error: Error) => void;
}

/** Names decide how content is judged, so the same bytes under another name are another entry. */
const cacheKey = (sha256: string, path: string): string => `${version}\0${sha256}\0${posix.basename(path).toLowerCase()}`;

/** The same inspection at another path: `archive!member` begins with the path. */
function moved({ report, findings, inspection }: Surveyed, path: string): Surveyed {
  const from = report.path;
  const place = (where: string): string => (where === from ? path : where.startsWith(`${from}!`) ? path + where.slice(from.length) : where);
  const move = (all: Surveyed['findings']): Surveyed['findings'] =>
    all.map((finding) => (finding.path === undefined ? finding : { ...finding, path: place(finding.path) }));
  return { report: { ...report, path }, findings: move(findings), inspection: { ...inspection, findings: move(inspection.findings) } };
}

/**
 * The inline engine over a registry: digests are those that the registry states, deadlines do not
 * count the time of the network, and a blob that any target had before is not read again.
 */
export function remoteEngine({ source, knowledge, cache, concurrency, now, onFailure }: RemoteEngineOptions): Engine {
  async function inspect(path: string, reader: ByteReader & { readonly waited?: number }): Promise<Surveyed> {
    let failure: Error | undefined;
    const watched: ByteReader = {
      size: reader.size,
      ...(reader.stated ? { stated: reader.stated } : {}),
      async read(offset, length) {
        try {
          return await reader.read(offset, length);
        } catch (error) {
          if (
            error instanceof RegistryError ||
            (error instanceof Error && error.name === 'LimitError' && (error as Error & { limit?: string }).limit === '--max-bytes')
          )
            failure = error;
          throw error;
        }
      },
    };
    const hash = reader.stated?.sha256 !== undefined || reader.size <= SMALL_FILE;
    const surveyed = await surveyFile({ path, reader: watched }, { knowledge, hash, now: () => now() - (reader.waited ?? 0) })
      .catch((error: unknown) => {
        if (error instanceof Error) failure ??= error;
        throw error;
      })
      .finally(() => {
        if (failure) onFailure(path, failure);
      });
    const sha256 = reader.stated?.sha256;
    if (!failure && cache && sha256 !== undefined) await cache.set(cacheKey(sha256, path), surveyed);
    return surveyed;
  }
  return {
    concurrency,
    crawlFiles: fileCrawler({ source, crawlers, knowledge }),
    async survey(path) {
      const reader = await source.open(path);
      try {
        const sha256 = reader.stated?.sha256;
        const known = sha256 === undefined ? undefined : await cache?.get(cacheKey(sha256, path));
        return known && known.report.size === reader.size ? moved(known, path) : await inspect(path, reader);
      } finally {
        await reader.close?.();
      }
    },
    rest: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
