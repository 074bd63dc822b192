import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ArtifactCase } from '../../fixtures/artifacts/case.ts';
import { hdf5Cases } from '../../fixtures/artifacts/graph/hdf5.ts';
import { onnxCases } from '../../fixtures/artifacts/graph/onnx.ts';
import { otherCases } from '../../fixtures/artifacts/graph/others.ts';
import { tensorflowCases } from '../../fixtures/artifacts/graph/tensorflow.ts';
import { configCases } from '../../fixtures/artifacts/template/config.ts';
import { templateCases } from '../../fixtures/artifacts/template/cases.ts';
import { ggufCases } from '../../fixtures/artifacts/tensor/gguf.ts';
import { safetensorsCases } from '../../fixtures/artifacts/tensor/safetensors.ts';
import { bytesReader } from '../../src/core/byte-reader.ts';
import { LimitError, ParseError } from '../../src/core/errors.ts';
import type { Format, InspectContext } from '../../src/formats/format.ts';
import { tensorFormats } from '../../src/formats/tensor-formats.ts';
import { knowledge } from './harness.ts';

const groups: readonly (readonly [string, readonly ArtifactCase[]])[] = [
  ['safetensors', safetensorsCases],
  ['gguf', ggufCases],
  ['template', templateCases],
  ['config', configCases],
  ['onnx', onnxCases],
  ['tensorflow', tensorflowCases],
  ['hdf5', hdf5Cases],
  ['others', otherCases],
];

/** Milliseconds for one mutated file; honest ones of this size take below 10. */
const SLOW = 2000;

const context = (): InspectContext => ({
  knowledge,
  budget: { bytes: 1 << 26, members: 100, steps: 2_000_000, deadline: performance.now() + SLOW },
  depth: 0,
  now: () => performance.now(),
  inspect: () => Promise.resolve({ format: 'unknown', findings: [], facts: {} }),
});

async function inspect(format: Format, bytes: Uint8Array, path: string): Promise<void> {
  try {
    await format.inspect({ path, reader: bytesReader(bytes) }, context());
  } catch (error) {
    if (!(error instanceof ParseError || error instanceof LimitError)) throw error;
  }
}

interface Mutation {
  readonly kind: 'flip' | 'set' | 'cut' | 'insert' | 'ones' | 'swap';
  readonly at: number;
  readonly value: number;
}
const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('flip', 'set', 'cut', 'insert', 'ones', 'swap'),
  at: fc.nat({ max: 1 << 20 }),
  value: fc.nat({ max: 255 }),
});

function mutate(source: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  let bytes = Uint8Array.from(source);
  for (const { kind, at: anywhere, value } of mutations) {
    if (bytes.length === 0) break;
    const at = anywhere % bytes.length;
    if (kind === 'flip') bytes[at] = (bytes[at] ?? 0) ^ (1 << (value & 7));
    else if (kind === 'set') bytes[at] = value;
    else if (kind === 'cut') bytes = bytes.subarray(0, at);
    else if (kind === 'insert')
      bytes = Uint8Array.from([...bytes.subarray(0, at), ...new Uint8Array(value & 15).fill(value), ...bytes.subarray(at)]);
    else if (kind === 'ones') bytes.fill(0xff, at, at + 8);
    else bytes.copyWithin(at, (at * 7) % bytes.length, Math.min(bytes.length, ((at * 7) % bytes.length) + (value & 31)));
  }
  return bytes;
}

describe('mutated files', () => {
  test.each(groups)('%s: only typed errors, in time', async (_, cases) => {
    const seeds = cases.map(({ path, bytes }) => ({ path, bytes: bytes() })).filter((seed) => seed.bytes.length < 40_000);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: seeds.length - 1 }), fc.array(mutation, { minLength: 1, maxLength: 5 }), async (index, mutations) => {
        const seed = seeds[index];
        if (!seed) return;
        const bytes = mutate(seed.bytes, mutations);
        const sniff = { head: bytes.subarray(0, 4096), tail: bytes.subarray(-4096), size: bytes.length, path: seed.path };
        for (const format of tensorFormats) {
          if (format.matches(sniff) === 'no') continue;
          const before = performance.now();
          await inspect(format, bytes, seed.path);
          expect(performance.now() - before, `${format.id} ${seed.path}`).toBeLessThan(SLOW);
        }
      }),
      { numRuns: 250 },
    );
  });

  test('every format survives every other format', async () => {
    const all = groups.flatMap(([, cases]) => cases);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...all), fc.constantFrom(...tensorFormats), async ({ bytes }, format) => {
        await inspect(format, bytes(), `x${format.extensions[0] ?? ''}`);
      }),
      { numRuns: 400 },
    );
  });

  test('every format survives noise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...tensorFormats), async (bytes, format) => {
        await inspect(format, bytes, `x${format.extensions[0] ?? ''}`);
      }),
      { numRuns: 400 },
    );
  });
});
