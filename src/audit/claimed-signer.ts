import { createHash } from 'node:crypto';
import { parseBundle } from '../integrity/oms/bundle.ts';
import { isBundleName } from '../integrity/scan-models.ts';
import type { HubFile } from '../registries/huggingface-facts.ts';
import type { Source } from '../source/source.ts';

/** A bundle is digests of files; one of a few thousand shards stays below. */
const MAX_BUNDLE = 4 * 1024 * 1024;

/**
 * What the signature of a repository says of its signer, trusted for nothing but to see that it is
 * another one tomorrow: nobody names the signers of models that they do not know.
 */
export async function claimedSigner(source: Source, files: readonly HubFile[]): Promise<string | undefined> {
  const bundles = files.filter(({ path, size }) => isBundleName(path) && size <= MAX_BUNDLE);
  const bundle = bundles.find(({ path }) => path === 'model.sig') ?? bundles[0];
  if (!bundle) return undefined;
  try {
    const reader = await source.open(bundle.path);
    const { material } = parseBundle(await reader.read(0, reader.size));
    if (material.method === 'key') return `key ${material.hint ?? 'without a name'}`;
    const [leaf] = material.method === 'certificate' ? material.chain : [];
    return leaf && `certificate sha256:${createHash('sha256').update(leaf).digest('hex')}`;
  } catch {
    // A damaged signature is the verifier's to tell.
    return undefined;
  }
}
