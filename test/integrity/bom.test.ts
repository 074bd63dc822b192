import { describe, expect, it } from 'vitest';
import type { ModelTrust } from '../../src/integrity/scan-models.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { render } from '../../src/reporters/cyclonedx/index.ts';
import { scan } from '../../src/scan.ts';
import { memorySource } from '../../src/source/memory.ts';
import { inlineEngine } from '../../src/workers/engine.ts';
import { bundle, publicPem, sha256, statement } from './world.ts';

// What a scan puts into the BOM about a signed model.

const knowledge = loadKnowledge();
const header = Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ');
const weights = Buffer.concat([Buffer.from([header.length, 0, 0, 0, 0, 0, 0, 0]), header, Buffer.alloc(4)]);
const changed = Buffer.concat([weights.subarray(0, -1), Buffer.from([1])]);
const signed = bundle(
  statement([
    { name: 'a.safetensors', algorithm: 'sha256', digest: sha256(weights) },
    { name: 'b.safetensors', algorithm: 'sha256', digest: sha256(weights) },
  ]),
);
const trust: ModelTrust[] = [{ matches: () => true, publicKeys: [publicPem], certificates: [], identities: [] }];

interface Item {
  readonly name: string;
  readonly hashes?: unknown;
  readonly externalReferences?: readonly { readonly type: string; readonly url: string }[];
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

async function bomOf(files: Record<string, string | Buffer>, signers = trust): Promise<(path: string) => Item> {
  const source = memorySource(files);
  const engine = inlineEngine({ source, knowledge, hash: true, now: Date.now });
  const report = await scan({ source, knowledge, engine, now: new Date('2026-01-01'), trust: signers });
  const bom = JSON.parse(await render(report, {})) as { components: readonly Item[] };
  return (path) => bom.components.find((component) => component.name === path) ?? { name: '', properties: [] };
}

const integrity = (item: Item): string[] =>
  item.properties
    .filter(({ name }) => name.startsWith('assay:integrity:'))
    .map(({ name, value }) => `${name.slice('assay:integrity:'.length)} ${value}`);
const files = { 'm/a.safetensors': weights, 'm/b.safetensors': weights, 'm/model.sig': signed };

describe('a signed model in the BOM', () => {
  it('says on every weight file who signed it, how far that goes, and where the signature is', async () => {
    const item = await bomOf(files);
    for (const path of ['m/a.safetensors', 'm/b.safetensors']) {
      expect(item(path).hashes).toEqual([{ alg: 'SHA-256', content: sha256(weights) }]);
      expect(item(path).externalReferences).toContainEqual(expect.objectContaining({ type: 'attestation', url: 'm/model.sig' }));
      expect(integrity(item(path))).toEqual(expect.arrayContaining(['status oms: verified (signed-pinned)', 'signer method=key']));
    }
  });

  it('says which file differs, and calls none of them signed', async () => {
    const item = await bomOf({ ...files, 'm/b.safetensors': changed });
    expect(integrity(item('m/b.safetensors'))).toEqual([
      'status oms: failed (none)',
      'problem mismatch b.safetensors sha256 differs from the signed digest',
    ]);
    expect(integrity(item('m/a.safetensors'))).toContain('status oms: failed (none)');
    for (const path of ['m/a.safetensors', 'm/b.safetensors'])
      expect(item(path).externalReferences ?? []).not.toContainEqual(expect.objectContaining({ type: 'attestation' }));
  });

  it('says of a file that nobody signed that it is not', async () => {
    const item = await bomOf({ ...files, 'm/c.safetensors': weights });
    expect(integrity(item('m/c.safetensors'))).toEqual(['status oms: failed (none)', 'problem unsigned c.safetensors']);
  });

  it('gives the digest that a Git LFS pointer names, not that of the pointer', async () => {
    const item = await bomOf({
      'w.safetensors': `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 4000000000\n`,
    });
    expect(item('w.safetensors').hashes).toEqual([{ alg: 'SHA-256', content: 'a'.repeat(64) }]);
    expect(item('w.safetensors').properties).toContainEqual({ name: 'assay:size', value: '4000000000' });
  });
});
