import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntegrityResult } from '../../src/core/report.ts';
import { checkAll } from '../../src/integrity/check-all.ts';
import { lfsPatterns, parsePointer } from '../../src/integrity/sources/git-lfs.ts';
import { embeddedTrustedRoot } from '../../src/integrity/trusted-root.ts';
import { directorySource } from '../../src/source/directory.ts';

// Git LFS: git holds a pointer, the work tree the file itself.

const weights = 'weights '.repeat(500);
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const pointerTo = (text: string): string => `version https://git-lfs.github.com/spec/v1\noid sha256:${digest(text)}\nsize ${text.length}\n`;

let root: string;
const git = (...args: string[]): void =>
  void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args], {
    cwd: root,
    stdio: 'ignore',
  });
const write = (path: string, text: string): void => writeFileSync(join(root, path), text);

async function check(below = ''): Promise<readonly IntegrityResult[]> {
  const source = await directorySource(join(root, below));
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
  return stage.results;
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'assay-lfs-'));
  mkdirSync(join(root, 'models'));
  git('init', '-q');
  // Without the filter installed git commits what stands there, which is what it would hold with it: the pointers.
  write('models/a.bin', pointerTo(weights));
  write('models/b.bin', pointerTo('other'));
  write('models/c.txt', 'small');
  git('add', '.');
  write('.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n');
  git('add', '.');
  git('commit', '-qm', 'pointers');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('Git LFS', () => {
  it('says nothing of pointers that were not replaced', async () => {
    expect(await check()).toEqual([]);
  });

  it('finds the file that was committed', async () => {
    write('models/a.bin', weights);
    expect(await check()).toMatchObject([
      { source: 'git-lfs', status: 'verified', trust: 'digest-pinned', covered: ['models/a.bin'], problems: [] },
    ]);
  });

  it('works below the root of the repository, when attributes stand there', async () => {
    write('models/.gitattributes', '*.bin filter=lfs\n');
    expect(await check('models')).toMatchObject([{ source: 'git-lfs', status: 'verified', covered: ['a.bin'] }]);
    rmSync(join(root, 'models/.gitattributes'));
  });

  it('finds another file in its place, of the same size or not', async () => {
    write('models/a.bin', weights.replace('w', 'v'));
    expect(await check()).toMatchObject([
      { status: 'failed', problems: [{ code: 'mismatch', path: 'models/a.bin', detail: 'sha256 differs' }] },
    ]);
    write('models/a.bin', `${weights}x`);
    expect(await check()).toMatchObject([
      { status: 'failed', problems: [{ code: 'mismatch', path: 'models/a.bin', detail: '4001 bytes instead of 4000' }] },
    ]);
  });

  it('reads pointers strictly', () => {
    expect(parsePointer(Buffer.from(pointerTo('x')))).toEqual({ digest: digest('x'), size: 1 });
    for (const text of [
      '',
      'version https://git-lfs.github.com/spec/v1\n',
      pointerTo('x').replace('sha256', 'md5'),
      `x${pointerTo('x')}`,
      pointerTo('x') + ' '.repeat(1024),
      pointerTo('x').replace('size 1', 'size 1e3'),
    ])
      expect(parsePointer(Buffer.from(text))).toBeUndefined();
  });

  it('reads attributes as git does', () => {
    const matches = lfsPatterns('# models\n*.bin filter=lfs -text\nsmall.bin -filter\n/top/** filter=lfs\n*.txt text\n');
    expect(['a.bin', 'x/y.bin', 'small.bin', 'top/a', 'x/top/a', 'a.txt'].map((path) => matches(path))).toEqual([
      true,
      true,
      false,
      true,
      false,
      false,
    ]);
    expect(lfsPatterns('*.bin text')('a.bin')).toBe(false);
  });
});
