import { readFileSync } from 'node:fs';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import lz4 from 'lz4js';
import { describe, expect, it } from 'vitest';
import { XzReadableStream } from 'xz-decompress';
import { EVIL_XZ } from '../../fixtures/artifacts/archive/payload.ts';
import { bytesReader } from '../../src/core/byte-reader.ts';
import { decode, type Decoder } from '../../src/formats/archive/codec.ts';
import { gunzip } from '../../src/formats/archive/gzip.ts';
import { inflate64 } from '../../src/formats/archive/inflate64.ts';
import { inflateRaw, inflateZlib } from '../../src/formats/archive/inflate.ts';
import { unlz4 } from '../../src/formats/archive/lz4.ts';
import { unlzma } from '../../src/formats/archive/lzma/lzma.ts';
import { unxz } from '../../src/formats/archive/lzma/xz.ts';
import { bunzip2 } from '../../src/formats/archive/bzip2.ts';
import { unzstd } from '../../src/formats/archive/zstd.ts';

const clock = () => ({ budget: { bytes: 1 << 28, members: 10, steps: 10, deadline: Infinity }, now: () => 0 });
const run = (decoder: Decoder, packed: Uint8Array) => decode(decoder, bytesReader(packed), clock());

/** Text-like data, so that the codecs find matches. */
const compressible = fc
  .tuple(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), fc.array(fc.nat(5), { maxLength: 60 }))
  .map(([blocks, order]) => Buffer.concat(order.map((index) => blocks[index] ?? Buffer.from('abc'))));

const DECODERS: readonly (readonly [string, Decoder])[] = [
  ['gzip', gunzip],
  ['zlib', (source, sink) => inflateZlib(source, sink)],
  ['deflate', (source, sink) => inflateRaw(source, sink)],
  ['deflate64', inflate64],
  ['bzip2', bunzip2],
  ['lzma', unlzma],
  ['xz', unxz],
  ['lz4', unlz4],
  ['zstd', unzstd],
];

async function oracleXz(packed: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of new XzReadableStream(new Blob([Buffer.from(packed)]).stream())) parts.push(part);
  return Buffer.concat(parts);
}

describe('decoders agree with others', () => {
  it('gzip, zlib and deflate give back what Node packed', async () => {
    await fc.assert(
      fc.asyncProperty(compressible, async (data) => {
        for (const [decoder, packed] of [
          [gunzip, gzipSync(data)],
          [DECODERS[1]?.[1] ?? gunzip, deflateSync(data)],
          [DECODERS[2]?.[1] ?? gunzip, deflateRawSync(data)],
        ] as const) {
          const { bytes, consumed, problem } = await run(decoder, packed);
          expect(problem).toBeUndefined();
          expect(Buffer.compare(bytes, data)).toBe(0);
          expect(consumed).toBe(packed.length);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('LZ4 gives back what lz4js packed', async () => {
    await fc.assert(
      fc.asyncProperty(compressible, async (data) => {
        const { bytes, problem } = await run(unlz4, Uint8Array.from(lz4.compress(data)));
        expect(problem).toBeUndefined();
        expect(Buffer.compare(bytes, data)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it.each(['pickle.pkl.xz', 'joblib-xz.joblib'])('xz reads %s as xz-embedded does', async (name) => {
    const packed = readFileSync(`fixtures/artifacts/real/${name}`);
    const { bytes, problem, consumed } = await run(unxz, packed);
    expect(problem).toBeUndefined();
    expect(consumed).toBe(packed.length);
    expect(Buffer.compare(bytes, await oracleXz(packed))).toBe(0);
    expect(Buffer.compare((await run(unxz, EVIL_XZ)).bytes, await oracleXz(EVIL_XZ))).toBe(0);
  });
});

describe('decoders of anything', () => {
  it.each(DECODERS)('%s ends, within its bounds, on every input', async (_, decoder) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        const result = await run(decoder, bytes);
        expect(result.consumed).toBeLessThanOrEqual(bytes.length);
        expect(result.bytes.length).toBeLessThan(8 << 20);
      }),
      { numRuns: 150 },
    );
  });
});
