import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { ModelTrust } from '../integrity/scan-models.ts';
import { findingsSection } from '../knowledge/findings.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import { emptyPolicy, parseBaseline, parseVex, type Policy, type PolicyInput } from '../policy/index.ts';
import { parsePolicy, parseWaivers, POLICY_PATHS } from '../policy/parse.ts';
import { modelTrust } from '../policy/trust.ts';
import type { ScanFlags } from './flags.ts';
import { readGiven } from './read.ts';

const text = async (path: string): Promise<string> => (await readGiven(path)).toString('utf8');

/** The configuration that the user names, else that of the target, else none. */
async function readPolicy(target: string, flags: ScanFlags, knowsRule: (id: string) => boolean): Promise<Policy> {
  if (flags.config === false) return emptyPolicy;
  if (typeof flags.config === 'string') return parsePolicy(await text(flags.config), flags.config, knowsRule);
  for (const path of POLICY_PATHS) {
    const found = await readFile(join(target, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw new UserError(`cannot read ${path}: ${error.code}`);
    });
    if (found !== undefined) return parsePolicy(found, path, knowsRule);
  }
  return emptyPolicy;
}

/** Everything that decides about a finding's status, as the flags name it. */
export async function loadPolicy(target: string, flags: ScanFlags, knowledge: Knowledge): Promise<Omit<PolicyInput, 'today' | 'inline'>> {
  const { has } = knowledge.get(findingsSection);
  return {
    policy: await readPolicy(target, flags, has),
    ...(flags.waivers === undefined ? {} : { waivers: parseWaivers(await text(flags.waivers), flags.waivers, has) }),
    ...(flags.baseline === undefined ? {} : { baseline: parseBaseline(await text(flags.baseline), flags.baseline) }),
    ...(flags.vex === undefined ? {} : { vex: (await Promise.all(flags.vex.map(async (path) => parseVex(await text(path), path)))).flat() }),
  };
}

/** Keys and certificates that the configuration names, relative to the target. */
export async function loadTrust(target: string, policy: Policy): Promise<ModelTrust[]> {
  const files = new Map<string, string>();
  for (const path of policy.trustedSigners.flatMap((signer) => [signer.key, signer.certificate])) {
    if (path !== undefined && !files.has(path)) files.set(path, await text(join(target, path)));
  }
  return modelTrust(policy, files);
}

/** `--rule` and `--exclude-rule`. @throws UserError for an id that no rule has. */
export function ruleSelector(flags: Pick<ScanFlags, 'rule' | 'excludeRule'>, knowledge: Knowledge): (id: string) => boolean {
  const { has } = knowledge.get(findingsSection);
  const unknown = [...(flags.rule ?? []), ...(flags.excludeRule ?? [])].find((id) => !has(id));
  if (unknown !== undefined) throw new UserError(`no rule ${JSON.stringify(unknown)}; "assay rules" lists them`);
  return (id) => (flags.rule?.includes(id) ?? true) && flags.excludeRule?.includes(id) !== true;
}
