import { describe, expect, it } from 'vitest';
import type { ModelTree } from '../../src/integrity/model-tree.ts';
import type { OmsOptions } from '../../src/integrity/oms/verify.ts';
import { bundle, resource, rootDigest, sha256, statement, tree, verifyKey } from './world.ts';

// Bundles that are correctly signed by the expected key and still must not verify. Each names what differs.

const A = 'weights';
const B = 'config';
const model = tree({ 'a.bin': A, 'b.json': B });
const good = [resource('a.bin', A), resource('b.json', B)];
const shard = (name: string, text: string): { name: string; algorithm: string; digest: string } => resource(name, text);
const shards = { method: 'shards', shard_size: 4 };

interface Case {
  readonly name: string;
  readonly bundle: Buffer;
  readonly says: RegExp;
  readonly code?: string;
  readonly model?: ModelTree;
  readonly options?: Partial<OmsOptions>;
}

const badName = (name: string): Case => ({
  name: `resource name ${JSON.stringify(name)}`,
  bundle: bundle(statement([...good, resource(name, 'x')])),
  says: /not a relative path inside the model/,
});
const badIgnore = (path: unknown): Case => ({
  name: `signed ignore path ${JSON.stringify(path)}`,
  bundle: bundle(statement(good, { ignore_paths: [path] })),
  says: /not a plain relative path/,
});
const badDigest = (digest: unknown): Case => ({
  name: `digest ${JSON.stringify(digest)}`,
  bundle: bundle(statement([{ name: 'a.bin', algorithm: 'sha256', digest }])),
  says: /lower-case hexadecimal/,
});
const badAlgorithm = (algorithm: unknown): Case => ({
  name: `algorithm ${JSON.stringify(algorithm)}`,
  bundle: bundle(statement([{ ...good[0], algorithm }, good[1]])),
  says: /instead of sha256/,
});
const badHash = (hash_type: unknown): Case => ({
  name: `hash_type ${JSON.stringify(hash_type)}`,
  bundle: bundle(statement(good, { hash_type })),
  says: /is not one of/,
});
const badShard = (name: string, says = /path:start:end|shard_size/): Case => ({
  name: `shard name ${JSON.stringify(name)}`,
  bundle: bundle(statement([shard(name, 'x')], shards)),
  says,
});

const tiling = (name: string, ranges: readonly [number, number][], says: RegExp): Case => ({
  name: `shards with ${name}`,
  model: tree({ 'a.bin': '0123456789' }),
  bundle: bundle(
    statement(
      ranges.map(([start, end]) => shard(`a.bin:${start}:${end}`, '0123456789'.slice(start, end))),
      shards,
    ),
  ),
  says,
  code: 'shard-gap',
});

const cases: readonly Case[] = [
  // names that leave the model, or mean one file to one reader and another to the next
  ...['../outside', 'a/../../b', '/etc/passwd', 'a//b', './a.bin', 'a/./b', 'a\0b', 'dir/', '..', 'a\\..\\b', 'C:/x', ''].map(badName),
  { name: 'the same name twice', bundle: bundle(statement([good[0], good[0], good[1]])), says: /listed twice/ },
  {
    name: 'the same name twice with two digests',
    bundle: bundle(statement([good[0], resource('a.bin', 'other'), good[1]])),
    says: /listed twice/,
  },
  // ignore paths that hide more than they name
  ...['.', '', '..', '../x', '/', '/etc', '*', '*.py', 'a?', '[a]', 'a/../b', './', 'a//b', 7, null].map(badIgnore),
  { name: 'ignore_paths that is no list', bundle: bundle(statement(good, { ignore_paths: 'a.bin' })), says: /not a list/ },
  {
    name: 'an ignore path that covers a signed file',
    bundle: bundle(statement(good, { ignore_paths: ['a.bin'] })),
    says: /left out by an ignore path/,
    code: 'missing',
  },
  // digests and algorithms
  ...[sha256(A).toUpperCase(), sha256(A).slice(2), `${sha256(A)}00`, 'zz', '', 7, null, { sha256: sha256(A) }].map(badDigest),
  ...['md5', 'SHA256', 'sha-256', 'blake2b', 'sha256-sharded-4', '', null].map(badAlgorithm),
  ...['sha1', 'md5', 'blake2', '', null, ['sha256']].map(badHash),
  // statement
  { name: 'no resources', bundle: bundle(statement([])), says: /signs no files/ },
  {
    name: 'resources that are no list',
    bundle: bundle(
      statement(good, {}, { predicate: { resources: {}, serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false } } }),
    ),
    says: /signs no files/,
  },
  { name: 'no predicate', bundle: bundle(statement(good, {}, { predicate: undefined })), says: /predicate is missing/ },
  { name: 'no subject', bundle: bundle(statement(good, {}, { subject: [] })), says: /0 subjects/ },
  {
    name: 'two subjects',
    bundle: bundle(statement(good, {}, { subject: [1, 2].map(() => ({ name: 'm', digest: { sha256: rootDigest(good) } })) })),
    says: /2 subjects/,
  },
  {
    name: 'wrong predicate type',
    bundle: bundle(statement(good, {}, { predicateType: 'https://slsa.dev/provenance/v1' })),
    says: /predicateType/,
  },
  { name: 'wrong statement type', bundle: bundle(statement(good, {}, { _type: 'https://in-toto.io/Statement/v0.1' })), says: /_type/ },
  { name: 'wrong payload type', bundle: bundle(statement(good), { payloadType: 'application/json' }), says: /payloadType/ },
  { name: 'payload that is no JSON', bundle: bundle(null, { raw: '{' }), says: /not JSON/ },
  {
    name: 'a key twice in the statement',
    bundle: bundle(null, { raw: JSON.stringify(statement(good)).replace('{', '{"_type":"x",') }),
    says: /twice/,
  },
  {
    name: 'root digest of other resources',
    bundle: bundle(statement(good, {}, { subject: [{ name: 'm', digest: { sha256: rootDigest([good[0]]) } }] })),
    says: /subject digest/,
    code: 'root-digest',
  },
  {
    name: 'root digest over another order',
    bundle: bundle(statement(good, {}, { subject: [{ name: 'm', digest: { sha256: rootDigest(good.toReversed()) } }] })),
    says: /subject digest/,
    code: 'root-digest',
  },
  { name: 'unknown serialization', bundle: bundle(statement(good, { method: 'tree' })), says: /method/ },
  { name: 'allow_symlinks that is no boolean', bundle: bundle(statement(good, { allow_symlinks: 'no' })), says: /allow_symlinks/ },
  {
    name: 'model_signing 0.2.0',
    bundle: bundle({
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://model_signing/Digests/v0.1',
      subject: [{ name: 'a.bin', digest: { sha256: sha256(A) } }],
    }),
    says: /0\.2\.0/,
    code: 'legacy',
  },
  // shards
  ...[
    'a.bin',
    'a.bin:0',
    'a.bin:4:0',
    'a.bin:4:4',
    'a.bin:0:-4',
    'a.bin:x:4',
    'a.bin:1:4',
    'a.bin:0:8',
    'a.bin:0:99999999999999999999',
  ].map((name) => badShard(name)),
  badShard('../a.bin:0:4', /not a relative path/),
  { name: 'shards without a size', bundle: bundle(statement([shard('a.bin:0:4', 'x')], { method: 'shards' })), says: /shard_size/ },
  {
    name: 'shards of size 0',
    bundle: bundle(statement([shard('a.bin:0:4', 'x')], { method: 'shards', shard_size: 0 })),
    says: /shard_size/,
  },
  {
    name: 'shards of half a byte',
    bundle: bundle(statement([shard('a.bin:0:4', 'x')], { method: 'shards', shard_size: 0.5 })),
    says: /shard_size/,
  },
  tiling(
    'a gap',
    [
      [0, 4],
      [8, 10],
    ],
    /leave a gap at byte 4/,
  ),
  tiling(
    'a missing head',
    [
      [4, 8],
      [8, 10],
    ],
    /leave a gap at byte 0/,
  ),
  tiling(
    'an unsigned tail',
    [
      [0, 4],
      [4, 8],
    ],
    /end at byte 8, the file at 10/,
  ),
  {
    ...tiling(
      'an overlap',
      [
        [0, 4],
        [0, 3],
        [4, 8],
        [8, 10],
      ],
      /listed twice/,
    ),
    code: 'statement-invalid',
  },
  tiling(
    'a range past the end',
    [
      [0, 4],
      [4, 8],
      [8, 12],
    ],
    /end at byte 12/,
  ),
  {
    name: 'a shard with another digest',
    model: tree({ 'a.bin': '01234567' }),
    bundle: bundle(statement([shard('a.bin:0:4', '0123'), shard('a.bin:4:8', 'xxxx')], shards)),
    says: /bytes 4 to 8/,
    code: 'mismatch',
  },
  {
    name: 'a file that no shard names',
    model: tree({ 'a.bin': '0123', 'evil.py': 'x' }),
    bundle: bundle(statement([shard('a.bin:0:4', '0123')], shards)),
    says: /^$/,
    code: 'unsigned',
  },
  // files
  {
    name: 'a changed file',
    model: tree({ 'a.bin': 'changed', 'b.json': B }),
    bundle: bundle(statement(good)),
    says: /differs/,
    code: 'mismatch',
  },
  { name: 'a missing file', model: tree({ 'a.bin': A }), bundle: bundle(statement(good)), says: /^$/, code: 'missing' },
  {
    name: 'a file in another case',
    model: tree({ 'A.bin': A, 'b.json': B }),
    bundle: bundle(statement(good)),
    says: /^$/,
    code: 'missing',
  },
  {
    name: 'a file that is not signed',
    model: tree({ 'a.bin': A, 'b.json': B, 'modeling_x.py': 'x' }),
    bundle: bundle(statement(good)),
    says: /^$/,
    code: 'unsigned',
  },
  {
    name: 'a hidden file that is not signed',
    model: tree({ 'a.bin': A, 'b.json': B, '.hidden/x.pkl': 'x' }),
    bundle: bundle(statement(good)),
    says: /^$/,
    code: 'unsigned',
  },
  {
    name: 'a nested .git that no signer leaves out',
    model: tree({ 'a.bin': A, 'b.json': B, 'sub/.git/x.py': 'x' }),
    bundle: bundle(statement(good)),
    says: /^$/,
    code: 'unsigned',
  },
  {
    name: 'a name that only begins like an ignored one',
    model: tree({ 'a.bin': A, 'b.json': B, '.gitignore2': 'x' }),
    bundle: bundle(statement(good)),
    says: /^$/,
    code: 'unsigned',
  },
  {
    name: 'a path beside an ignored directory',
    model: tree({ 'a.bin': A, 'b.json': B, 'logs2/x.py': 'x' }),
    bundle: bundle(statement(good, { ignore_paths: ['logs'] })),
    says: /^$/,
    code: 'unsigned',
  },
  {
    name: 'a link in place of a file',
    model: tree({ 'a.bin': A, 'b.json': B }, { links: ['a.bin'] }),
    bundle: bundle(statement(good)),
    says: /symbolic link/,
    code: 'symlink',
  },
  {
    name: 'a link that leads out',
    model: tree({ 'a.bin': A, 'b.json': B }, { problems: [{ path: 'x', code: 'symlink', detail: 'leads out of the model' }] }),
    bundle: bundle(statement(good, { allow_symlinks: true })),
    says: /leads out/,
    code: 'symlink',
  },
  {
    name: 'a device',
    model: tree({ 'a.bin': A, 'b.json': B }, { problems: [{ path: 'x', code: 'special', detail: 'neither file nor directory' }] }),
    bundle: bundle(statement(good)),
    says: /neither/,
    code: 'special',
  },
  { name: 'a single-file name for a model of two files', bundle: bundle(statement([resource('.', A)])), says: /^$/, code: 'missing' },
  // bundle
  { name: 'two signatures', bundle: twice(), says: /2 signatures/ },
  { name: 'no signatures', bundle: withEnvelope({ signatures: [] }), says: /0 signatures/ },
  { name: 'signature with spaces', bundle: withEnvelope({ signatures: [{ sig: 'AA AA' }] }), says: /not base64/ },
  { name: 'payload with a URL alphabet', bundle: withEnvelope({ payload: '-_-_' }), says: /not base64/ },
  { name: 'unknown media type', bundle: bundle(statement(good), { over: { mediaType: 'application/json' } }), says: /mediaType/ },
  {
    name: 'media type of a version that does not exist',
    bundle: bundle(statement(good), { over: { mediaType: 'application/vnd.dev.sigstore.bundle.v0.9+json' } }),
    says: /mediaType/,
  },
  {
    name: 'two kinds of material',
    bundle: bundle(statement(good), { material: { publicKey: { hint: '' }, certificate: { rawBytes: '' } } }),
    says: /publicKey and certificate/,
  },
  { name: 'no material', bundle: bundle(statement(good), { material: {} }), says: /no key and no certificate/ },
  {
    name: 'a keyless bundle where a key is expected',
    bundle: bundle(statement(good), { material: { certificate: { rawBytes: 'AAAA' } } }),
    says: /method keyless/,
    code: 'method-mismatch',
  },
  {
    name: 'a hint of another key',
    bundle: bundle(statement(good), { material: { publicKey: { hint: sha256('other') } } }),
    says: /another key/,
    code: 'signer-untrusted',
  },
  {
    name: 'a key twice in the bundle',
    bundle: Buffer.from(bundle(statement(good)).toString().replace('{', '{"mediaType":"x",')),
    says: /twice/,
  },
  { name: 'both kinds of content', bundle: bundle(statement(good), { over: { messageSignature: {} } }), says: /both/ },
  { name: 'JSON nested without end', bundle: Buffer.from(`${'['.repeat(100_000)}`), says: /not JSON/ },
];

function withEnvelope(over: Record<string, unknown>): Buffer {
  const json = JSON.parse(bundle(statement(good)).toString()) as { dsseEnvelope: Record<string, unknown> };
  Object.assign(json.dsseEnvelope, over);
  return Buffer.from(JSON.stringify(json));
}

function twice(): Buffer {
  const json = JSON.parse(bundle(statement(good)).toString()) as { dsseEnvelope: { signatures: unknown[] } };
  json.dsseEnvelope.signatures.push(json.dsseEnvelope.signatures[0]);
  return Buffer.from(JSON.stringify(json));
}

describe('correctly signed, and refused', () => {
  it.each(cases.map((item) => [item.name, item] as const))('%s', async (_, item) => {
    const result = await verifyKey(item.model ?? model, item.bundle, item.options);
    expect(result.verified).toBe(false);
    expect(result.trust).toBe('none');
    const said = result.problems.map((problem) => problem.detail ?? '');
    expect(said.some((text) => item.says.test(text))).toBe(true);
    if (item.code !== undefined) expect(result.problems.map((problem) => problem.code)).toContain(item.code);
  });

  it('has at least sixty of them', () => expect(cases.length).toBeGreaterThanOrEqual(60));
});
