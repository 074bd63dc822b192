import { isObject } from '../../core/json.ts';
import type { IntegrityResult } from '../../core/report.ts';
import { yamlDocuments } from '../../text/yaml-documents.ts';
import { checkClaims, directoryOf, MAX_CLAIMS, resolveInside, type Claim, type IntegritySource } from './source.ts';

/** `outs` of a `.dvc` file, and `outs` and `deps` of the stages of `dvc.lock`. */
function outputs(document: unknown): unknown[] {
  if (!isObject(document)) return [];
  const stages = isObject(document['stages']) ? Object.values(document['stages']) : [];
  return [document, ...stages]
    .flatMap((item) => (isObject(item) ? [item['outs'], item['deps']] : []))
    .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
}

/**
 * DVC pins by MD5. A directory's digest is of a listing that lives in DVC's cache, so only files are
 * compared. Before DVC 3 text files were hashed with other line endings; without `hash: md5` a
 * difference there is no tampering, and is not reported.
 * Source: https://dvc.org/doc/user-guide/project-structure/dvc-files
 */
export const dvc: IntegritySource = {
  id: 'dvc',
  wants: (entry) => /(?:\.dvc|(?:^|\/)dvc\.lock)$/.test(entry.path) && entry.size < 4 * 1024 * 1024,
  async check({ path, bytes }, context): Promise<readonly IntegrityResult[]> {
    let document: unknown;
    try {
      document = yamlDocuments(bytes.toString('utf8'))[0]?.toJS({ maxAliasCount: 100 });
    } catch {
      return [];
    }
    const claims: Claim[] = [];
    for (const item of outputs(document)) {
      if (!isObject(item) || typeof item['path'] !== 'string' || typeof item['md5'] !== 'string') continue;
      const file = resolveInside(directoryOf(path), item['path']);
      const modern = item['hash'] === 'md5';
      if (file === undefined || !modern || !/^[0-9a-f]{32}$/.test(item['md5']) || claims.length >= MAX_CLAIMS) continue;
      claims.push({ path: file, algorithm: 'md5', digest: item['md5'], size: typeof item['size'] === 'number' ? item['size'] : undefined });
    }
    if (!claims.some((claim) => context.has(claim.path))) return [];
    return [await checkClaims({ id: 'dvc', path, trust: 'digest-pinned', mustExist: false }, claims, context)];
  },
};
