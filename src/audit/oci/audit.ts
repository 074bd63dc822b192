import { refOf } from '../../core/component.ts';
import type { IntegrityResult, Target as ReportTarget } from '../../core/report.ts';
import { SMALL_FILE } from '../../formats/limits.ts';
import { unknownRepository, type HubRepository } from '../../registries/huggingface-facts.ts';
import type { Net } from '../../registries/net.ts';
import type { OciReference } from '../../registries/oci/reference.ts';
import type { OciRegistry, Resolved } from '../../registries/oci/registry.ts';
import { RegistryError } from '../../registries/registry-error.ts';
import { scan, type RegistryFacts, type Scanned } from '../../scan.ts';
import { layoutOf } from '../../source/oci/layout.ts';
import { blobReader, ociSource, type OciSource } from '../../source/oci/source.ts';
import { version } from '../../version.ts';
import type { Previous, TargetOutcome } from '../audit-hub.ts';
import type { AuditContext } from '../context.ts';
import { driftObservations } from '../drift/index.ts';
import { remoteEngine } from '../engine.ts';
import { bareReport, common, rejudge } from '../judge.ts';
import { snapshotOf, type Snapshot } from '../snapshot.ts';
import type { OciTarget } from '../targets.ts';
import { discoveryOf, hostileTitles, MANIFEST, modelOf, shown } from './discovery.ts';
import { factsOf } from './facts.ts';
import { memberDigests, snapshotFiles } from './files.ts';

/** Configurations have some kilobytes; larger ones are none. */
const MAX_CONFIG = SMALL_FILE;
const LICENCE = /^(?:licen[cs]e)(?:-\d+)?(?:\.(?:md|txt))?$/i;

/** What was asked for: the pin where there is one, else the tag. */
const revisionOf = ({ tag, digest }: OciReference): string | undefined => digest ?? tag;

const digestsStated: IntegrityResult = {
  source: 'registry digests',
  subject: '.',
  status: 'unverified',
  trust: 'digest-hub',
  problems: [],
  digests: 'hub',
};

async function jsonOf(registry: OciRegistry, { manifests }: Resolved): Promise<unknown[]> {
  return Promise.all(
    manifests.map(async ({ config }) => {
      if (!config || config.size > MAX_CONFIG) return undefined;
      const reader = blobReader(registry, config);
      const bytes = Buffer.from(await reader.read(0, reader.size));
      try {
        return JSON.parse(bytes.toString('utf8')) as unknown;
      } catch {
        return undefined;
      }
    }),
  );
}

async function licenceTexts(source: OciSource): Promise<string[]> {
  const texts: string[] = [];
  for (const { path, size } of source.files.filter((file) => LICENCE.test(file.path) && file.size <= MAX_CONFIG).slice(0, 4))
    texts.push(Buffer.from(await (await source.open(path)).read(0, size)).toString('utf8'));
  return texts;
}

/** Audits one artifact of a registry, and compares it with the last audit. */
export async function auditOci(target: OciTarget, previous: Previous | undefined, net: Net, context: AuditContext): Promise<TargetOutcome> {
  const { reference } = target;
  const registry = context.oci(net, reference);
  const revision = revisionOf(reference);
  const found = await registry.resolve(revision ?? 'latest');
  const self = refOf(modelOf(target, '', { baseModels: [], datasets: [], card: {} }));
  const before = previous?.snapshot;
  const place: ReportTarget = {
    name: target.name,
    type: target.kind,
    remote: registry.url,
    ...(reference.tag === undefined ? {} : { branch: reference.tag }),
  };
  if (typeof found === 'string') {
    const repository = unknownRepository('model', shown(target));
    const snapshot: Snapshot = before
      ? { ...before, status: found }
      : snapshotOf({ tool: version, status: found, repository, revision, files: [] });
    const changes = before ? driftObservations({ before, after: snapshot }, MANIFEST, self) : [];
    const report = await bareReport(place, {}, changes, context);
    return { snapshot, report, reason: found === 'gone' ? 'not there, or not visible without credentials' : 'access is denied' };
  }
  // A pin does not move; what its tag does is news.
  const head = reference.digest !== undefined && reference.tag !== undefined ? await registry.resolve(reference.tag) : undefined;
  const state = { revision, head: typeof head === 'object' ? head.digest : undefined };
  const at = { ...place, commit: found.digest };
  if (previous && before?.status === 'ok' && before.tool === version && before.commit === found.digest) {
    const snapshot: Snapshot = { ...before, ...(state.head === undefined ? {} : { head: state.head }) };
    const { components, relations } = previous.report;
    // The names of the layers are in the manifest that we have again.
    const { hostile } = layoutOf(found.manifests);
    const discovery = { components, relations, observations: hostileTitles(hostile) };
    const changes = driftObservations({ before, after: snapshot }, MANIFEST, self);
    return { snapshot, report: await rejudge(previous.report, discovery, changes, context) };
  }
  const { layers, hostile } = layoutOf(found.manifests);
  const remaining = (): number => Math.max(0, context.maxBytes - net.transfer.bytes);
  const source = await ociSource({ registry, layers, target: at, remaining });
  const failures = new Map<string, string>();
  const facts = factsOf(found.manifests, ...(await Promise.all([jsonOf(registry, found), licenceTexts(source)]).catch(broken)));
  function broken(error: unknown): [unknown[], string[]] {
    if (!(error instanceof RegistryError || (error instanceof Error && error.name === 'LimitError'))) throw error;
    failures.set(MANIFEST, error.message);
    return [[], []];
  }
  const engine = remoteEngine({
    source,
    knowledge: context.knowledge,
    cache: context.cache,
    concurrency: context.concurrency,
    now: Date.now,
    onFailure: (path, error) => failures.set(path, error.message),
  });
  const repository: HubRepository = { ...unknownRepository('model', shown(target)), ...facts, commit: found.digest };
  const discovery = discoveryOf(target, found.digest, facts, hostile);
  const members = await memberDigests(source);
  let snapshot: Snapshot | undefined;
  const registryFacts: RegistryFacts = {
    discovery,
    integrity: [digestsStated],
    statedDigests: true,
    compare(scanned: Scanned) {
      snapshot = snapshotOf({
        tool: version,
        status: failures.size > 0 ? 'partial' : 'ok',
        repository,
        ...state,
        files: snapshotFiles(source.files, members, scanned.artifacts),
      });
      return before ? driftObservations({ before, after: snapshot }, MANIFEST, self) : [];
    },
  };
  const report = await scan({ source, engine, registry: registryFacts, ...common(context) });
  if (!snapshot) throw new Error('the scan did not compare');
  const unread = report.coverage.skipped.filter((item) => item.reason === 'unreadable' || item.reason === 'crash');
  for (const { path, detail, reason } of unread) failures.set(path, failures.get(path) ?? detail ?? reason);
  const [first] = failures;
  if (!first) return { snapshot, report };
  return {
    snapshot: { ...snapshot, status: 'partial' },
    report,
    reason: `${failures.size} files could not be read, first ${first[0]}: ${first[1]}`,
  };
}
