import { createHash } from 'node:crypto';
import type { GitHubRepository } from '../registries/github.ts';
import { unknownRepository, type HubRepository } from '../registries/huggingface-facts.ts';
import type { Net } from '../registries/net.ts';
import { scan, type Scanned } from '../scan.ts';
import type { Source } from '../source/source.ts';
import { tarballSource } from '../source/tarball.ts';
import { version } from '../version.ts';
import { inlineEngine } from '../workers/engine.ts';
import type { Previous, TargetOutcome } from './audit-hub.ts';
import { bareReport, common, rejudge } from './judge.ts';
import type { AuditContext } from './context.ts';
import { driftObservations } from './drift/index.ts';
import { placeOf } from './hub-discovery.ts';
import { signerOf, snapshotOf, type Snapshot, type SnapshotFile } from './snapshot.ts';
import type { GitHubTarget } from './targets.ts';

const facts = (repository: GitHubRepository): HubRepository => ({
  type: 'model',
  name: repository.name,
  id: repository.id,
  owner: repository.owner,
  createdAt: repository.createdAt,
  commit: repository.commit,
  private: repository.private,
  gated: 'false',
  disabled: repository.disabled,
  tags: [],
  baseModels: [],
  datasets: [],
  ...(repository.licence === undefined ? {} : { licence: repository.licence }),
});

/** Names and digests as git knows them. */
async function filesOf(source: Source, scanned: Scanned): Promise<SnapshotFile[]> {
  const reports = new Map(scanned.artifacts.map((artifact) => [artifact.path, artifact]));
  const { entries } = await source.list();
  const files: SnapshotFile[] = [];
  for (const { path, size } of entries) {
    const reader = await source.open(path);
    const digest = createHash('sha1')
      .update(`blob ${size}\0`)
      .update(await reader.read(0, size))
      .digest('hex');
    const report = reports.get(path);
    files.push({ path, size, digest: `git:${digest}`, ...(report ? { format: report.format, verdict: report.verdict } : {}) });
  }
  return files;
}

/** Audits one repository of GitHub: its files come as one archive that is read in memory. */
export async function auditGitHub(
  target: GitHubTarget,
  previous: Previous | undefined,
  net: Net,
  context: AuditContext,
): Promise<TargetOutcome> {
  const github = context.github(net);
  const before = previous?.snapshot;
  const found = await github.repository(target.name, target.revision);
  if (typeof found === 'string') {
    const snapshot: Snapshot = before
      ? { ...before, status: found }
      : {
          ...snapshotOf({
            tool: version,
            status: found,
            repository: unknownRepository('model', target.name),
            revision: target.revision,
            files: [],
          }),
          type: 'repository',
        };
    const changes = before ? driftObservations({ before, after: snapshot }, placeOf(before.files)) : [];
    const report = await bareReport({ name: target.name, type: 'github', remote: github.url }, {}, changes, context);
    return { snapshot, report, reason: found === 'gone' ? 'not there, or not visible without a token' : 'access is denied' };
  }
  const made = (files: readonly SnapshotFile[], signer: Snapshot['signer']): Snapshot => ({
    ...snapshotOf({ tool: version, status: 'ok', repository: facts(found), revision: target.revision, files, signer }),
    type: 'repository',
  });
  if (previous && before?.status === 'ok' && before.tool === version && before.commit === found.commit && before.id === found.id) {
    const snapshot = made(before.files, before.signer);
    const discovery = { components: previous.report.components, relations: previous.report.relations };
    return {
      snapshot,
      report: await rejudge(previous.report, discovery, driftObservations({ before, after: snapshot }, placeOf(before.files)), context),
    };
  }
  const archive = await github.tarball(found.name, found.commit);
  const source = await tarballSource((archive.body ?? []) as AsyncIterable<Uint8Array>, {
    name: found.name,
    type: 'github',
    commit: found.commit,
    ...(target.revision === undefined ? { branch: found.defaultBranch } : {}),
    remote: `${github.url}/repos/${found.name}`,
  });
  const descends =
    before?.commit !== undefined && before.commit !== found.commit && before.id === found.id
      ? await github.contains(found.name, found.commit, before.commit).catch(() => undefined)
      : undefined;
  const engine = inlineEngine({ source, knowledge: context.knowledge, hash: true, now: Date.now });
  const { entries } = await source.list();
  let scanned: Scanned | undefined;
  const first = await scan({
    source,
    engine,
    registry: {
      discovery: {},
      compare(result) {
        scanned = result;
        return [];
      },
    },
    ...common(context),
  });
  const snapshot = made(scanned ? await filesOf(source, scanned) : [], signerOf(first.integrity));
  if (!before) return { snapshot, report: first };
  const changes = driftObservations({ before, after: snapshot, descends }, placeOf(entries));
  if (changes.length === 0) return { snapshot, report: first };
  return { snapshot, report: await rejudge(first, { components: first.components, relations: first.relations }, changes, context) };
}
