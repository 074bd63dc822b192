import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesReader } from '../../src/core/byte-reader.ts';
import { hashAll, hashReader } from '../../src/integrity/hash.ts';
import { rootAge } from '../../src/integrity/trusted-root.ts';
import { modelTree } from '../../src/workers/disk-model.ts';
import { hashFile } from '../../src/workers/hash-file.ts';

const content = Buffer.from('0123456789'.repeat(70_000));
const hex = (algorithm: string, data: Buffer | string): string => createHash(algorithm).update(data).digest('hex');

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'assay-hash-'));
  writeFileSync(join(dir, 'a.bin'), content);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('digests', () => {
  it('come several from one reading', async () => {
    let read = 0;
    const reader = {
      ...bytesReader(content),
      read: (offset: number, length: number) => (
        (read += Math.min(length, content.length - offset)),
        bytesReader(content).read(offset, length)
      ),
    };
    expect(await hashAll(reader, ['sha256', 'md5', 'blake2b', 'sha512', 'git-sha1', 'blake3'])).toEqual([
      hex('sha256', content),
      hex('md5', content),
      hex('blake2b512', content),
      hex('sha512', content),
      hex('sha1', Buffer.concat([Buffer.from(`blob ${content.length}\0`), content])),
      await hashReader(bytesReader(content), 'blake3'),
    ]);
    expect(read).toBe(content.length);
  });

  it('are the same from a file, whole and in part', async () => {
    const path = join(dir, 'a.bin');
    const size = content.length;
    expect(await hashFile({ path, size, algorithm: 'sha256', start: 0, end: size })).toBe(hex('sha256', content));
    expect(await hashFile({ path, size, algorithm: 'blake2b', start: 5, end: 300_001 })).toBe(
      hex('blake2b512', content.subarray(5, 300_001)),
    );
    const tree = await modelTree(dir);
    expect(await tree.digest('a.bin', 'sha256', { start: 10, end: 20 })).toBe(hex('sha256', '0123456789'));
    await tree.close();
  });

  it('are not those of a file that was exchanged after it was listed', async () => {
    const path = join(dir, 'a.bin');
    await expect(hashFile({ path, size: content.length - 1, algorithm: 'sha256', start: 0, end: 1 })).rejects.toThrow(
      /changed while it was verified/,
    );
    const tree = await modelTree(dir);
    rmSync(path);
    symlinkSync('/etc/hostname', path);
    await expect(tree.digest('a.bin', 'sha256')).rejects.toThrow(/leads out of the model/);
    await tree.close();
    rmSync(path);
    writeFileSync(path, content);
  });

  it('reject a reader that ends before its size', async () => {
    await expect(hashReader({ size: 10, read: () => Promise.resolve(new Uint8Array(0)) }, 'sha256')).rejects.toThrow(/ended at 0 of 10/);
  });
});

it('says when the embedded root is past its time', () => {
  expect(rootAge(new Date('2026-11-25'))).toEqual([]);
  expect(rootAge(new Date('2099-01-01'))).toMatchObject([{ code: 'trusted-root-old' }]);
});
