import type { IntegrityResult } from '../../core/report.ts';
import { checkClaims, directoryOf, MAX_CLAIMS, resolveInside, type Claim, type DigestName, type IntegritySource } from './source.ts';

const NAMED: Readonly<Record<string, DigestName>> = {
  sha256: 'sha256',
  sha512: 'sha512',
  sha384: 'sha384',
  sha1: 'sha1',
  md5: 'md5',
  b2: 'blake2b',
  blake2b: 'blake2b',
  b3: 'blake3',
  blake3: 'blake3',
};
const BY_LENGTH: Readonly<Record<number, DigestName>> = { 32: 'md5', 40: 'sha1', 64: 'sha256', 96: 'sha384', 128: 'sha512' };
const FILE =
  /(?:^|\/)(?:(sha256|sha512|sha384|sha1|md5|b2|b3|blake2b|blake3)-?sums?(?:\.txt|\.asc)?|checksums?(?:[._-](sha256|sha512|sha384|sha1|md5))?(?:\.txt)?|[^/]+\.(sha256|sha512|sha384|sha1|md5|b2|b3|blake3)(?:sums?)?(?:\.txt)?)$/i;

/** GNU: digest, a space, a space or `*`, name. BSD: `SHA256 (name) = digest`. A leading backslash marks an escaped name. */
const GNU = /^(\\?)([0-9a-fA-F]{32,128}) [ *](.+)$/;
const BSD = /^(\\?)([A-Za-z0-9-]+) \((.+)\) = ([0-9a-fA-F]{32,128})$/;
const ALONE = /^([0-9a-fA-F]{32,128})$/;

const unescapeName = (name: string): string =>
  name.replaceAll(/\\([\\nr])/g, (_, char: string) => (char === 'n' ? '\n' : char === 'r' ? '\r' : '\\'));

/** Formats of coreutils' `sha256sum` and of BSD's `sha256`; a file with one bare digest speaks of the file it is named after. */
export function parseChecksums(text: string, path: string): Claim[] {
  const match = FILE.exec(path);
  const hinted = NAMED[(match?.[1] ?? match?.[2] ?? match?.[3] ?? '').toLowerCase()];
  const directory = directoryOf(path);
  const claims: Claim[] = [];
  const add = (name: string, digest: string, algorithm: DigestName | undefined, line: number): void => {
    const file = resolveInside(directory, name);
    if (file !== undefined && algorithm !== undefined && claims.length < MAX_CLAIMS)
      claims.push({ path: file, algorithm, digest: digest.toLowerCase(), line });
  };
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const gnu = GNU.exec(raw);
    const bsd = gnu ? null : BSD.exec(raw);
    const alone = gnu || bsd ? null : ALONE.exec(raw.trim());
    if (gnu?.[2] && gnu[3]) add(gnu[1] ? unescapeName(gnu[3]) : gnu[3], gnu[2], fitting(hinted, gnu[2].length), i + 1);
    else if (bsd?.[2] && bsd[3] && bsd[4])
      add(bsd[1] ? unescapeName(bsd[3]) : bsd[3], bsd[4], NAMED[bsd[2].toLowerCase().replace('-', '')], i + 1);
    else if (alone?.[1] && match?.[3])
      add((path.split('/').pop() ?? '').replace(/\.[^.]+(?:\.txt)?$/, ''), alone[1], fitting(hinted, alone[1].length), i + 1);
  }
  return claims;
}

const LENGTHS: Readonly<Record<DigestName, number>> = {
  md5: 32,
  sha1: 40,
  'git-sha1': 40,
  sha256: 64,
  blake3: 64,
  sha384: 96,
  sha512: 128,
  blake2b: 128,
};
const fitting = (hinted: DigestName | undefined, length: number): DigestName | undefined =>
  hinted !== undefined && LENGTHS[hinted] === length ? hinted : BY_LENGTH[length];

/** Checksum files: a digest pinned in the repository, as strong as the commit that holds it. */
export const checksums: IntegritySource = {
  id: 'checksums',
  wants: (entry) => FILE.test(entry.path) && entry.size < 16 * 1024 * 1024,
  async check({ path, bytes }, context): Promise<readonly IntegrityResult[]> {
    const claims = parseChecksums(bytes.toString('utf8'), path);
    if (!claims.some((claim) => context.has(claim.path))) return [];
    return [await checkClaims({ id: 'checksums', path, trust: 'digest-pinned', mustExist: false }, claims, context)];
  },
};
