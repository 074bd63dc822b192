import { mkdtempSync, openSync, rmSync, truncateSync, writeSync, closeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assemble, file, safetensorsCases } from '../../fixtures/artifacts/tensor/safetensors.ts';
import { zeros } from '../../fixtures/artifacts/tensor/bytes.ts';
import type { ByteReader } from '../../src/core/byte-reader.ts';
import { inspectBytes, inspectInput } from './harness.ts';

/**
 * npm's `safetensors@0.0.1`, the naive reader that ours is measured against: it parses the JSON
 * and slices. Where it and we both accept a file they must agree; it may accept what we refuse,
 * and never the other way round, except for `__metadata__`, on which it throws.
 */
interface NaiveReader {
  readonly metadata: ReadonlyMap<
    string,
    { readonly dtype: string; readonly shape: readonly number[]; readonly data_offsets: readonly number[] }
  >;
  getTensor(name: string): Uint8Array;
}
const { SafeTensor } = createRequire(import.meta.url)('safetensors') as { readonly SafeTensor: new (bytes: Uint8Array) => NaiveReader };
// It reads `bytes.buffer` from its beginning, so the bytes need a buffer of their own.
const naive = (bytes: Uint8Array): NaiveReader => new SafeTensor(Uint8Array.from(bytes));

const accepts = (bytes: Uint8Array): boolean => {
  try {
    naive(bytes);
    return true;
  } catch {
    return false;
  }
};

const DTYPES: readonly (readonly [string, number])[] = [
  ['F32', 4],
  ['F16', 2],
  ['I64', 8],
  ['U8', 1],
  ['BOOL', 1],
  ['F8_E4M3', 1],
];
const tensors = fc.array(fc.tuple(fc.constantFrom(...DTYPES), fc.array(fc.nat({ max: 5 }), { maxLength: 3 })), { maxLength: 6 });

function build(specs: readonly (readonly [readonly [string, number], readonly number[]])[]): {
  readonly header: Record<string, { dtype: string; shape: readonly number[]; data_offsets: number[] }>;
  readonly size: number;
} {
  const header: Record<string, { dtype: string; shape: readonly number[]; data_offsets: number[] }> = {};
  let at = 0;
  specs.forEach(([[dtype, size], shape], i) => {
    const length = shape.reduce((product, dimension) => product * dimension, size);
    header[`t${i}`] = { dtype, shape, data_offsets: [at, at + length] };
    at += length;
  });
  return { header, size: at };
}

describe('safetensors', () => {
  test('agrees with the naive reader on every valid file', async () => {
    await fc.assert(
      fc.asyncProperty(tensors, async (specs) => {
        const { header, size } = build(specs);
        const bytes = file(header, zeros(size));
        const { verdict, facts, card } = await inspectBytes(bytes, 'm.safetensors');
        expect(verdict).toBe('clean');
        const oracle = naive(bytes);
        expect(facts['tensorCount']).toBe(oracle.metadata.size);
        expect([...oracle.metadata.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)).toBe(
          card?.parameterCount ?? 0,
        );
        for (const [
          name,
          {
            data_offsets: [begin = 0, end = 0],
          },
        ] of Object.entries(header))
          expect(oracle.getTensor(name).length).toBe(end - begin);
      }),
      { numRuns: 100 },
    );
  });

  test('refuses at least what the naive reader refuses', async () => {
    for (const { bytes, path, expected, name } of safetensorsCases) {
      const content = bytes();
      if (content.includes(0x5f) && Buffer.from(content).includes('__metadata__')) continue;
      if (!accepts(content)) expect((await inspectBytes(content, path)).verdict, name).not.toBe('clean');
      else if (expected === 'clean') expect((await inspectBytes(content, path)).verdict, name).toBe('clean');
    }
  });

  test('refuses what the naive reader accepts', () => {
    const naivelyAccepted = safetensorsCases.filter(({ kind, bytes }) => kind === 'malformed' && accepts(bytes()));
    // Overlaps, holes, overflow, trailing data, unknown types …
    expect(naivelyAccepted.length).toBeGreaterThan(15);
    expect(naivelyAccepted.filter(({ expected }) => expected === 'clean')).toEqual([]);
  });

  test('notices every change of an offset or a dimension', async () => {
    await fc.assert(
      fc.asyncProperty(
        tensors.filter((specs) => specs.some(([, shape]) => shape.every((n) => n > 0))),
        fc.nat(),
        fc.constantFrom(-1, 1, 1000),
        async (specs, pick, delta) => {
          const { header, size } = build(specs);
          const names = Object.keys(header).filter((name) => header[name]?.shape.every((n) => n > 0));
          const tensor = header[names[pick % names.length] ?? ''];
          if (!tensor) return;
          tensor.data_offsets[pick % 2] = (tensor.data_offsets[pick % 2] ?? 0) + delta;
          expect((await inspectBytes(file(header, zeros(size)), 'm.safetensors')).verdict).not.toBe('clean');
        },
      ),
      { numRuns: 200 },
    );
  });

  test('says what the header says', async () => {
    const { card, licence, baseModels, facts } = await inspectBytes(
      file(
        {
          __metadata__: {
            format: 'pt',
            'modelspec.architecture': 'flux-1-dev/lora',
            'modelspec.license': 'apache-2.0',
            ss_sd_model_name: 'base.safetensors',
          },
          a: { dtype: 'F8_E4M3', shape: [3, 4], data_offsets: [0, 12] },
          b: { dtype: 'BF16', shape: [2], data_offsets: [12, 16] },
        },
        zeros(16),
      ),
      'm.safetensors',
    );
    expect(card).toEqual({ architecture: 'flux-1-dev/lora', parameterCount: 14, dtypes: ['BF16', 'F8_E4M3'], quantization: 'F8_E4M3' });
    expect([licence, baseModels, facts['framework'], facts['tensorCount']]).toEqual(['apache-2.0', ['base.safetensors'], 'pt', 2]);
  });

  test('reads a file of 20 GB by its header', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-'));
    try {
      const path = join(folder, 'huge.safetensors');
      const size = 20 * 1024 ** 3;
      const head = assemble(JSON.stringify({ w: { dtype: 'U8', shape: [size], data_offsets: [0, size] } }));
      const descriptor = openSync(path, 'w');
      writeSync(descriptor, head);
      closeSync(descriptor);
      truncateSync(path, head.length + size);
      const handle = await open(path);
      let bytesRead = 0;
      const reader: ByteReader = {
        size: head.length + size,
        async read(offset, length) {
          const result = await handle.read(new Uint8Array(Math.min(length, size + head.length - offset)), 0, undefined, offset);
          bytesRead += result.bytesRead;
          return result.buffer.subarray(0, result.bytesRead);
        },
      };
      const before = performance.now();
      const { verdict, card } = await inspectInput({ path: 'huge.safetensors', reader });
      expect(performance.now() - before).toBeLessThan(1000);
      await handle.close();
      expect(verdict).toBe('clean');
      expect(card?.parameterCount).toBe(size);
      expect(bytesRead).toBeLessThan(1 << 20);
      expect(process.memoryUsage().rss).toBeLessThan(400 * 2 ** 20);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
