import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { parseBundle, type ParsedBundle } from '../integrity/oms/bundle.ts';
import { parseStatement } from '../integrity/oms/statement.ts';
import { isBundleName } from '../integrity/scan-models.ts';
import type { HubFile } from '../registries/huggingface-facts.ts';
import type { Source } from '../source/source.ts';

/** A bundle is digests of files; one of a few thousand shards stays below. */
const MAX_BUNDLE = 4 * 1024 * 1024;

/** What a signature says of itself. Nobody verified it. */
export interface Claim {
  readonly identity?: string;
  /** A file of the repository has another digest than the one that was signed, or is not there: it cannot hold, whoever signed. */
  readonly broken: boolean;
}

function identityOf({ material }: ParsedBundle): string | undefined {
  if (material.method === 'key') return `key ${material.hint ?? 'without a name'}`;
  const [leaf] = material.method === 'certificate' ? material.chain : [];
  return leaf && `certificate sha256:${createHash('sha256').update(leaf).digest('hex')}`;
}

/** Compares with the digests that the registry states. Files of which it states none could be as they were. */
function isBroken({ payloadType, payload }: ParsedBundle, directory: string, files: readonly HubFile[]): boolean {
  const { method, hash, resources } = parseStatement(payloadType, payload, { allowLegacy: true });
  if (method !== 'files' || hash !== 'sha256') return false;
  const stated = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  return resources.some(({ path, digest }) => {
    const file = posix.join(directory, path);
    if (path === '.') return false;
    const sha256 = stated.get(file);
    return !stated.has(file) || (sha256 !== undefined && sha256 !== digest);
  });
}

/**
 * What the signature of a repository says of its signer and its files, trusted for nothing but to see
 * that it is another one tomorrow: nobody names the signers of models that they do not know.
 */
export async function claimedSigner(source: Source, files: readonly HubFile[]): Promise<Claim | undefined> {
  const bundles = files.filter(({ path, size }) => isBundleName(path) && size <= MAX_BUNDLE);
  const found = bundles.find(({ path }) => path === 'model.sig') ?? bundles[0];
  if (!found) return undefined;
  try {
    const reader = await source.open(found.path);
    const bundle = parseBundle(await reader.read(0, reader.size));
    const identity = identityOf(bundle);
    return { ...(identity === undefined ? {} : { identity }), broken: isBroken(bundle, posix.dirname(found.path), files) };
  } catch {
    // A damaged signature is the verifier's to tell.
    return undefined;
  }
}
