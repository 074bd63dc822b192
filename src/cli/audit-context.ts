import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bomTargets } from '../audit/bom.ts';
import type { AuditContext } from '../audit/context.ts';
import { expandTargets } from '../audit/expand.ts';
import type { AuditStore } from '../audit/store.ts';
import { keyOf, parseTarget, targetOfKey, type Target } from '../audit/targets.ts';
import { UserError } from '../core/errors.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import { findTrust } from '../policy/find.ts';
import { cacheDirectory } from '../registries/advisory-store.ts';
import { apiUrlOf, createGitHubRegistry } from '../registries/github.ts';
import { createHub } from '../registries/huggingface.ts';
import { dockerCredentials } from '../registries/oci/credentials.ts';
import { createOciRegistry } from '../registries/oci/registry.ts';
import { Net } from '../registries/net.ts';
import { localPace, type Pace } from '../registries/pace.ts';
import { RegistryError } from '../registries/registry-error.ts';
import { memorySource } from '../source/memory.ts';
import type { AuditFlags, ScanFlags } from './flags.ts';
import { loadPolicy, ruleSelector } from './policy.ts';
import { readGiven } from './read.ts';

/** Headers, directories and pickles of the largest honest repositories stay far below. */
const DEFAULT_MAX_BYTES = 256e6;
/** Files of one target in flight at once. */
const FILES = 4;

const stateDirectory = (flags: Pick<AuditFlags, 'state'>): string => flags.state ?? join(cacheDirectory(process.env), 'audit');

/** `GH_HOST` as `gh` reads it; a URL stands for itself. */
export const githubApi = (): string => apiUrlOf(process.env['GITHUB_API_URL'] ?? process.env['GH_HOST']);

/** Credentials for registries, as `docker login` leaves them; `DOCKER_AUTH_CONFIG` is what CI systems give. */
async function dockerConfig(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (env['DOCKER_AUTH_CONFIG'] !== undefined) return env['DOCKER_AUTH_CONFIG'];
  return readFile(join(env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'config.json'), 'utf8').catch(() => undefined);
}

interface ContextOptions {
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
