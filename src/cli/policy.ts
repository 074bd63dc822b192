import { UserError } from '../core/errors.ts';
import { findingsSection } from '../knowledge/findings.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import { emptyPolicy, parseBaseline, parseVex, type Policy, type PolicyInput } from '../policy/index.ts';
import { findPolicy } from '../policy/find.ts';
import { parsePolicy, parseWaivers } from '../policy/parse.ts';
import type { Source } from '../source/source.ts';
import type { ScanFlags } from './flags.ts';
import { readGiven } from './read.ts';

const text = async (path: string): Promise<string> => (await readGiven(path)).toString('utf8');

/** The configuration that the user names, else that of the target, else none. */
async function readPolicy(source: Source, flags: ScanFlags, knowsRule: (id: string) => boolean): Promise<Policy> {
  if (flags.config === false) return emptyPolicy;
  if (typeof flags.config === 'string') return parsePolicy(await text(flags.config), flags.config, knowsRule);
  return findPolicy(source, knowsRule);
}

/** Everything that decides about a finding's status, as the flags name it. */
export async function loadPolicy(source: Source, flags: ScanFlags, knowledge: Knowledge): Promise<Omit<PolicyInput, 'today' | 'inline'>> {
  const { has } = knowledge.get(findingsSection);
  return {
    policy: await readPolicy(source, flags, has),
    ...(flags.waivers === undefined ? {} : { waivers: parseWaivers(await text(flags.waivers), flags.waivers, has) }),
    ...(flags.baseline === undefined ? {} : { baseline: parseBaseline(await text(flags.baseline), flags.baseline) }),
    ...(flags.vex === undefined
      ? {}
      : { vex: (await Promise.all(flags.vex.map(async (path) => parseVex(await text(path), path)))).flat() }),
  };
}

/** `--rule` and `--exclude-rule`. @throws UserError for an id that no rule has. */
export function ruleSelector(flags: Pick<ScanFlags, 'rule' | 'excludeRule'>, knowledge: Knowledge): (id: string) => boolean {
  const { has } = knowledge.get(findingsSection);
  const unknown = [...(flags.rule ?? []), ...(flags.excludeRule ?? [])].find((id) => !has(id));
  if (unknown !== undefined) throw new UserError(`no rule ${JSON.stringify(unknown)}; "assay rules" lists them`);
  return (id) => (flags.rule?.includes(id) ?? true) && flags.excludeRule?.includes(id) !== true;
}
