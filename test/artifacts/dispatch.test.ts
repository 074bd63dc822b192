import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sparseReader, sparseTorch } from '../../fixtures/artifacts/archive/sparse.ts';
import { EVIL, npy, PLAIN } from '../../fixtures/artifacts/archive/payload.ts';
import { buildZip, entry } from '../../fixtures/artifacts/archive/zip.ts';
import { buildTar } from '../../fixtures/artifacts/archive/tar.ts';
import { artifactRole } from '../../src/formats/extensions.ts';
import { formats } from '../../src/formats/index.ts';
import { inspectArtifact } from '../../src/formats/inspect.ts';
import { MAX_DECODED_STREAM, MAX_LISTED_MEMBERS, MAX_MEMBERS, MAX_NESTING } from '../../src/formats/limits.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { cpuTime, inspectFile } from './inspect.ts';

const limitsOf = (inspection: { findings: readonly { args: Readonly<Record<string, unknown>> }[] }): unknown[] =>
  inspection.findings.map((finding) => finding.args['limit']).filter((limit) => limit !== undefined);

describe('inspectArtifact', () => {
  it('reads a torch archive of 4 GB by its directory and pickles alone', async () => {
    const reader = sparseReader(sparseTorch(2 ** 32 + 4096));
    const took = await cpuTime(async () => {
      const result = await inspectArtifact({ path: 'big.pt', reader }, { knowledge: loadKnowledge(), now: () => performance.now() });
      expect(result.verdict).toBe('clean');
      expect(result.format).toBe('torch-zip');
    });
    expect(took).toBeLessThan(500);
    expect(reader.asked.bytes).toBeLessThan(1 << 20);
  });

  it('names members by archive!member, at every depth', async () => {
    const bytes = gzipSync(buildTar([{ name: 'a/b.zip', data: buildZip([entry('m.pkl', EVIL)]) }]));
    const { findings } = await inspectFile('x/model.tar.gz', bytes);
    expect(findings.find((finding) => finding.verdict === 'malicious')?.path).toBe('x/model.tar.gz!model.tar!a/b.zip!m.pkl');
  });

  it('gives the file itself no path', async () => {
    const { findings } = await inspectFile('x/model.pkl', EVIL);
    expect(findings.find((finding) => finding.verdict === 'malicious')).not.toHaveProperty('path');
  });

  it.each(['web/group1-shard1of4.bin', 'assets/models/face_recognition_model-shard2'])(
    'knows the weights of TensorFlow.js: %s',
    async (path) => {
      const numbers = new Uint8Array(new Float32Array(Array.from({ length: 64 }, (_, i) => Math.sin(i))).buffer);
      expect(artifactRole(path)).toBe('weights');
      expect(await inspectFile(path, numbers)).toMatchObject({ format: 'tensorflowjs-weights', verdict: 'clean' });
      // What else the bytes are counts all the same.
      expect(await inspectFile(path, EVIL)).toMatchObject({ verdict: 'malicious' });
      expect(artifactRole('data/table-shard1')).not.toBe('weights');
    },
  );

  it('says which interpretations a polyglot has', async () => {
    const { verdict, facts, findings } = await inspectFile('model.pkl', buildZip([entry('a.txt', 'x')], { prefix: PLAIN }));
    expect(verdict).toBe('suspicious');
    expect(facts['interpretations']).toEqual(expect.arrayContaining(['pickle', 'zip']));
    expect(findings.map((finding) => finding.ruleId)).toContain('polyglot-artifact');
  });

  it('reports an extension that lies, as suspicious where the name promises data', async () => {
    const lying = await inspectFile('model.safetensors', PLAIN);
    expect(lying.findings).toContainEqual(
      expect.objectContaining({
        ruleId: 'artifact-type-mismatch',
        verdict: 'suspicious',
        args: { extension: '.safetensors', format: 'pickle' },
      }),
    );
    const odd = await inspectFile('model.pt', npy("'<f4'", '(1,)', Buffer.alloc(4)));
    expect(odd.verdict).toBe('clean');
    expect(odd.findings).toContainEqual(expect.objectContaining({ ruleId: 'artifact-type-mismatch', severity: 'low' }));
  });

  it('calls nothing clean that it cannot read', async () => {
    const failing = { size: 100, read: () => Promise.reject(new Error('EIO')) };
    const result = await inspectArtifact({ path: 'm.pt', reader: failing }, { knowledge: loadKnowledge(), now: () => 0 });
    expect(result.verdict).toBe('incomplete');
    expect(result.findings[0]?.args).toMatchObject({ reason: 'unreadable' });
  });

  it('survives a source that fails in the middle', async () => {
    const bytes = buildZip([entry('m.pkl', PLAIN), entry('n.bin', new Uint8Array(3 << 20))]);
    let reads = 0;
    const failing = {
      size: bytes.length,
      read: (offset: number, length: number) => {
        reads += 1;
        return reads > 4 ? Promise.reject(new Error('connection reset')) : Promise.resolve(bytes.subarray(offset, offset + length));
      },
    };
    const result = await inspectArtifact({ path: 'm.zip', reader: failing }, { knowledge: loadKnowledge(), now: () => 0 });
    expect(result.verdict).toBe('incomplete');
  });

  it('turns a crash of one format into a finding', async () => {
    const knowledge = {
      get: () => {
        throw new Error('no knowledge');
      },
    };
    const result = await inspectArtifact(
      { path: 'm.pkl', reader: { size: EVIL.length, read: () => Promise.resolve(EVIL) } },
      { knowledge, now: () => 0 },
    );
    expect(result.verdict).not.toBe('clean');
    expect(result.findings.map((finding) => finding.args['reason'])).toContain('crash');
  });

  it('lists every format once', () => {
    expect(new Set(formats.map((format) => format.id)).size).toBe(formats.length);
  });
});

describe('limits', () => {
  it('stop at MAX_NESTING archives in archives', async () => {
    let bytes: Uint8Array = PLAIN;
    for (let level = 0; level <= MAX_NESTING; level += 1) bytes = gzipSync(bytes);
    const result = await inspectFile('m.gz', bytes);
    expect(result.verdict).toBe('incomplete');
    expect(limitsOf(result)).toContain('MAX_NESTING');
  });

  it('allow MAX_NESTING', async () => {
    let bytes: Uint8Array = EVIL;
    for (let level = 0; level < MAX_NESTING; level += 1) bytes = gzipSync(bytes);
    expect((await inspectFile('m.gz', bytes)).verdict).toBe('malicious');
  });

  it('count members over all levels', async () => {
    const bytes = buildZip(Array.from({ length: 50 }, (_, i) => entry(`${i}.txt`, 'x')));
    const result = await inspectFile('m.zip', bytes, { members: 20 });
    expect(result.verdict).toBe('incomplete');
    expect(limitsOf(result)).toContain('MAX_MEMBERS');
    expect(MAX_MEMBERS).toBeGreaterThan(10_000);
  });

  it('hold for members that are only folders', async () => {
    const bytes = buildZip([...Array.from({ length: MAX_MEMBERS }, (_, i) => entry(`${i}/`, '')), entry('m.pkl', EVIL)]);
    const result = await inspectFile('m.zip', bytes);
    expect(result.verdict).not.toBe('clean');
    expect(limitsOf(result)).toContain('MAX_MEMBERS');
  });

  it('bound the bytes decompressed', async () => {
    const bytes = gzipSync(Buffer.from(Array.from({ length: 60_000 }, (_, i) => (i * 7919) % 256)));
    const result = await inspectFile('m.gz', bytes, { bytes: 1000 });
    expect(result.verdict).toBe('incomplete');
    expect(limitsOf(result)).toEqual(expect.arrayContaining([]));
    expect(result.findings[0]?.args).toMatchObject({ reason: 'limit' });
    expect(MAX_DECODED_STREAM).toBeLessThanOrEqual(64 << 20);
  });

  it('bound the ratio of a stream', async () => {
    const zip = buildZip([entry('zeros', new Uint8Array(60_000_000), { method: 8 })]);
    const gzip = gzipSync(new Uint8Array(60_000_000));
    expect(
      await cpuTime(async () => {
        expect((await inspectFile('m.zip', zip)).verdict).toBe('incomplete');
        const result = await inspectFile('m.pkl.gz', gzip);
        expect(result.verdict).toBe('incomplete');
        expect(limitsOf(result)).toContain('MAX_RATIO');
      }),
    ).toBeLessThan(1000);
  });

  it('end the work when time is over', async () => {
    let clock = 0;
    const bytes = buildZip(Array.from({ length: 300 }, (_, i) => entry(`${i}.pkl`, PLAIN, { method: 8 })));
    const result = await inspectArtifact(
      { path: 'm.zip', reader: { size: bytes.length, read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)) } },
      { knowledge: loadKnowledge(), now: () => (clock += 10), limits: { milliseconds: 500 } },
    );
    expect(result.verdict).toBe('incomplete');
    expect(result.findings.length).toBeLessThan(300);
  });

  it('keep the list of members short, and the count exact', async () => {
    const bytes = buildZip(Array.from({ length: 500 }, (_, i) => entry(`${i}.txt`, 'x')));
    const { facts, verdict } = await inspectFile('m.zip', bytes);
    expect(verdict).toBe('clean');
    expect(facts['memberCount']).toBe(500);
    expect(facts['members']).toHaveLength(MAX_LISTED_MEMBERS);
  });

  it('never hide a worse verdict behind many findings of one rule', async () => {
    const bytes = buildZip([
      ...Array.from({ length: 200 }, (_, i) => entry(`${i}.txt`, 'x', { central: { crc: 1 }, local: { crc: 1 } })),
      entry('m.pkl', EVIL),
    ]);
    const { verdict, findings } = await inspectFile('m.zip', bytes);
    expect(verdict).toBe('malicious');
    expect(findings.length).toBeLessThan(100);
  });

  it('read 10 MB of two-byte pickles in bounded time', async () => {
    const flood = Buffer.alloc(10 << 20, 'N.');
    expect(await cpuTime(async () => expect((await inspectFile('flood.pt', flood)).verdict).not.toBe('clean'))).toBeLessThan(2000);
  });
});

describe('artifactRole', () => {
  const head = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  it.each([
    ['models/a.safetensors', 'weights'],
    ['a.PT', 'weights'],
    ['weights.h5', 'weights'],
    ['tokenizer_config.json', 'companion'],
    ['chat_template.jinja', 'companion'],
    ['pytorch_model.bin', 'weights'],
    ['pytorch_model-00001-of-00002.bin', 'weights'],
    ['model.bin', 'sniff'],
    ['model.pkl.gz', 'weights'],
    ['models/net.pt.xz', 'weights'],
    ['notes.txt.gz', 'sniff'],
    ['model.tar.gz', 'weights'],
    ['source.tar.gz', 'sniff'],
    ['a.zip', 'sniff'],
    ['README.md', undefined],
    ['src/app.py', undefined],
    ['package.json', 'sniff'],
  ] as const)('%s is %s by name', (path, role) => {
    expect(artifactRole(path)).toBe(role);
  });

  it.each([
    ['pytorch_model.bin', '\x80\x02}q', 'weights'],
    ['firmware.bin', '\x00\x01\x02\x03', undefined],
    ['data.dat', "cos\nsystem\n(S'id'\ntR.", 'weights'],
    ['model.bin', 'GGUF\x03\0\0\0', 'weights'],
    ['data.bin', 'version https://git-lfs.github.com/spec/v1\n', 'weights'],
    ['site.pth', '/usr/lib/python\nimport x\n', undefined],
    ['net.pth', 'PK\x03\x04', 'weights'],
    ['net.pth', 'version https://git-lfs.github.com/spec/v1\n', 'weights'],
    ['photos.zip', 'PK\x03\x04' + '\0'.repeat(26) + 'a.jpg', undefined],
    ['model.zip', 'PK\x03\x04' + '\0'.repeat(26) + 'archive/data.pkl', 'weights'],
    ['package.json', '{"name": "x"}', undefined],
    ['config.json', '{"name": "x"}', undefined],
    ['config.json', '{"architectures": ["A"]}', 'companion'],
  ] as const)('%s beginning %j is %s', (path, text, role) => {
    expect(artifactRole(path, head(text))).toBe(role);
  });
});
