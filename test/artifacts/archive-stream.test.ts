import { randomBytes } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EVIL, npy, PLAIN } from '../../fixtures/artifacts/archive/payload.ts';
import { buildZip, entry } from '../../fixtures/artifacts/archive/zip.ts';
import { bytesReader } from '../../src/core/byte-reader.ts';
import { LimitError } from '../../src/core/errors.ts';
import { isSequential, measure, streamReader } from '../../src/formats/archive/stream.ts';
import { MAX_KEPT, MAX_REWINDS } from '../../src/formats/limits.ts';
import { inspectFile } from './inspect.ts';

const clock = () => ({ budget: { bytes: 1 << 30, members: 10, steps: 10, deadline: Infinity }, now: () => 0 });
const block = randomBytes(4096);
/** More than is kept in memory; compresses to a hundredth. */
const LARGE = Buffer.alloc(MAX_KEPT + (6 << 20), block);
const FAST = { level: 1 };

/** A pickle of many bytes, which are dropped, and then `rest`. */
function bulky(rest: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(LARGE.length));
  return Buffer.concat([Buffer.from([0x80, 4, 0x8e]), length, LARGE, Buffer.from('0'), rest.subarray(2)]);
}

describe('large compressed streams', () => {
  it('are read to their end by gzip', async () => {
    expect((await inspectFile('m.pkl', gzipSync(bulky(EVIL), FAST))).verdict).toBe('malicious');
    expect((await inspectFile('m.pkl', gzipSync(bulky(PLAIN), FAST))).verdict).toBe('clean');
  });

  it('are read to their end by zlib, and damage is told', async () => {
    const packed = deflateSync(bulky(EVIL), FAST);
    expect((await inspectFile('m.joblib', packed)).verdict).toBe('malicious');
    const cut = await inspectFile('m.joblib', deflateSync(bulky(PLAIN), FAST).subarray(0, -1000));
    expect(cut.verdict).toBe('incomplete');
  });

  it('of zip members are decoded as far as a reader asks', async () => {
    const data = npy("'|u1'", `(${LARGE.length},)`, LARGE);
    const { verdict, format } = await inspectFile(
      'w.npz',
      buildZip([entry('a.npy', data, { method: 8, packed: deflateRawSync(data, FAST) })]),
    );
    expect({ verdict, format }).toEqual({ verdict: 'clean', format: 'npz' });
  });
});

describe('streamReader', () => {
  const data = Buffer.concat([Buffer.alloc(3 << 20, block), Buffer.from('the end')]);
  const packed = bytesReader(deflateRawSync(data));

  it('gives the same bytes as the whole', async () => {
    expect(await measure('deflate', packed, clock())).toEqual({ size: data.length });
    const reader = streamReader('deflate', packed, data.length, clock());
    expect(isSequential(reader)).toBe(true);
    for (const [offset, length] of [
      [0, 10],
      [5, 100_000],
      [100_000, 1 << 20],
      [data.length - 7, 100],
      [data.length, 5],
    ] as const) {
      expect(Buffer.compare(await reader.read(offset, length), data.subarray(offset, offset + length))).toBe(0);
    }
    await reader.close?.();
  });

  it('answers overlapping reads in order', async () => {
    const reader = streamReader('deflate', packed, data.length, clock());
    const parts = await Promise.all([reader.read(0, 50), reader.read(50, 50), reader.read(100, 50)]);
    expect(Buffer.compare(Buffer.concat(parts), data.subarray(0, 150))).toBe(0);
  });

  it('looks back a bounded number of times', async () => {
    const big = bytesReader(deflateRawSync(LARGE.subarray(0, 20 << 20), FAST));
    const reader = streamReader('deflate', big, 20 << 20, clock());
    const back = async (): Promise<void> => {
      await reader.read((20 << 20) - 10, 10);
      await reader.read(0, 10);
    };
    for (let round = 0; round < MAX_REWINDS; round += 1) await back();
    await expect(back()).rejects.toBeInstanceOf(LimitError);
  });

  it('draws from the budget', async () => {
    const small = { budget: { bytes: 100_000, members: 1, steps: 1, deadline: Infinity }, now: () => 0 };
    expect((await measure('deflate', packed, small)).problem).toBeInstanceOf(LimitError);
  });
});
