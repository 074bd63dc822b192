import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ArtifactReport } from '../../src/core/report.ts';
import { checkAll } from '../../src/integrity/check-all.ts';
import { embeddedTrustedRoot } from '../../src/integrity/trusted-root.ts';
import { memorySource } from '../../src/source/memory.ts';
import type { ModelTrust } from '../../src/integrity/scan-models.ts';
import { bundle, publicPem, resource, statement } from './world.ts';

const hex = (algorithm: string, text: string | Buffer): string => createHash(algorithm).update(text).digest('hex');

async function check(files: Record<string, string | Buffer>, trust: readonly ModelTrust[] = [], artifacts: readonly ArtifactReport[] = []) {
  const source = memorySource(files);
  const { entries } = await source.list();
  const stage = await checkAll({
    source,
    entries,
    artifacts,
    trust,
    trustedRoot: embeddedTrustedRoot,
    now: new Date('2026-01-01'),
    concurrency: 2,
  });
  return stage.results;
}

const codes = (results: Awaited<ReturnType<typeof check>>): string[] =>
  results.flatMap((result) => result.problems.map((problem) => `${problem.code}${problem.path ? ` ${problem.path}` : ''}`));

/** A safetensors file with these tensors of one byte. */
function safetensors(...names: string[]): Buffer {
  const header = JSON.stringify(Object.fromEntries(names.map((name, i) => [name, { dtype: 'U8', shape: [1], data_offsets: [i, i + 1] }])));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(names.length)]);
}

const index = (map: Record<string, string>): string => JSON.stringify({ metadata: { total_size: 3 }, weight_map: map });

describe('checksum files', () => {
  it.each([
    ['SHA256SUMS', `${hex('sha256', 'w')}  model.bin\n`],
    ['SHA256SUMS', `${hex('sha256', 'w')} *model.bin\r\n`],
    ['checksums.txt', `${hex('sha512', 'w')}  ./model.bin\n`],
    ['sums/../SHA256SUMS.txt', `SHA256 (model.bin) = ${hex('sha256', 'w')}\n`],
    ['model.bin.sha256', hex('sha256', 'w')],
    ['model.bin.sha256', `${hex('sha256', 'w').toUpperCase()}  model.bin`],
    ['b2sums', `${hex('blake2b512', 'w')}  model.bin\n`],
  ])('%s verifies', async (name, text) => {
    expect(await check({ 'model.bin': 'w', [name.replace('sums/../', '')]: text })).toMatchObject([
      { source: 'checksums', status: 'verified', trust: 'digest-pinned', problems: [] },
    ]);
  });

  it('reads BLAKE3 sums', async () => {
    // b3sum of the empty input, from the BLAKE3 test vectors.
    expect(await check({ 'm.bin': '', B3SUMS: 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262  m.bin' })).toMatchObject([
      { status: 'verified' },
    ]);
  });

  it('says what differs, and how weak a digest is', async () => {
    expect(codes(await check({ 'a.bin': 'w', SHA256SUMS: `${hex('sha256', 'x')}  a.bin` }))).toEqual(['mismatch a.bin']);
    expect(codes(await check({ 'a.bin': 'w', md5sums: `${hex('md5', 'w')}  a.bin` }))).toEqual(['weak-digest a.bin']);
  });

  it('reads escaped names, and never follows a name out of the target', async () => {
    expect(
      await check({ 'a\nb': 'w', SHA256SUMS: `\\${hex('sha256', 'w')}  a\\nb\n${hex('sha256', 'w')}  ../../etc/passwd\n` }),
    ).toMatchObject([{ status: 'verified' }]);
  });

  it('says nothing of a file whose subjects are not here', async () => {
    expect(await check({ SHA256SUMS: `${hex('sha256', 'w')}  release.tar.gz` })).toEqual([]);
  });
});

describe('shard index', () => {
  it('is consistent where every shard holds its tensors', async () => {
    const files = {
      'm/model.safetensors.index.json': index({ a: 'one.safetensors', b: 'two.safetensors' }),
      'm/one.safetensors': safetensors('a'),
      'm/two.safetensors': safetensors('b'),
    };
    expect(await check(files)).toMatchObject([{ source: 'shard-index', status: 'verified', trust: 'self-consistent' }]);
  });

  it.each([
    [
      'a missing shard',
      { 'model.safetensors.index.json': index({ a: 'one.safetensors', b: 'two.safetensors' }), 'two.safetensors': safetensors('b') },
      'missing one.safetensors',
    ],
    [
      'a tensor in no shard',
      { 'model.safetensors.index.json': index({ a: 'one.safetensors', b: 'one.safetensors' }), 'one.safetensors': safetensors('a') },
      'shard-gap one.safetensors',
    ],
    [
      'a tensor that nobody names',
      { 'model.safetensors.index.json': index({ a: 'one.safetensors' }), 'one.safetensors': safetensors('a', 'x') },
      'unsigned one.safetensors',
    ],
    [
      'a shard that leaves the model',
      { 'model.safetensors.index.json': index({ a: '../one.safetensors' }), 'one.safetensors': safetensors('a') },
      'shard-gap model.safetensors.index.json',
    ],
    [
      'a shard that is something else',
      { 'model.safetensors.index.json': index({ a: 'one.safetensors' }), 'one.safetensors': 'not weights' },
      'unverifiable one.safetensors',
    ],
  ])('names %s', async (_, files, expected) => {
    expect(codes(await check(files))).toEqual([expected]);
  });
});

describe('other sources', () => {
  it('compares with what the hub client noted, by SHA-256 or git SHA-1', async () => {
    const commit = 'a'.repeat(40);
    const git = hex('sha1', Buffer.from('blob 2\0{}'));
    const files = {
      'm/model.bin': 'w',
      'm/config.json': '{}',
      'm/.cache/huggingface/download/model.bin.metadata': `${commit}\n${hex('sha256', 'w')}\n1700000000.0\n`,
      'm/.cache/huggingface/download/config.json.metadata': `${commit}\n${git}\n1700000000.0\n`,
    };
    expect(await check(files)).toMatchObject([
      { source: 'hf-metadata', subject: 'm/config.json', status: 'verified', trust: 'digest-hub' },
      { source: 'hf-metadata', subject: 'm/model.bin', status: 'verified', trust: 'digest-hub' },
    ]);
    expect(codes(await check({ ...files, 'm/model.bin': 'tampered' }))).toContain('mismatch m/model.bin');
  });

  it('reads DVC pins, and leaves text hashed with other line endings alone', async () => {
    const file = (hash: string, md5: string): string => `outs:\n- md5: ${md5}\n  size: 1\n${hash}  path: model.pkl\n`;
    expect(codes(await check({ 'model.pkl': 'w', 'model.pkl.dvc': file('  hash: md5\n', hex('md5', 'w')) }))).toEqual([
      'weak-digest model.pkl',
    ]);
    expect(codes(await check({ 'model.pkl': 'w', 'model.pkl.dvc': file('  hash: md5\n', hex('md5', 'x')) }))).toEqual([
      'mismatch model.pkl',
    ]);
    expect(await check({ 'model.pkl': 'w', 'model.pkl.dvc': file('', hex('md5', 'x')) })).toEqual([]);
  });

  it('reads an Ollama store', async () => {
    const digest = hex('sha256', 'weights');
    const manifest = JSON.stringify({
      schemaVersion: 2,
      config: { digest: `sha256:${digest}`, size: 7 },
      layers: [{ digest: `sha256:${digest}`, size: 7 }],
    });
    const files = { 'models/manifests/registry.example.com/library/llama3/8b': manifest, [`models/blobs/sha256-${digest}`]: 'weights' };
    expect(await check(files)).toMatchObject([{ source: 'ollama', status: 'verified', trust: 'self-consistent' }]);
    expect(codes(await check({ ...files, [`models/blobs/sha256-${digest}`]: 'weightz' }))).toContain(
      `mismatch models/blobs/sha256-${digest}`,
    );
  });

  it('reads an OCI layout down to its layers', async () => {
    const layer = hex('sha256', 'layer');
    const manifest = JSON.stringify({
      config: { digest: `sha256:${hex('sha256', '{}')}`, size: 2 },
      layers: [{ digest: `sha256:${layer}`, size: 5 }],
    });
    const files = {
      'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
      'index.json': JSON.stringify({ manifests: [{ digest: `sha256:${hex('sha256', manifest)}`, size: manifest.length }] }),
      [`blobs/sha256/${hex('sha256', manifest)}`]: manifest,
      [`blobs/sha256/${hex('sha256', '{}')}`]: '{}',
      [`blobs/sha256/${layer}`]: 'layer',
    };
    expect((await check(files)).map((result) => result.status)).toEqual(['verified', 'verified']);
    expect(codes(await check({ ...files, [`blobs/sha256/${layer}`]: 'other' }))).toEqual([`mismatch blobs/sha256/${layer}`]);
  });
});

describe('what proves nothing, and says so', () => {
  it('a model index without any weights beside it is no model with missing ones', async () => {
    expect(await check({ 'model.safetensors.index.json': index({ a: 'one.safetensors' }) })).toEqual([]);
  });

  it('shards that are Git LFS pointers are unverified, not wrong', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${hex('sha256', 'x')}\nsize 1\n`;
    expect(await check({ 'model.safetensors.index.json': index({ a: 'one.safetensors' }), 'one.safetensors': pointer })).toMatchObject([
      { status: 'unverified', trust: 'none' },
    ]);
  });

  it('an MLflow model has a signature that signs nothing', async () => {
    expect(await check({ 'm/MLmodel': 'flavors:\n  sklearn: {}\nsignature:\n  inputs: x\n' })).toMatchObject([
      { source: 'mlflow', subject: 'm', status: 'unverified', trust: 'none' },
    ]);
    expect(await check({ 'm/MLmodel': 'something: else\n' })).toEqual([]);
    expect(await check({ 'm/MLmodel': ': : :' })).toEqual([]);
  });

  it('a C2PA manifest is noted, and not verified', async () => {
    const artifact = (key: string): ArtifactReport => ({
      path: 'a.safetensors',
      format: 'safetensors',
      size: 1,
      verdict: 'clean',
      facts: { metadataKeys: ['format', key] },
    });
    expect(await check({}, [], [artifact('c2pa:manifest')])).toMatchObject([
      { source: 'c2pa', subject: 'a.safetensors', status: 'unverified' },
    ]);
    expect(await check({}, [], [artifact('author')])).toEqual([]);
  });
});

describe('packed models', () => {
  const pack = (mediaType: string, annotations: Record<string, string>): Record<string, string> => {
    const layer = hex('sha256', 'layer');
    const manifest = JSON.stringify({
      config: { mediaType, digest: `sha256:${hex('sha256', '{}')}`, size: 2 },
      layers: [{ digest: `sha256:${layer}`, size: 5, annotations }],
    });
    return {
      'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
      'index.json': JSON.stringify({ manifests: [{ digest: `sha256:${hex('sha256', manifest)}`, size: manifest.length }] }),
      [`blobs/sha256/${hex('sha256', manifest)}`]: manifest,
      [`blobs/sha256/${hex('sha256', '{}')}`]: '{}',
      [`blobs/sha256/${layer}`]: 'wrong',
    };
  };

  it.each([
    ['modelpack', 'application/vnd.cncf.model.config.v1+json', 'org.cncf.model.filepath'],
    ['kitops', 'application/vnd.kitops.modelkit.config.v1+json', 'org.opencontainers.image.title'],
  ])('%s layers are called by the file in them', async (source, mediaType, annotation) => {
    const results = await check(pack(mediaType, { [annotation]: 'model.safetensors' }));
    expect(results.find((result) => result.source === source)).toMatchObject({
      status: 'failed',
      problems: [{ code: 'mismatch', detail: 'sha256 differs (model.safetensors)' }],
    });
  });
});

describe('signatures that a scan finds', () => {
  const files = { 'models/m/a.bin': 'weights', 'models/m/model.sig': bundle(statement([resource('a.bin', 'weights')])) };
  const trusted = (matches: boolean, key = publicPem): ModelTrust => ({
    matches: () => matches,
    publicKeys: [key],
    certificates: [],
    identities: [],
  });

  it('proves nothing where nobody said whom to trust', async () => {
    expect(await check(files)).toMatchObject([
      { source: 'oms', subject: 'models/m', status: 'unverified', trust: 'none', problems: [{ code: 'unverifiable' }] },
    ]);
  });

  it('verifies against the signer that the configuration names for this model', async () => {
    expect(await check(files, [trusted(true)])).toMatchObject([{ status: 'verified', trust: 'signed-pinned', signer: { method: 'key' } }]);
    expect(await check(files, [trusted(false)])).toMatchObject([{ status: 'unverified' }]);
    expect(await check({ ...files, 'models/m/a.bin': 'tampered' }, [trusted(true)])).toMatchObject([
      { status: 'failed', problems: [{ code: 'mismatch', path: 'a.bin' }] },
    ]);
  });

  it('refuses a method that the configuration does not trust', async () => {
    expect(await check(files, [{ ...trusted(true), publicKeys: [] }])).toMatchObject([
      { status: 'failed', problems: [{ code: 'signer-untrusted' }] },
    ]);
  });

  it('does not take a damaged signature for none', async () => {
    expect(await check({ ...files, 'models/m/model.sig': '{' })).toMatchObject([
      { status: 'failed', problems: [{ code: 'bundle-invalid' }] },
    ]);
  });

  it('finds a bundle beside the file that it signs', async () => {
    const payload = Buffer.from(
      JSON.stringify({
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: 'a.bin', digest: { sha256: hex('sha256', 'weights') } }],
        predicateType: 'https://example.com/p',
        predicate: {},
      }),
    );
    const attested = { 'm/a.bin': 'weights', 'm/a.bin.sigstore.json': bundle(null, { raw: payload.toString() }) };
    expect(await check(attested)).toMatchObject([{ source: 'sigstore', subject: 'm/a.bin', status: 'unverified' }]);
    expect(await check(attested, [trusted(true)])).toMatchObject([
      { status: 'verified', trust: 'signed-pinned', covered: ['m/a.bin'], signer: { predicateType: 'https://example.com/p' } },
    ]);
    expect(await check({ ...attested, 'm/a.bin': 'tampered' }, [trusted(true)])).toMatchObject([
      { status: 'failed', problems: [{ code: 'mismatch', path: 'm/a.bin' }] },
    ]);
    expect(await check({ ...attested, 'm/a.bin.sigstore.json': '{' })).toMatchObject([
      { status: 'failed', problems: [{ code: 'bundle-invalid' }] },
    ]);
    // What it signs is not here: nothing to verify, and nothing to say.
    expect(await check({ 'm/a.bin.sigstore.json': attested['m/a.bin.sigstore.json'] }, [trusted(true)])).toEqual([]);
  });

  it('asks the configuration by the path of the file, or of its directory', async () => {
    const payload = JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'a.bin', digest: { sha256: hex('sha256', 'weights') } }],
      predicateType: 'https://example.com/p',
      predicate: {},
    });
    const attested = { 'm/a.bin': 'weights', 'm/a.bin.sigstore': bundle(null, { raw: payload }) };
    for (const wanted of ['m/a.bin', 'm'])
      expect(await check(attested, [{ ...trusted(true), matches: (path) => path === wanted }])).toMatchObject([{ status: 'verified' }]);
  });

  it('fails where something in the model was not looked at', async () => {
    const source = memorySource(files);
    const { entries } = await source.list();
    const unseen = [
      { path: 'models/m/venv', reason: 'excluded', detail: 'installed dependencies' },
      { path: 'models/m/out', reason: 'symlink-outside' },
      { path: 'models/m/notes', reason: 'excluded', detail: 'ignored by git and not tracked' },
      { path: 'elsewhere', reason: 'symlink-outside' },
    ] as const;
    const { results } = await checkAll({
      source,
      entries,
      unseen,
      artifacts: [],
      trust: [trusted(true)],
      trustedRoot: embeddedTrustedRoot,
      now: new Date('2026-01-01'),
      concurrency: 2,
    });
    expect(codes(results)).toEqual(['symlink out', 'special venv']);
  });

  it('stops at a number of signatures that no honest target has, and says so', async () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`m${i}/model.sig`, '{']));
    const source = memorySource(many);
    const { entries } = await source.list();
    const stage = await checkAll({
      source,
      entries,
      artifacts: [],
      trust: [],
      trustedRoot: embeddedTrustedRoot,
      now: new Date('2026-01-01'),
      concurrency: 2,
    });
    expect(stage.results).toHaveLength(200);
    expect(stage.skipped).toMatchObject([{ reason: 'limit' }]);
    expect(stage.coverage.status).toBe('partial');
  });
});
