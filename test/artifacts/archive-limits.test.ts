import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EVIL_BZ2, EVIL_LZMA, EVIL_XZ, npy, PLAIN } from '../../fixtures/artifacts/archive/payload.ts';
import { buildTar } from '../../fixtures/artifacts/archive/tar.ts';
import { buildZip, entry } from '../../fixtures/artifacts/archive/zip.ts';
import { cpuTime, inspectFile } from './inspect.ts';

const limitOf = async (path: string, bytes: Uint8Array): Promise<unknown[]> => {
  const { verdict, findings } = await inspectFile(path, bytes);
  expect(verdict).not.toBe('clean');
  return findings.map((finding) => finding.args['limit']).filter((limit) => limit !== undefined);
};
const repeat = (bytes: Uint8Array, times: number): Uint8Array => Buffer.concat(Array.from({ length: times }, () => bytes));

/** Each named bound of the containers, reached. */
describe('limits of containers', () => {
  it('MAX_GZIP_MEMBERS', async () => {
    expect(await limitOf('a.gz', repeat(gzipSync(''), 4001))).toContain('MAX_GZIP_MEMBERS');
  });

  it('MAX_STREAMS of bzip2', async () => {
    expect(await limitOf('a.bz2', repeat(EVIL_BZ2, 1001))).toContain('MAX_STREAMS');
  });

  it('MAX_STREAMS of lzma', async () => {
    expect(await limitOf('a.lzma', repeat(EVIL_LZMA, 1001))).toContain('MAX_STREAMS');
  });

  it('MAX_BLOCKS of xz', async () => {
    expect(await limitOf('a.xz', repeat(EVIL_XZ, 10_001))).toContain('MAX_BLOCKS');
  });

  it('MAX_HEADER of npy', async () => {
    const header = Buffer.concat([Buffer.from('\x93NUMPY\x02\x00', 'latin1'), Buffer.from([0xff, 0xff, 0xff, 0x00]), Buffer.alloc(100)]);
    expect(await limitOf('a.npy', header)).toContain('MAX_HEADER');
  });

  it('MAX_ARRAYS of npy', async () => {
    expect(await limitOf('a.npy', repeat(npy("'|u1'", '(0,)', new Uint8Array(0)), 10_001))).toContain('MAX_ARRAYS');
  });

  it('MAX_SOURCE of Python', async () => {
    expect(
      await limitOf('m.mar', buildZip([entry('MAR-INF/MANIFEST.json', '{}'), entry('h.py', Buffer.alloc(9 << 20, 'x = 1\n'))])),
    ).toContain('MAX_SOURCE');
  });

  it('MAX_GAP_SCAN: more hidden bytes than are searched are still told', async () => {
    const { verdict, findings } = await inspectFile(
      'a.zip',
      buildZip([entry('a.txt', 'x'), entry('b.txt', 'y', { before: Buffer.alloc(3 << 20, 7) })]),
    );
    expect(verdict).toBe('suspicious');
    expect(findings.map((finding) => finding.args['anomaly'])).toContain('hidden-bytes');
  });

  it('tar members count as zip members do', async () => {
    const tar = buildTar(Array.from({ length: 60 }, (_, i) => ({ name: `${i}.txt`, data: Buffer.from('x') })));
    const { verdict, findings } = await inspectFile('a.tar', tar, { members: 30 });
    expect(verdict).toBe('incomplete');
    expect(findings.map((finding) => finding.args['limit'])).toContain('MAX_MEMBERS');
  });

  it('MAX_DECODED_STREAM of codecs that cannot stream', async () => {
    // One raw LZ4 block, again and again.
    const block = Buffer.concat([Buffer.from([0x00, 0x00, 0x40, 0x80]), Buffer.alloc(4 << 20, 'abcd')]);
    const frame = Buffer.concat([
      Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]),
      ...Array.from({ length: 15 }, () => block),
      Buffer.alloc(4),
    ]);
    expect(await limitOf('a.joblib', Buffer.concat([frame, frame]))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^MAX_(?:DECODED_STREAM|PACKED_IN_MEMORY)$/)]),
    );
  });

  it('an archive of overlapping members costs what one of them does', async () => {
    const zeros = new Uint8Array(1 << 20);
    const first = entry('0', zeros, { method: 8 });
    const others = Array.from({ length: 400 }, (_, i) => entry(`${i + 1}`, zeros, { method: 8, absent: true, central: { offset: 0 } }));
    const zip = buildZip([first, ...others]);
    expect(await cpuTime(async () => expect((await inspectFile('a.zip', zip)).verdict).toBe('suspicious'))).toBeLessThan(3000);
  });

  it('plain pickles stay plain under all of them', async () => {
    expect((await inspectFile('m.pkl', PLAIN)).verdict).toBe('clean');
  });
});
