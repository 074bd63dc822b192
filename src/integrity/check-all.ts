import { mapLimit } from '../core/async.ts';
import type { ArtifactReport, CrawlerCoverage, IntegrityResult, SkippedFile } from '../core/report.ts';
import type { Entry, Source } from '../source/source.ts';
import { hashReader } from './hash.ts';
import { MAX_BUNDLE_SIZE } from './oms/bundle.ts';
import { checkSignature, isBundleName, type ModelCheck } from './scan-models.ts';
import { c2paResults } from './sources/c2pa.ts';
import { integritySources } from './sources/index.ts';
import type { CheckContext, DigestName } from './sources/source.ts';

/** Every signature may make the verifier read a whole model: a target with more of them is not honest. */
const MAX_SIGNATURES = 200;

export interface IntegrityStage {
  readonly results: readonly IntegrityResult[];
  readonly coverage: CrawlerCoverage;
  readonly skipped: readonly SkippedFile[];
}

export interface CheckAllOptions extends ModelCheck {
  readonly source: Source;
  readonly entries: readonly Entry[];
  /** What the walk passed over: a signed model is not whole where something in it was not looked at. */
  readonly unseen?: readonly SkippedFile[];
  /** What inspection made of the weights; their digests are not computed again. */
  readonly artifacts: readonly ArtifactReport[];
}

function contextOf({ source, entries, artifacts, unseen }: CheckAllOptions): CheckContext {
  const known = new Map(artifacts.map(({ path, sha256 }) => [path, sha256]));
  const sizes = new Map(entries.map((entry) => [entry.path, entry.size]));
  const digests = new Map<string, Promise<string>>();
  const compute = async (path: string, algorithm: DigestName): Promise<string> => {
    const reader = await source.open(path);
    try {
      return await hashReader(reader, algorithm);
    } finally {
      await reader.close?.();
    }
  };
  return {
    entries,
    unseen: unseen ?? [],
    has: (path) => sizes.has(path),
    size: (path) => sizes.get(path),
    open: (path) => source.open(path),
    committed: source.committed?.bind(source),
    digest(path, algorithm) {
      const sha256 = algorithm === 'sha256' ? known.get(path) : undefined;
      if (sha256 !== undefined) return Promise.resolve(sha256);
      const key = `${algorithm}\0${path}`;
      const running = digests.get(key) ?? compute(path, algorithm);
      digests.set(key, running);
      return running;
    },
  };
}

/** Everything in the target that says what its files should be, compared with what they are. */
export async function checkAll(options: CheckAllOptions): Promise<IntegrityStage> {
  const context = contextOf(options);
  const skipped: SkippedFile[] = [];
  let files = 0;
  let signatures = 0;
  const results = await mapLimit(options.entries, options.concurrency, async (entry) => {
    const sources = integritySources.filter((source) => source.wants(entry));
    const bundle = isBundleName(entry.path) && entry.size <= MAX_BUNDLE_SIZE;
    if (sources.length === 0 && !bundle) return [];
    files++;
    if (bundle && ++signatures > MAX_SIGNATURES) {
      skipped.push({ path: entry.path, reason: 'limit', detail: `more than ${MAX_SIGNATURES} signatures in one target` });
      return [];
    }
    try {
      const bytes = await readBytes(options.source, entry.path);
      const found: IntegrityResult[] = [];
      for (const source of sources) found.push(...(await source.check({ path: entry.path, bytes }, context)));
      const signature = bundle ? await checkSignature({ path: entry.path, bytes }, context, options) : undefined;
      return signature ? [...found, signature] : found;
    } catch (error) {
      skipped.push({ path: entry.path, reason: 'unreadable', detail: error instanceof Error ? error.message : String(error) });
      return [];
    }
  });
  return {
    results: [...results.flat(), ...c2paResults(options.artifacts)],
    coverage: {
      id: 'integrity',
      status: skipped.length === 0 ? 'ok' : 'partial',
      files,
      ...(skipped.length === 0 ? {} : { reason: `${skipped.length} files could not be read` }),
    },
    skipped,
  };
}

async function readBytes(source: Source, path: string): Promise<Buffer> {
  const reader = await source.open(path);
  try {
    return Buffer.from(await reader.read(0, reader.size));
  } finally {
    await reader.close?.();
  }
}
