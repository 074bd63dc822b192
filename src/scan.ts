import { joinServers } from './crawlers/mcp-sources.ts';
import { withOtherNames } from './crawlers/other-names.ts';
import { withWholeNames } from './crawlers/short-names.ts';
import { detectAll, readAll, type CrawlResult } from './crawlers/crawl.ts';
import { crawlers } from './crawlers/index.ts';
import { buildInventory, type Discovery } from './core/inventory.ts';
import { compareLocations } from './core/evidence.ts';
import { withFingerprints } from './core/fingerprint.ts';
import type { Observation } from './core/observation.ts';
import { REPORT_SCHEMA_VERSION, type ArtifactReport, type IntegrityResult, type Report } from './core/report.ts';
import { surveyAll, type SurveyResult } from './crawlers/artifacts/survey-all.ts';
import { checkAll } from './integrity/check-all.ts';
import type { ModelTrust } from './integrity/scan-models.ts';
import { embeddedTrustedRoot } from './integrity/trusted-root.ts';
import { advisoriesSection } from './knowledge/advisories.ts';
import type { Knowledge } from './knowledge/knowledge.ts';
import { lookUp, type AdvisoryLookup } from './registries/advisories.ts';
import { applyPolicy, emptyPolicy, type PolicyInput } from './policy/index.ts';
import { readInlineIgnores } from './policy/read-inline.ts';
import { judge } from './rules/index.ts';
import type { Entry, Source } from './source/source.ts';
import { version } from './version.ts';
import type { Engine } from './workers/engine.ts';

export type Stage = 'list' | 'crawl' | 'inspect' | 'join' | 'verify' | 'judge';

/** What the stages before the rules made of a target. */
export interface Scanned {
  readonly artifacts: readonly ArtifactReport[];
  readonly integrity: readonly IntegrityResult[];
}

/** What a registry says of a target beside its files. */
export interface RegistryFacts {
  readonly discovery: Discovery;
  readonly integrity?: readonly IntegrityResult[];
  /** Digests that the registry states stand in for those of the bytes. */
  readonly statedDigests?: boolean;
  /** What changed since the last audit, for the rules. */
  readonly compare?: (scanned: Scanned) => readonly Observation[];
}

export interface ScanOptions {
  readonly source: Source;
  readonly knowledge: Knowledge;
  readonly engine: Engine;
  /** Time of the report, and today's date for rules about dates. */
  readonly now: Date;
  /** Keep libraries that are not AI. */
  readonly allLibraries?: boolean;
  /** Whose model signatures are trusted, from the configuration. */
  readonly trust?: readonly ModelTrust[];
  /** Configuration, waivers, baseline and VEX statements; none means that every finding is open. */
  readonly policy?: Omit<PolicyInput, 'today' | 'inline'>;
  /** Honour `assay: ignore[…]` comments. Default true; a fork's code may not close its own findings. */
  readonly inline?: boolean;
  /** Advisories beside those that ship: an updated store, the OSV service. */
  readonly advisories?: AdvisoryLookup;
  /** Which rules are shown; all where absent. */
  readonly selectRule?: (ruleId: string) => boolean;
  readonly registry?: RegistryFacts;
  readonly onProgress?: (stage: Stage, done: number, total: number) => void;
}

/** What the files name and what the artifacts hold. The facts of single files are let go at its end. */
async function discover(
  { source, knowledge, engine, onProgress }: ScanOptions,
  entries: readonly Entry[],
): Promise<{ readonly crawled: CrawlResult; readonly artifacts: SurveyResult }> {
  let read = 0;
  const files = await readAll({
    entries,
    crawlFiles: engine.crawlFiles,
    concurrency: engine.concurrency,
    onFiles: (count) => onProgress?.('crawl', (read += count), entries.length),
  });
  const artifacts = await surveyAll({ source, entries, engine, onFile: (done, total) => onProgress?.('inspect', done, total) });
  // What names mean across files takes as much memory as the threads, which have done their part.
  await engine.rest();
  onProgress?.('join', 0, 0);
  return { crawled: detectAll({ entries, crawlers, knowledge }, files), artifacts };
}

/** Source → crawlers → formats → inventory → integrity → rules → report. No stage calls back. */
export async function scan(options: ScanOptions): Promise<Report> {
  const { source, knowledge, engine, onProgress } = options;
  onProgress?.('list', 0, 0);
  const { entries, skipped } = await source.list();

  const { crawled, artifacts } = await discover(options, entries);
  const discoveries = [
    ...crawled.discoveries.map((discovery) => (options.allLibraries ? discovery : onlyAi(discovery))),
    artifacts.discovery,
    ...(options.registry ? [options.registry.discovery] : []),
  ];

  onProgress?.('verify', 0, 0);
  const integrity = await checkAll({
    source,
    entries,
    unseen: skipped,
    artifacts: artifacts.surveyed.map((item) => item.report),
    trust: options.trust ?? [],
    trustedRoot: embeddedTrustedRoot,
    now: options.now,
    concurrency: engine.concurrency,
  });

  const reports = artifacts.surveyed.map((item) => item.report);
  const stated = options.registry?.statedDigests === true;
  const checked = integrity.results.map((result): IntegrityResult =>
    stated && result.signer !== undefined ? { ...result, digests: 'hub' } : result,
  );
  const verified = [...checked, ...(options.registry?.integrity ?? [])];
  const changes = options.registry?.compare?.({ artifacts: reports, integrity: verified });
  const found = withWholeNames(joinServers(changes ? [...discoveries, { observations: changes }] : discoveries));
  const inventory = buildInventory(withOtherNames(found, knowledge));

  onProgress?.('judge', 0, 0);
  const today = options.now.toISOString().slice(0, 10);
  const advisories = await lookUp(inventory, options.advisories);
  const drafts = judge({
    inventory,
    artifacts: artifacts.surveyed.map(({ report, findings }) => ({ ...report, findings })),
    integrity: verified,
    knowledge,
    today,
    ...(options.policy ? { policy: options.policy.policy } : {}),
    advisories: advisories.found,
  }).filter((draft) => options.selectRule?.(draft.ruleId) ?? true);
  const open = withFingerprints([...drafts].sort((a, b) => compareLocations(a.location, b.location) || (a.ruleId < b.ruleId ? -1 : 1)));
  const { findings, notices } = applyPolicy(
    { findings: open, components: inventory.components, artifacts: reports },
    { policy: emptyPolicy, ...options.policy, today, inline: options.inline === false ? [] : await readInlineIgnores(source, open) },
  );

  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: { name: 'assay', version, rules: version, advisories: advisories.asOf ?? knowledge.get(advisoriesSection).asOf },
    target: source.target,
    timestamp: options.now.toISOString(),
    components: inventory.components,
    relations: inventory.relations,
    artifacts: reports,
    findings,
    notices,
    integrity: verified,
    coverage: {
      filesSeen: entries.length,
      bytesSeen: entries.reduce((sum, entry) => sum + entry.size, 0),
      crawlers: [...crawled.crawlers, artifacts.coverage, integrity.coverage, ...advisories.coverage],
      skipped: [...skipped, ...crawled.skipped, ...artifacts.skipped, ...integrity.skipped].sort((a, b) =>
        a.path < b.path ? -1 : a.path > b.path ? 1 : 0,
      ),
    },
  };
}

/** A BOM of AI is not a list of all packages: libraries without a category are left out, with what is said about them. */
function onlyAi(discovery: Discovery): Discovery {
  return {
    ...discovery,
    components: (discovery.components ?? []).filter((component) => component.kind !== 'library' || component.category !== undefined),
  };
}
