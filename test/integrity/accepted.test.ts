import { describe, expect, it } from 'vitest';
import { bundle, publicPem, resource, statement, tree, verifyKey } from './world.ts';

// Correctly signed bundles that must verify, also where writers depart from the specification.

const A = 'weights';
const B = 'config';
const model = tree({ 'a.bin': A, 'b.json': B });
const good = [resource('a.bin', A), resource('b.json', B)];
const shard = resource;
const shards = { method: 'shards', shard_size: 4 };

describe('correctly signed, and accepted', () => {
  it.each([
    ['files', model, statement(good), {}],
    ['resources in another order', model, statement(good.toReversed()), {}],
    ['unknown fields', model, statement(good, { future: 1 }, { future: true }), {}],
    ['the .git of the model itself', tree({ 'a.bin': A, 'b.json': B, '.git/HEAD': 'x', '.gitattributes': 'x' }), statement(good), {}],
    [
      'shards of 4 bytes',
      tree({ 'a.bin': '0123456789' }),
      statement([shard('a.bin:0:4', '0123'), shard('a.bin:4:8', '4567'), shard('a.bin:8:10', '89')], shards),
      {},
    ],
    [
      'shards as the reference writes their algorithm',
      tree({ 'a.bin': '0123' }),
      statement([{ ...shard('a.bin:0:4', '0123'), algorithm: 'sha256-sharded-4' }], { method: 'shards', shard_size: 4 }),
      {},
    ],
    ['a colon in a shard name', tree({ 'a:0:4': '0123' }), statement([shard('a:0:4:0:4', '0123')], shards), {}],
    ['a single file named "."', tree({ 'm.bin': A }), statement([resource('.', A)]), {}],
    [
      'links where the signature allows them',
      tree({ 'a.bin': A, 'b.json': B }, { links: ['a.bin'] }),
      statement(good, { allow_symlinks: true }),
      {},
    ],
    ['the bundle inside the model', tree({ 'a.bin': A, 'b.json': B, 'model.sig': 'x' }), statement(good), { bundlePath: 'model.sig' }],
  ] as const)('%s', async (_, files, payload, options) => {
    const result = await verifyKey(files, bundle(payload), options);
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({ verified: true, trust: 'signed-pinned', signer: { method: 'key' } });
  });

  it('lists what is not signed and what is ignored, even when it holds', async () => {
    const files = tree({ 'a.bin': A, 'b.json': B, 'extra.py': 'x', 'logs/run.pkl': 'x' });
    const result = await verifyKey(files, bundle(statement(good, { ignore_paths: ['logs'] })), { ignoreUnsigned: true });
    expect(result.verified).toBe(true);
    expect(result.notices.map((notice) => `${notice.code} ${notice.path}`)).toEqual(['unsigned extra.py', 'ignored-present logs/run.pkl']);
  });

  it('carries nothing from one verification to the next', async () => {
    const loose = verifyKey(tree({ 'a.bin': A, 'b.json': B, 'x.py': 'x' }), bundle(statement(good)), { ignorePaths: ['x.py'] });
    const strict = verifyKey(tree({ 'a.bin': A, 'b.json': B, 'x.py': 'x' }), bundle(statement(good)));
    expect((await Promise.all([loose, strict])).map((result) => result.verified)).toEqual([true, false]);
  });

  it('does not take a private key for a public one', async () => {
    const result = await verifyKey(model, bundle(statement(good)), {
      policy: { method: 'key', publicKey: publicPem.replaceAll('PUBLIC', 'PRIVATE') },
    });
    expect(result.problems[0]?.detail).toMatch(/private key/);
  });
});
