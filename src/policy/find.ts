import { UserError } from '../core/errors.ts';
import type { ModelTrust } from '../integrity/scan-models.ts';
import type { Source } from '../source/source.ts';
import { parsePolicy, POLICY_PATHS } from './parse.ts';
import { emptyPolicy, type Policy } from './policy.ts';
import { modelTrust } from './trust.ts';

/** Configurations and key files are small text. */
const MAX_FILE = 4 * 1024 * 1024;

/** Text of a file of the target, `undefined` where there is none. The source keeps links from leading out of it. */
async function readText(source: Source, path: string): Promise<string | undefined> {
  const reader = await source.open(path).catch(() => undefined);
  if (!reader) return undefined;
  try {
    if (reader.size > MAX_FILE) throw new UserError(`${path} is larger than ${MAX_FILE} bytes`);
    return Buffer.from(await reader.read(0, reader.size)).toString('utf8');
  } finally {
    await reader.close?.();
  }
}

/** The configuration of the target: the first of `POLICY_PATHS`, below `folder` where the target is a part of a repository. */
export async function findPolicy(source: Source, knowsRule: (id: string) => boolean, folder = ''): Promise<Policy> {
  const folders = folder === '' ? [''] : [`${folder}/`, ''];
  for (const path of folders.flatMap((prefix) => POLICY_PATHS.map((name) => prefix + name))) {
    const text = await readText(source, path);
    if (text !== undefined) return parsePolicy(text, path, knowsRule);
  }
  return emptyPolicy;
}

/**
 * Keys and certificates that the configuration names, relative to the target.
 * @throws UserError where one is not there: a signature must not pass because its key is missing.
 */
export async function findTrust(source: Source, policy: Policy): Promise<ModelTrust[]> {
  const files = new Map<string, string>();
  for (const path of policy.trustedSigners.flatMap((signer) => [signer.key, signer.certificate])) {
    if (path === undefined || files.has(path)) continue;
    const text = await readText(source, path);
    if (text === undefined) throw new UserError(`${policy.source}: cannot read ${path}`);
    files.set(path, text);
  }
  return modelTrust(policy, files);
}
