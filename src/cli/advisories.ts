import { statSync, writeFileSync } from 'node:fs';
import { bytesReader } from '../core/byte-reader.ts';
import { UserError } from '../core/errors.ts';
import { librariesSection } from '../knowledge/libraries.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import type { Advisory } from '../knowledge/osv.ts';
import { cacheDirectory, writeAdvisoryStore } from '../registries/advisory-store.ts';
import { readOsvZip } from '../registries/osv-archive.ts';
import { advisoryFile, readOsvDirectory } from '../registries/osv-files.ts';
import { fileReader } from '../source/directory.ts';
import { EXIT } from './exit.ts';

export interface AdvisoriesFlags {
  readonly from: string;
  readonly output?: string;
  readonly asOf?: string;
  readonly source?: string;
  readonly offline?: boolean;
}

/** The whole of PyPI's records has about 30 MB. */
const MAX_DOWNLOAD = 512 * 1024 * 1024;
const TIMEOUT = 300_000;

async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
  if (!response.ok) throw new UserError(`${url}: HTTP ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_DOWNLOAD) throw new UserError(`${url} is larger than ${MAX_DOWNLOAD} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function readFrom({ from, offline }: AdvisoriesFlags): Promise<Advisory[]> {
  if (/^https?:\/\//.test(from)) {
    if (!from.startsWith('https://')) throw new UserError('advisories are fetched over https only');
    if (offline) throw new UserError('--offline: give a directory or a zip');
    return readOsvZip(bytesReader(await download(from)), from);
  }
  let directory: boolean;
  try {
    directory = statSync(from).isDirectory();
  } catch {
    throw new UserError(`${from}: no such file or directory`);
  }
  if (directory) return readOsvDirectory(from);
  const reader = await fileReader(from);
  try {
    return await readOsvZip(reader, from);
  } finally {
    await reader.close?.();
  }
}

/** `assay advisories update`: keeps the facts about AI packages of a set of OSV records. */
export async function runAdvisoriesUpdate(flags: AdvisoriesFlags): Promise<number> {
  const libraries = loadKnowledge().get(librariesSection);
  const all = await readFrom(flags);
  const kept = all.filter((advisory) => libraries.find(advisory.ecosystem, advisory.package) !== undefined);
  const text = advisoryFile(flags.source ?? flags.from, flags.asOf ?? new Date().toISOString().slice(0, 10), kept);
  if (flags.output === undefined) writeAdvisoryStore(cacheDirectory(process.env), text);
  else writeFileSync(flags.output, text);
  process.stderr.write(`${kept.length} of ${all.length} advisories are about AI packages\n`);
  return EXIT.ok;
}
