import { mapLimit } from '../core/async.ts';
import { isCommit } from '../core/commit.ts';
import { refOf } from '../core/component.ts';
import type { Observation } from '../core/observation.ts';
import type { Report } from '../core/report.ts';
import type { Hub, HubName } from '../registries/huggingface.ts';
import { unknownRepository, type HubFile, type HubRepository } from '../registries/huggingface-facts.ts';
import type { Net } from '../registries/net.ts';
import { scan, type RegistryFacts, type Scanned } from '../scan.ts';
import { huggingFaceSource } from '../source/huggingface.ts';
import { version } from '../version.ts';
import { claimedSigner } from './claimed-signer.ts';
import type { AuditContext } from './context.ts';
import { bareReport, common, rejudge } from './judge.ts';
import { driftObservations } from './drift/index.ts';
import { remoteEngine } from './engine.ts';
import { hubDiscovery, hubIntegrity, placeOf, selfRef, type Neighbours } from './hub-discovery.ts';
import { signerOf, snapshotFiles, snapshotOf, type Snapshot, type TargetStatus } from './snapshot.ts';
import type { HubTarget } from './targets.ts';

export interface TargetOutcome {
  readonly snapshot: Snapshot;
  readonly report: Report;
  readonly reason?: string;
}

export interface Previous {
  readonly snapshot: Snapshot;
  readonly report: Report;
}

/** Base models and data sets that are looked up for one repository. */
const MAX_NEIGHBOURS = 20;
/** Files about which the hub's scanners are asked again where nothing moved. */
const MAX_ASKED = 200;

/** Audits one repository of the hub, and compares it with the last audit. */
export async function auditHub(target: HubTarget, previous: Previous | undefined, net: Net, context: AuditContext): Promise<TargetOutcome> {
  const hub = context.hub(net);
  const repo: HubName = { type: target.type, name: target.name };
  const found = await hub.repository(repo, target.revision);
  if (typeof found === 'string') return absent(target, found, previous, hub, context);
  if (found.commit === undefined) throw new Error(`${target.name}: the hub names no commit`);
  // A pin does not move; what its branch does is news.
  const pinned = isCommit(target.revision);
  const branch = pinned ? await hub.repository(repo) : found;
  const head = typeof branch === 'string' ? undefined : branch.commit;
  const current: HubName = { type: target.type, name: found.name };
  const facts: Facts = {
    hub,
    net,
    repo: current,
    repository: found,
    commit: found.commit,
    target,
    head: target.revision === undefined ? undefined : head,
  };
  const before = previous?.snapshot;
  if (
    previous &&
    before?.status === 'ok' &&
    before.tool === version &&
    before.commit === found.commit &&
    (before.id ?? found.id) === found.id
  )
    return again(facts, previous, context);
  return inspect(facts, before, context);
}

interface Facts {
  readonly hub: Hub;
  readonly net: Net;
  readonly repo: HubName;
  readonly repository: HubRepository;
  readonly commit: string;
  readonly target: HubTarget;
  readonly head: string | undefined;
}

async function neighboursOf({ hub, repository }: Facts, context: AuditContext): Promise<Neighbours> {
  const names = [
    ...repository.baseModels.map((name) => ({ type: 'model', name }) as const),
    ...repository.datasets.map((name) => ({ type: 'dataset', name }) as const),
  ];
  const found = new Map<string, HubRepository>();
  await mapLimit(names.slice(0, MAX_NEIGHBOURS), 4, async (name) => {
    const key = `${name.type}:${name.name.toLowerCase()}`;
    const asked =
      context.neighbours.get(key) ??
      hub.repository(name).then(
        (answer) => (typeof answer === 'string' ? undefined : answer),
        () => undefined,
      );
    context.neighbours.set(key, asked);
    const answer = await asked;
    if (answer) found.set(key, answer);
  });
  return found;
}

async function inspect(facts: Facts, before: Snapshot | undefined, context: AuditContext): Promise<TargetOutcome> {
  const { hub, net, repo, repository, commit, target, head } = facts;
  const files = await hub.tree(repo, commit, true);
  const source = huggingFaceSource({
    hub,
    net,
    repo,
    commit,
    files,
    ...(target.revision === undefined ? {} : { revision: target.revision }),
  });
  const failures = new Map<string, string>();
  const engine = remoteEngine({
    source,
    knowledge: context.knowledge,
    cache: context.cache,
    concurrency: context.concurrency,
    now: Date.now,
    onFailure: (path, error) => failures.set(path, error.message),
  });
  const descends =
    before?.commit !== undefined && before.commit !== commit && before.status !== 'gone' && before.id === repository.id
      ? await hub.contains(repo, commit, before.commit).catch(() => undefined)
      : undefined;
  const claimed = await claimedSigner(source, files);
  let snapshot: Snapshot | undefined;
  const compare = (scanned: Scanned): readonly Observation[] => {
    snapshot = snapshotOf({
      tool: version,
      status: failures.size > 0 ? 'partial' : 'ok',
      repository,
      revision: target.revision,
      head,
      files: snapshotFiles(files, scanned.artifacts),
      signer: signerOf(scanned.integrity, claimed),
    });
    return before ? driftObservations({ before, after: snapshot, descends }, placeOf(files), selfRef(repository)) : [];
  };
  const registry: RegistryFacts = {
    discovery: hubDiscovery(repository, files, await neighboursOf(facts, context)),
    integrity: hubIntegrity(files),
    statedDigests: true,
    compare,
  };
  const report = await scan({ source, engine, registry, ...common(context) });
  if (!snapshot) throw new Error('the scan did not compare');
  const unread = report.coverage.skipped.filter((item) => item.reason === 'unreadable' || item.reason === 'crash');
  const partial = failures.size > 0 || unread.length > 0;
  const [first] = failures;
  const reason = first
    ? `${failures.size} files could not be read, first ${first[0]}: ${first[1]}`
    : unread[0]
      ? `${unread.length} files could not be read, first ${unread[0].path}: ${unread[0].detail ?? unread[0].reason}`
      : undefined;
  return { snapshot: partial ? { ...snapshot, status: 'partial' } : snapshot, report, ...(reason === undefined ? {} : { reason }) };
}

/** Nothing was committed since: only the page of the repository and the scanners' words are looked at again. */
async function again(facts: Facts, previous: Previous, context: AuditContext): Promise<TargetOutcome> {
  const { hub, repo, repository, commit, target, head } = facts;
  const before = previous.snapshot;
  const risky = before.files.filter((file) => file.scan !== undefined && !/\.safetensors$/i.test(file.path)).map((file) => file.path);
  const scans = await hub.security(repo, commit, risky.slice(0, MAX_ASKED)).catch(() => new Map<string, string>());
  const files = before.files.map((file) => {
    const told = scans.get(file.path);
    return told === undefined ? file : { ...file, scan: told };
  });
  const snapshot = snapshotOf({ tool: version, status: 'ok', repository, revision: target.revision, head, files, signer: before.signer });
  const listed: HubFile[] = files.map(({ path, size, scan: told }) => ({ path, size, ...(told === undefined ? {} : { scan: told }) }));
  const told = hubDiscovery(repository, listed, new Map());
  const self = selfRef(repository);
  // The page's own words first: they win over those of the last audit.
  const components = [...(told.components ?? []).filter((component) => refOf(component) === self), ...previous.report.components];
  const discovery = { components, relations: previous.report.relations, observations: told.observations ?? [] };
  const report = await rejudge(
    previous.report,
    discovery,
    driftObservations({ before, after: snapshot }, placeOf(files), selfRef(repository)),
    context,
  );
  return { snapshot, report };
}

/** The hub shows nothing: told as what it is, and as a change where there was something. */
async function absent(
  target: HubTarget,
  status: Extract<TargetStatus, 'gone' | 'denied'>,
  previous: Previous | undefined,
  hub: Hub,
  context: AuditContext,
): Promise<TargetOutcome> {
  const before = previous?.snapshot;
  const repository = unknownRepository(target.type, target.name);
  // What was there stays known, so that a repository that comes back is compared with what it was.
  const snapshot: Snapshot = before
    ? { ...before, status }
    : snapshotOf({ tool: version, status, repository, revision: target.revision, files: [] });
  const changes = before ? driftObservations({ before, after: snapshot }, placeOf(before.files), selfRef(repository)) : [];
  const report = await bareReport({ name: target.name, type: 'huggingface', remote: hub.url }, {}, changes, context);
  return { snapshot, report, reason: status === 'gone' ? 'not there, or not visible without a token' : 'access is denied' };
}
