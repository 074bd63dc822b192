import ignore from 'ignore';
import { checkClaims, directoryOf, MAX_CLAIMS, type CheckContext, type Claim, type IntegritySource } from './source.ts';

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: a pointer has at most 1,024 bytes. */
const MAX_POINTER = 1024;
/** A checkout with more files than this under LFS is compared as far as this. */
const MAX_FILES = 5000;

interface Pointer {
  readonly digest: string;
  readonly size: number;
}

/** What a pointer says of the file in whose place it stands. */
export function parsePointer(bytes: Uint8Array): Pointer | undefined {
  if (bytes.length > MAX_POINTER) return undefined;
  const text = Buffer.from(bytes).toString('latin1');
  if (!/^version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/v\d+\n/.test(text)) return undefined;
  const digest = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = Number(/^size (\d{1,15})$/m.exec(text)?.[1] ?? Number.NaN);
  return digest === undefined || !Number.isSafeInteger(size) ? undefined : { digest, size };
}

/** Patterns that go through LFS; a later line without the filter takes a path out again. */
export function lfsPatterns(text: string): (path: string) => boolean {
  const rules = ignore();
  let any = false;
  for (const line of text.split(/\r?\n/)) {
    const [pattern = '', ...attributes] = line.trim().split(/\s+/);
    if (pattern === '' || pattern.startsWith('#') || pattern.startsWith('!')) continue;
    if (attributes.includes('filter=lfs')) {
      rules.add(pattern);
      any = true;
    } else if (attributes.includes('-filter') || attributes.includes('!filter')) rules.add(`!${pattern}`);
  }
  return (path) => any && rules.ignores(path);
}

async function claimOf(path: string, context: CheckContext): Promise<Claim | undefined> {
  const size = context.size(path) ?? 0;
  const committed = await context.committed?.(path, MAX_POINTER);
  const pointer = committed && parsePointer(committed);
  if (!pointer) return undefined;
  // A pointer in the file's own place says nothing about bytes that are not here; inspection reports it.
  if (size <= MAX_POINTER) {
    const reader = await context.open(path);
    const own = parsePointer(await reader.read(0, MAX_POINTER));
    await reader.close?.();
    if (own) return undefined;
  }
  return { path, algorithm: 'sha256', ...pointer };
}

/**
 * Git LFS in a checkout: the file that stands in the work tree is the one whose digest was committed.
 * As strong as the commit.
 */
export const gitLfs: IntegritySource = {
  id: 'git-lfs',
  wants: (entry) => /(?:^|\/)\.gitattributes$/.test(entry.path) && entry.size < 1024 * 1024,
  async check({ path, bytes }, context) {
    if (!context.committed) return [];
    const prefix = directoryOf(path) === '' ? '' : `${directoryOf(path)}/`;
    const matches = lfsPatterns(bytes.toString('utf8'));
    const files = context.entries
      .filter((entry) => entry.path !== path && entry.path.startsWith(prefix) && matches(entry.path.slice(prefix.length)))
      .slice(0, MAX_FILES);
    const claims: Claim[] = [];
    for (const entry of files) {
      const claim = await claimOf(entry.path, context);
      if (claim && claims.length < MAX_CLAIMS) claims.push(claim);
    }
    return claims.length === 0
      ? []
      : [await checkClaims({ id: 'git-lfs', path, trust: 'digest-pinned', mustExist: false }, claims, context)];
  },
};
