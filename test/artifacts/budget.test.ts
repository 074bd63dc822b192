import { describe, expect, it } from 'vitest';
import { corpus } from '../../fixtures/artifacts/index.ts';
import { bytesReader } from '../../src/core/byte-reader.ts';
import { inspectArtifact } from '../../src/formats/inspect.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

/** Small files that are not clean; the large ones are slow and say the same. */
const files = Object.entries(corpus).flatMap(([group, items]) =>
  items
    .filter(({ kind, expected }) => kind !== 'benign' && expected !== 'clean')
    .map(({ name, path, bytes }) => ({ id: `${group}: ${name}`, path, bytes: bytes() }))
    .filter(({ bytes }) => bytes.length < 100_000),
);

describe('a budget that ends early', () => {
  it.each([[{ milliseconds: 0 }], [{ milliseconds: 20 }], [{ steps: 10 }], [{ steps: 500 }], [{ members: 1 }], [{ bytes: 100 }]])(
    'never makes a file clean: %j',
    async (limits) => {
      const clean: string[] = [];
      for (const { id, path, bytes } of files) {
        // Each look at the clock takes half a millisecond, on every machine.
        let clock = 0;
        const { verdict } = await inspectArtifact(
          { path, reader: bytesReader(bytes) },
          { knowledge: loadKnowledge(), now: () => (clock += 0.5), limits },
        );
        if (verdict === 'clean') clean.push(id);
      }
      expect(clean).toEqual([]);
    },
  );
});
