import { inflateRawSync } from 'node:zlib';
import type { ByteReader } from '../core/byte-reader.ts';
import { UserError } from '../core/errors.ts';
import { readZip, type Member } from '../formats/archive/zip/archive.ts';
import { DEFLATED, STORED } from '../formats/archive/zip/method.ts';
import { advisoriesOf, type Advisory } from '../knowledge/osv.ts';

/** An OSV record has a few hundred kB at most. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024;
/** PyPI's `all.zip` has some 20,000 records, that of npm 250,000. */
const MAX_RECORDS = 500_000;

async function textOf(reader: ByteReader, member: Member): Promise<string> {
  const packed = await reader.read(member.dataOffset, member.packed);
  if (member.method === STORED) return Buffer.from(packed).toString('utf8');
  if (member.method !== DEFLATED) throw new UserError(`${member.name}: compression method ${member.method} is not used by OSV`);
  return inflateRawSync(packed, { maxOutputLength: MAX_RECORD_BYTES }).toString('utf8');
}

/** Facts of all OSV records in a zip, as `https://osv-vulnerabilities.storage.googleapis.com/<ecosystem>/all.zip` holds them. */
export async function readOsvZip(reader: ByteReader, name: string): Promise<Advisory[]> {
  const archive = await readZip(reader);
  const records = archive.members.filter((member) => member.name.endsWith('.json') && !member.secondary);
  if (archive.truncated || records.length > MAX_RECORDS) throw new UserError(`${name}: more than ${MAX_RECORDS} records`);
  if (records.length === 0) throw new UserError(`${name}: no zip of OSV records`);
  const advisories: Advisory[] = [];
  for (const member of records) {
    if (member.dataOffset < 0 || member.size > MAX_RECORD_BYTES) throw new UserError(`${name}: ${member.name} is no OSV record`);
    let record: unknown;
    try {
      record = JSON.parse(await textOf(reader, member));
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${name}: ${member.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    advisories.push(...advisoriesOf(record));
  }
  return advisories;
}
