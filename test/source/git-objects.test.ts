import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { commitSource, mergeBase, ObjectStore, readTree } from '../../src/source/git-objects/index.ts';
import { followLink } from '../../src/source/git-objects/links.ts';
import { applyDelta } from '../../src/source/git-objects/delta.ts';

let root: string;
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args], {
    cwd: root,
    encoding: 'utf8',
  }).trim();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'assay-objects-'));
  git('init', '--quiet');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function commit(): string {
  git('add', '--all');
  git('commit', '--quiet', '--message', 'x');
  return git('rev-parse', 'HEAD');
}

async function filesOf(id: string): Promise<Record<string, string>> {
  const store = new ObjectStore(join(root, '.git'));
  const source = commitSource(store, id, await readTree(store, id), 'x');
  const { entries } = await source.list();
  const files: Record<string, string> = {};
  for (const entry of entries) {
    const reader = await source.open(entry.path);
    expect(reader.size, entry.path).toBe(entry.size);
    files[entry.path] = Buffer.from(await reader.read(0, reader.size)).toString();
  }
  await store.close();
  return files;
}

/** A text of which one line differs, so that git packs the versions as deltas. */
const text = (version: number): string => Array.from({ length: 2000 }, (_, i) => `line ${i} ${i === 1000 ? version : ''}`).join('\n');

describe('commitSource', () => {
  it.each(['loose', 'packed', 'packed with reference deltas'])('reads every version of a tree, %s', async (kind) => {
    const ids: string[] = [];
    for (let version = 0; version < 12; version++) {
      write('a.txt', text(version));
      write(`dir/sub/${version}.txt`, `${version}`);
      write('empty', '');
      ids.push(commit());
    }
    if (kind !== 'loose')
      git('-c', `pack.deltaCacheSize=1`, 'repack', '-adfq', '--depth=50', ...(kind === 'packed' ? [] : ['--window=20']));
    if (kind === 'packed with reference deltas') git('-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq');
    for (const [version, id] of ids.entries()) {
      const files = await filesOf(id);
      expect(Object.keys(files)).toHaveLength(version + 3);
      expect(files['a.txt']).toBe(text(version));
      expect(files[`dir/sub/${version}.txt`]).toBe(`${version}`);
      expect(files['empty']).toBe('');
    }
  });

  it('reads deltas whatever their compression begins with', async () => {
    // Edits all over a file make deltas of many instructions, whose code tables alone are longer than a short read.
    const source = (file: number): string =>
      Array.from({ length: 40 }, (_, line) => `def f${line}(a, b):\n    return a + b + ${line + file * 7}\n`).join('\n');
    for (let file = 0; file < 200; file++) write(`src/m${file}.py`, source(file));
    const id = commit();
    git('repack', '-adfq', '--depth=50', '--window=50');
    const files = await filesOf(id);
    expect(Object.keys(files)).toHaveLength(200);
    for (let file = 0; file < 200; file++) expect(files[`src/m${file}.py`]).toBe(source(file));
  });

  it('refuses to compare with a tree of which a file is damaged', async () => {
    write('a', 'x');
    write('b', 'y');
    const id = commit();
    const blob = git('rev-parse', 'HEAD:b');
    const path = join(root, '.git/objects', blob.slice(0, 2), blob.slice(2));
    chmodSync(path, 0o644);
    writeFileSync(path, 'no object');
    const store = new ObjectStore(join(root, '.git'));
    await expect(commitSource(store, id, await readTree(store, id), 'x').list()).rejects.toThrow(/1 files of commit .* cannot be read/);
  });

  it('says what to do where the commit is not in the clone', async () => {
    write('a', 'x');
    commit();
    const store = new ObjectStore(join(root, '.git'));
    await expect(readTree(store, 'a'.repeat(40))).rejects.toThrow(/fetch-depth: 2/);
    await expect(readTree(store, 'main')).rejects.toThrow(UserError);
  });

  it('does not take a file that the clone lacks for one that is not there', async () => {
    write('a', 'x');
    write('b', 'y');
    const id = commit();
    const blob = git('rev-parse', 'HEAD:b');
    rmSync(join(root, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    const store = new ObjectStore(join(root, '.git'));
    await expect(commitSource(store, id, await readTree(store, id), 'x').list()).rejects.toThrow(/partial clone/);
  });

  it('follows links inside the tree as a check-out does, and no others', async () => {
    write('models/real.bin', 'weights');
    symlinkSync('models/real.bin', join(root, 'direct'));
    symlinkSync('models', join(root, 'folder'));
    symlinkSync('folder/real.bin', join(root, 'through'));
    symlinkSync('/etc/passwd', join(root, 'outside'));
    symlinkSync('../../x', join(root, 'above'));
    symlinkSync('circle', join(root, 'circle'));
    const files = await filesOf(commit());
    expect(files).toEqual({ 'models/real.bin': 'weights', direct: 'weights', through: 'weights' });
  });
});

describe('followLink', () => {
  it.each([
    ['a/../../b', undefined],
    ['a/./b', 'a/b'],
    ['x/f', 'deep/er/f'],
    ['y', undefined],
    ['z', undefined],
  ])('%s leads to %s', (path, target) => {
    const links = new Map([
      ['x', 'deep/er'],
      ['y', 'z'],
      ['z', 'y'],
    ]);
    expect(followLink(path, links)).toBe(target);
  });
});

describe('mergeBase', () => {
  it('is where two branches parted, through merges and clocks that go wrong', async () => {
    const dated = (name: string, time: number): string => {
      write(name, name);
      git('add', '--all');
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', name], {
        cwd: root,
        env: { ...process.env, GIT_COMMITTER_DATE: `${1_700_000_000 + time} +0000` },
      });
      return git('rev-parse', 'HEAD');
    };
    dated('one', 1000);
    const two = dated('two', 2000);
    const three = dated('three', 1500);
    git('checkout', '-qb', 'side', two);
    const side = dated('side', 5000);
    const store = new ObjectStore(join(root, '.git'));
    expect(await mergeBase(store, three, side)).toBe(two);
    expect(await mergeBase(store, two, side)).toBe(two);
    git('checkout', '-q', '--orphan', 'alone');
    expect(await mergeBase(store, dated('alone', 6000), side)).toBeUndefined();
    expect(await mergeBase(store, 'b'.repeat(40), side)).toBeUndefined();
  });
});

describe('applyDelta', () => {
  it.each([
    ['another base', [5, 4, 0x90, 4]],
    ['a copy past the base', [4, 8, 0x91, 2, 8]],
    ['an insert past the delta', [4, 8, 5, 1]],
    ['a reserved instruction', [4, 4, 0]],
    ['a short result', [4, 8, 0x90, 4]],
    ['a result longer than said', [4, 2, 0x90, 4]],
    ['an endless size', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]],
  ])('refuses %s', (_, bytes) => {
    expect(() => applyDelta(Buffer.from('base'), Buffer.from(bytes))).toThrow(/delta/);
  });
});
