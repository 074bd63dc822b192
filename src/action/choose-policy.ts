import { UserError } from '../core/errors.ts';
import { findingsSection } from '../knowledge/findings.ts';
import { findPolicy } from '../policy/find.ts';
import { emptyPolicy, type Policy } from '../policy/index.ts';
import { parsePolicy, POLICY_PATHS } from '../policy/parse.ts';
import type { Source } from '../source/source.ts';
import type { Run } from './job.ts';
import { command } from './workflow.ts';

/** A configuration is written by hand; `parsePolicy` says so where it is larger. */
const MAX_TEXT = 4 * 1024 * 1024;

async function readText(source: Source, path: string): Promise<string | undefined> {
  const reader = await source.open(path).catch(() => undefined);
  if (!reader) return undefined;
  try {
    return Buffer.from(await reader.read(0, Math.min(reader.size, MAX_TEXT))).toString('utf8');
  } finally {
    await reader.close?.();
  }
}

/**
 * The configuration of `source`: on a pull request from a fork that is the base, as a stranger must not decide how
 * a stranger's change is judged.
 * @throws UserError where the one that the workflow names is not there.
 */
export async function choosePolicy(run: Run, source: Source | undefined, folder: string): Promise<Policy> {
  const { has } = run.knowledge.get(findingsSection);
  if (!source) {
    run.write(command('warning', 'The configuration of a fork is not trusted, and the base could not be read: the defaults are used.'));
    return emptyPolicy;
  }
  const named = run.inputs.config;
  if (named === undefined) return findPolicy(source, has, folder);
  const text = await readText(source, named);
  if (text === undefined)
    throw new UserError(
      `config ${named} does not exist${run.context.pullRequest?.fork === true ? ' in the base of this pull request' : ''}`,
    );
  return parsePolicy(text, named, has);
}

/** Whether one of the files that may hold the configuration differs: a reader should know that the judge was changed with the code. */
export async function policyChanged({ inputs }: Run, head: Source, base: Source, folder: string): Promise<boolean> {
  const folders = folder === '' ? [''] : [`${folder}/`, ''];
  const paths = inputs.config === undefined ? folders.flatMap((prefix) => POLICY_PATHS.map((name) => prefix + name)) : [inputs.config];
  for (const path of paths) if ((await readText(head, path)) !== (await readText(base, path))) return true;
  return false;
}
