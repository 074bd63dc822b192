import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { UserError } from '../core/errors.ts';
import type { AdvisoryFile } from '../knowledge/advisories.ts';
import { advisoriesOf, packageKey, type Advisory } from '../knowledge/osv.ts';

/** An OSV record has a few hundred kB at most; larger files are something else. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024;
/** PyPA's database nests two deep, GitHub's five. */
const MAX_DEPTH = 8;

function* recordFiles(directory: string, depth = 0): Generator<string> {
  if (depth > MAX_DEPTH) return;
  for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.')) yield* recordFiles(path, depth + 1);
    else if (entry.isFile() && /\.(?:json|ya?ml)$/.test(entry.name)) yield path;
  }
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && 'id' in value && 'affected' in value;

/** Facts of all OSV records below a directory, as JSON or YAML. Files that are no records are passed over. */
export function readOsvDirectory(directory: string): Advisory[] {
  const advisories: Advisory[] = [];
  for (const path of recordFiles(directory)) {
    if (statSync(path).size > MAX_RECORD_BYTES) throw new UserError(`${path}: larger than ${MAX_RECORD_BYTES} bytes, hence no OSV record`);
    const text = readFileSync(path, 'utf8');
    let value: unknown;
    try {
      value = path.endsWith('.json') ? JSON.parse(text) : parse(text, { schema: 'failsafe' });
    } catch (error) {
      throw new UserError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (isRecord(value)) advisories.push(...advisoriesOf(value));
  }
  return advisories;
}

/** What ships: sorted, one line per advisory, so that a diff shows what came. */
export function advisoryFile(source: string, asOf: string, advisories: readonly Advisory[]): string {
  const key = (advisory: Advisory): string => `${packageKey(advisory.ecosystem, advisory.package)} ${advisory.id}`;
  const sorted = [...advisories].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  const head: Omit<AdvisoryFile, 'advisories'> = { source, asOf };
  const lines = sorted.map((advisory) => `    ${JSON.stringify(advisory)}`);
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "advisories": [\n${lines.join(',\n')}\n  ]\n}\n`;
}
