import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runAudit } from '../audit/run.ts';
import { auditTarget } from '../audit/audit-target.ts';
import { bomTargets } from '../audit/bom.ts';
import { bomReport } from '../audit/bom-report.ts';
import type { AuditContext } from '../audit/context.ts';
import { expandTargets } from '../audit/expand.ts';
import { fileIssue } from '../audit/issue.ts';
import { mergeReports } from '../audit/merge.ts';
import type { AuditRecord, AuditStore } from '../audit/store.ts';
import { FORMS, isTarget, keyOf, parseTarget, targetOfKey, type Target } from '../audit/targets.ts';
import { UserError } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import { DEFAULT_FAIL_ON, exitCodeOf } from '../policy/index.ts';
import { cacheDirectory } from '../registries/advisory-store.ts';
import { apiUrlOf, createGitHubRegistry } from '../registries/github.ts';
import { createHub } from '../registries/huggingface.ts';
import { dockerCredentials } from '../registries/oci/credentials.ts';
import { createOciRegistry } from '../registries/oci/registry.ts';
import { Net } from '../registries/net.ts';
import { localPace, type Pace } from '../registries/pace.ts';
import { RegistryError } from '../registries/registry-error.ts';
import { loadTexts } from '../reporters/text/load-texts.ts';
import { visible } from '../reporters/text/visible.ts';
import { memorySource } from '../source/memory.ts';
import type { AuditFlags, ScanFlags } from './flags.ts';
import { EXIT } from './exit.ts';
import { parseOutput, printText, reportTime, writeOutputs } from './output.ts';
import { loadPolicy, ruleSelector } from './policy.ts';
import { readGiven } from './read.ts';
import { describeCoverage } from './verbose.ts';
import { findTrust } from '../policy/find.ts';
import { setTimeout as sleep } from 'node:timers/promises';

/** Headers, directories and pickles of the largest honest repositories stay far below. */
export const DEFAULT_MAX_BYTES = 256e6;
const DEFAULT_JOBS = 4;
/** Files of one target in flight at once. */
const FILES = 4;

export const stateDirectory = (flags: Pick<AuditFlags, 'state'>): string => flags.state ?? join(cacheDirectory(process.env), 'audit');

/** `GH_HOST` as `gh` reads it; a URL stands for itself. */
const githubApi = (): string => apiUrlOf(process.env['GITHUB_API_URL'] ?? process.env['GH_HOST']);

/** Credentials for registries, as `docker login` leaves them; `DOCKER_AUTH_CONFIG` is what CI systems give. */
async function dockerConfig(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (env['DOCKER_AUTH_CONFIG'] !== undefined) return env['DOCKER_AUTH_CONFIG'];
  return readFile(join(env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'config.json'), 'utf8').catch(() => undefined);
}

export interface ContextOptions {
  readonly flags: Pick<AuditFlags, 'maxBytes' | 'rate' | 'offline' | 'rule' | 'excludeRule' | 'config' | 'waivers' | 'baseline' | 'vex'>;
  readonly knowledge: Knowledge;
  readonly now: () => Date;
  readonly store?: AuditStore;
  readonly pace?: Pace;
  readonly signal?: AbortSignal;
}

/** What all targets share, from flags and environment. */
export async function auditContext({ flags, knowledge, now, store, pace, signal }: ContextOptions): Promise<AuditContext> {
  if (flags.offline === true) throw new UserError('--offline: registries are on the network');
  const { env } = process;
  const wait = (milliseconds: number): Promise<unknown> => sleep(milliseconds, undefined, signal ? { signal } : {});
  const net = new Net({
    wait,
    pace: pace ?? localPace({ now: Date.now, wait, ...(flags.rate === undefined ? {} : { rate: flags.rate }) }),
    ...(signal ? { signal } : {}),
  });
  const credentials = dockerCredentials(await dockerConfig(env));
  const policySource = memorySource({});
  const policy = await loadPolicy(
    policySource,
    { ...flags, config: typeof flags.config === 'string' ? flags.config : false } as ScanFlags,
    knowledge,
  );
  return {
    knowledge,
    now,
    net,
    hub: (connection) =>
      createHub({
        net: connection,
        ...(env['HF_ENDPOINT'] === undefined ? {} : { hubUrl: env['HF_ENDPOINT'] }),
        ...(env['HF_TOKEN'] === undefined ? {} : { token: env['HF_TOKEN'] }),
      }),
    github: (connection) =>
      createGitHubRegistry({
        net: connection,
        apiUrl: githubApi(),
        ...(env['GITHUB_TOKEN'] === undefined ? {} : { token: env['GITHUB_TOKEN'] }),
      }),
    oci: (connection, reference) =>
      createOciRegistry(reference, {
        net: connection,
        credentials,
        ...(env['OLLAMA_REGISTRY'] === undefined ? {} : { ollamaUrl: env['OLLAMA_REGISTRY'] }),
      }),
    ...(store ? { cache: store.artifacts } : {}),
    neighbours: new Map(),
    concurrency: FILES,
    maxBytes: flags.maxBytes ?? DEFAULT_MAX_BYTES,
    policy,
    trust: await findTrust(policySource, policy.policy),
    selectRule: ruleSelector(flags, knowledge),
  };
}

/** Rendered as every other report. */
async function publish(report: Report, flags: AuditFlags | ScanFlags, { knowledge, policy }: AuditContext): Promise<number> {
  await writeOutputs(report, flags, {
    specVersion: flags.specVersion,
    showSuppressed: flags.showSuppressed === true,
    validate: flags.validate === true,
    texts: loadTexts(knowledge),
    ...(flags.minSeverity === undefined ? {} : { minSeverity: flags.minSeverity }),
    ...(flags.minConfidence === undefined ? {} : { minConfidence: flags.minConfidence }),
  });
  return exitCodeOf(report, flags.failOn ?? policy?.policy?.failOn ?? DEFAULT_FAIL_ON);
}

/** `assay scan hf://…` and `assay scan github:…`: one repository, nothing remembered. */
export async function runRemoteScan(spec: string, flags: ScanFlags): Promise<number> {
  for (const output of flags.output ?? []) parseOutput(output);
  const target = parseTarget(spec);
  if (!isTarget(target)) throw new UserError(`${spec} names more than one repository: use "assay audit ${spec}"`);
  const knowledge = loadKnowledge();
  const time = reportTime();
  const context = await auditContext({ flags: flags as AuditFlags, knowledge, now: () => time });
  const { entry, report } = await auditTarget(target, 'scan', undefined, context);
  if (entry.status !== 'ok' && entry.status !== 'partial') throw new UserError(`${keyOf(target)}: ${entry.reason ?? entry.status}`);
  if (flags.quiet !== true)
    note(
      `${keyOf(target)}: ${entry.requests} requests, ${entry.bytes} bytes${entry.reason === undefined ? '' : `; ${visible(entry.reason)}`}`,
    );
  if (flags.verbose === true) for (const line of describeCoverage(report)) note(line);
  return publish(report, flags, context);
}

const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

export const isPostgres = (url: string | undefined): url is string => url !== undefined && /^postgres(?:ql)?:\/\//.test(url);

export async function openStore(flags: Pick<AuditFlags, 'state' | 'store'>, readOnly = false): Promise<AuditStore> {
  if (flags.store === undefined) return (await import('../audit/directory-store.ts')).directoryStore(stateDirectory(flags), { readOnly });
  if (!isPostgres(flags.store)) throw new UserError('--store is a postgres:// URL; a directory is given with --state');
  return (await import('../audit/postgres/open.ts')).openPostgresStore(flags.store);
}

/** Everything that the user means, as keys of targets. */
export async function expandSpecs(specs: readonly string[], context: AuditContext, known: readonly string[]): Promise<string[]> {
  const parsed = specs.map(parseTarget);
  try {
    const targets = await expandTargets(
      parsed,
      {
        hub: context.hub(context.net),
        github: context.github(context.net),
        bom: async (path): Promise<readonly Target[]> => bomTargets((await readGiven(path)).toString('utf8'), path).targets,
      },
      known.map(targetOfKey),
    );
    return targets.map(keyOf);
  } catch (error) {
    if (error instanceof RegistryError) throw new UserError(error.message);
    throw error;
  }
}

const folderOf = (key: string): string =>
  key
    .replace(/^hf:\/\//, '')
    .replace(/^(?:github|ollama|oci):/, '')
    .replaceAll(/[@:]/g, '/');

/** `assay audit <target…>`. */
export async function runAuditCommand(specs: readonly string[], flags: AuditFlags): Promise<number> {
  if (specs.length === 0) throw new UserError(`name a target: ${FORMS}`);
  for (const output of flags.output ?? []) parseOutput(output);
  const parsed = specs.map(parseTarget);
  const knowledge = loadKnowledge();
  const stop = new AbortController();
  const interrupted = (): void => stop.abort(new Error('interrupted'));
  const time = reportTime();
  const store = await openStore(flags, flags.dryRun === true);
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const context = await auditContext({ flags, knowledge, now: () => time, store, signal: stop.signal });
    const known = (await store.fleet()).map(({ target }) => target);
    if (flags.dryRun === true) {
      for (const key of await expandSpecs(specs, context, known)) await printText(key);
      return EXIT.ok;
    }
    if (isPostgres(flags.store)) return await (await import('./audit-queue.ts')).enqueue(specs, flags, context);
    const records: AuditRecord[] = [];
    const result = await runAudit({
      id: `${time.toISOString()}-${process.pid}`,
      specs,
      targets: () => expandSpecs(specs, context, known),
      store,
      context,
      jobs: flags.jobs ?? DEFAULT_JOBS,
      signal: stop.signal,
      onDone: ({ entry }, done, total) => {
        if (flags.quiet !== true)
          note(
            `[${done}/${total}] ${entry.target}: ${entry.status}${entry.reason === undefined ? '' : ` (${visible(entry.reason)})`}, ${entry.drift} changes, ${entry.bytes} bytes`,
          );
      },
    });
    if (!result.finished) throw new UserError('interrupted; the same command goes on where it ended');
    for (const key of result.targets) {
      const record = await store.last(key);
      if (record) records.push(record);
    }
    const boms: (readonly [string, Report])[] = [];
    for (const spec of parsed)
      if (spec.kind === 'bom')
        boms.push([
          'services',
          await bomReport(bomTargets((await readGiven(spec.path)).toString('utf8'), spec.path).components, spec.path, context),
        ]);
    const report = mergeReports(
      specs.join(' '),
      [...records.map((record) => [folderOf(record.entry.target), record.report] as const), ...boms],
      time,
    );
    if (flags.quiet !== true)
      note(`${records.length} targets, ${context.net.transfer.requests} requests, ${context.net.transfer.bytes} bytes`);
    const code = await publish(report, flags, context);
    if (flags.issue !== undefined)
      note(
        await fileIssue(flags.issue, specs, report, {
          apiUrl: githubApi(),
          token: process.env['GITHUB_TOKEN'],
          texts: loadTexts(knowledge),
        }),
      );
    // What could not be audited is not known to be clean.
    return records.some(({ entry }) => entry.status === 'failed') && code === EXIT.ok ? EXIT.error : code;
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await store.close();
  }
}
