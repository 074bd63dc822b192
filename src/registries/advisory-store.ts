import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { AdvisoryFile } from '../knowledge/advisories.ts';
import type { Advisory } from '../knowledge/osv.ts';

/** Where things are kept between runs (https://specifications.freedesktop.org/basedir-spec/latest/). */
export const cacheDirectory = (environment: NodeJS.ProcessEnv): string =>
  join(environment['ASSAY_CACHE_DIR'] ?? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'assay'));

const storePath = (directory: string): string => join(directory, 'advisories.json');

const isAdvisory = (value: unknown): value is Advisory =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  'package' in value &&
  'ecosystem' in value &&
  'ranges' in value &&
  Array.isArray(value.ranges) &&
  'aliases' in value &&
  Array.isArray(value.aliases);

/** Advisories of the last `assay advisories update`; `undefined` where there was none. */
export function readAdvisoryStore(directory: string): AdvisoryFile | undefined {
  let text: string;
  try {
    text = readFileSync(storePath(directory), 'utf8');
  } catch {
    return undefined;
  }
  const file = JSON.parse(text) as Partial<AdvisoryFile>;
  if (typeof file.asOf !== 'string' || !Array.isArray(file.advisories) || !file.advisories.every(isAdvisory)) {
    throw new UserError(`${storePath(directory)} is damaged; run "assay advisories update" again, or delete it`);
  }
  return { source: file.source ?? '', asOf: file.asOf, advisories: file.advisories };
}

/** Replaces the store in one step: a run that is reading sees the old or the new one. */
export function writeAdvisoryStore(directory: string, text: string): string {
  const path = storePath(directory);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.${process.pid}`, text, { mode: 0o600 });
  renameSync(`${path}.${process.pid}`, path);
  return path;
}
