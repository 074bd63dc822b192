import { describe, expect, it } from 'vitest';
import { corpus } from '../../fixtures/artifacts/index.ts';
import { assemble } from '../../fixtures/artifacts/pickle/assembler.ts';
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

describe('a pickle that shows one long list to many', () => {
  const shown = (instances: number): Uint8Array =>
    Buffer.concat([
      assemble('PROTO 4\nMARK'),
      new Uint8Array(20_000).fill(0x4e),
      assemble('LIST\nMEMOIZE\nGLOBAL sympy.core.containers Tuple\nMEMOIZE\nPOP'),
      Buffer.from('68016800858130'.repeat(instances), 'hex'),
      assemble('STOP'),
    ]);
  const look = (instances: number) =>
    inspectArtifact(
      { path: 'model.pkl', reader: bytesReader(shown(instances)) },
      { knowledge: loadKnowledge(), now: () => 0, limits: { steps: 1_000_000 } },
    );

  it('pays for every look', async () => {
    expect((await look(10)).verdict).toBe('clean');
    // A hundred million looks without the price: the clock stands still, so only the budget ends them.
    const { verdict, findings } = await look(5000);
    expect(verdict).toBe('incomplete');
    expect(findings[0]?.args).toMatchObject({ limit: 'steps' });
  });
});
