import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesReader } from '../../src/core/byte-reader.ts';
import { bundleKind } from '../../src/integrity/scan-models.ts';
import { verifyBlob } from '../../src/integrity/sigstore/blob.ts';
import { lfsPatterns, parsePointer } from '../../src/integrity/sources/git-lfs.ts';
import { parseChecksums } from '../../src/integrity/sources/checksums.ts';
import { embeddedTrustedRoot } from '../../src/integrity/trusted-root.ts';
import { bundle, publicPem, resource, statement, tree, verifyKey } from './world.ts';

// Readers of hostile text answer; they neither throw nor say "verified" of what was changed.

const model = tree({ 'a.bin': 'weights' });
const good = bundle(statement([resource('a.bin', 'weights')]));
const trustedRoot = embeddedTrustedRoot();

const mutated = fc
  .tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), fc.integer({ min: 0, max: 3 }))
  .map(([at, change, kind]) => {
    const bytes = Buffer.from(good);
    if (kind === 0) bytes[at] = ((bytes[at] ?? 0) + change) % 256;
    if (kind === 1) return bytes.subarray(0, at);
    if (kind === 2) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + change))]);
    return kind === 3 ? Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - change))]) : bytes;
  });
const anyJson = fc.json().map((text) => Buffer.from(text));

describe('bundles', () => {
  it('that were changed anywhere verify only if what is signed is the same', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (bytes) => {
        const result = await verifyKey(model, bytes);
        if (!result.verified) {
          expect(result.problems[0]?.detail ?? result.problems[0]?.path).toBeTruthy();
          return;
        }
        // The hint may go, or an unknown field come; payload and signature stay.
        const { dsseEnvelope } = JSON.parse(bytes.toString()) as { dsseEnvelope: { payload: string } };
        expect(dsseEnvelope.payload).toBe((JSON.parse(good.toString()) as { dsseEnvelope: { payload: string } }).dsseEnvelope.payload);
      }),
      { numRuns: 400 },
    );
  });

  it('that are any JSON at all are refused in words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyJson, mutated), async (bytes) => {
        bundleKind(bytes);
        const result = await verifyBlob('a', bytesReader(Buffer.from('x')), bytes, {
          policy: { method: 'key', publicKey: publicPem },
          trustedRoot,
        });
        expect(result).toMatchObject({ verified: false, trust: 'none' });
        expect(result.problems[0]?.detail).toBeTruthy();
      }),
      { numRuns: 200 },
    );
  });
});

describe('other claims', () => {
  it('any text is read in bounded time, and leads nowhere outside', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        parsePointer(Buffer.from(text));
        lfsPatterns(text)('a/b.bin');
        for (const claim of parseChecksums(text, 'dir/SHA256SUMS')) expect(claim.path.split('/')).not.toContain('..');
      }),
    );
    for (const text of ['a'.repeat(1_000_000), ' '.repeat(1_000_000), `${'\\'.repeat(500_000)}  x`, `SHA256 (${'('.repeat(500_000)}`])
      expect(parseChecksums(text, 'SHA256SUMS')).toEqual([]);
  });
});
