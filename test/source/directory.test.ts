import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { directorySource, MAX_DEPTH } from '../../src/source/directory.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'assay-source-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content = 'x'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const git = (...args: string[]): void => {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args], {
    cwd: root,
    stdio: 'ignore',
  });
};

async function paths(options?: Parameters<typeof directorySource>[1]): Promise<string[]> {
  return (await (await directorySource(root, options)).list()).entries.map((entry) => entry.path);
}

async function skipped(): Promise<Record<string, string>> {
  return Object.fromEntries((await (await directorySource(root)).list()).skipped.map((item) => [item.path, item.reason]));
}

describe('ignore rules', () => {
  it('honours nested .gitignore files for untracked files', async () => {
    git('init');
    write('.gitignore', '*.log\n/build/\n');
    write('a.log');
    write('build/out.txt');
    write('src/build/kept.txt');
    write('src/.gitignore', '!keep.log\n');
    write('src/keep.log');
    write('src/other.log');
    expect(await paths()).toEqual(['.gitignore', 'src/.gitignore', 'src/build/kept.txt', 'src/keep.log']);
    expect(await skipped()).toMatchObject({ 'a.log': 'excluded', build: 'excluded', 'src/other.log': 'excluded' });
  });

  it('never lets an ignore pattern hide a tracked file', async () => {
    git('init');
    write('models/evil.pkl');
    write('models/cache.pkl');
    git('add', 'models/evil.pkl');
    write('.gitignore', 'models/\n*.pkl\n');
    expect(await paths()).toEqual(['.gitignore', 'models/evil.pkl']);
  });

  it.each(['2', '3', '4'])('reads index version %s', async (version) => {
    git('init');
    for (const name of ['models/a.pkl', 'models/ab.pkl', 'models/deep/c.pkl']) write(name);
    git('add', '-N', 'models/deep/c.pkl');
    git('add', 'models/a.pkl', 'models/ab.pkl');
    git('update-index', '--index-version', version);
    write('.gitignore', 'models/\n');
    expect(await paths()).toEqual(['.gitignore', 'models/a.pkl', 'models/ab.pkl', 'models/deep/c.pkl']);
  });

  it('ignores nothing where the index cannot be read', async () => {
    git('init');
    write('.git/index', 'DIRC garbage');
    write('.gitignore', '*.pkl\n');
    write('evil.pkl');
    expect(await paths()).toContain('evil.pkl');
  });

  it('does not apply .gitignore outside a work tree', async () => {
    write('.gitignore', '*.pkl\n');
    write('model.pkl');
    expect(await paths()).toContain('model.pkl');
  });

  it('leaves out installed dependencies, and reads them when asked', async () => {
    write('node_modules/x/index.js');
    write('env/pyvenv.cfg');
    write('env/lib/a.py');
    write('main.py');
    expect(await paths()).toEqual(['main.py']);
    expect(await skipped()).toMatchObject({ node_modules: 'excluded', env: 'excluded' });
    expect(await paths({ gitignore: false })).toContain('node_modules/x/index.js');
  });

  it('excludes by pattern', async () => {
    write('docs/a.md');
    write('src/a.md');
    expect(await paths({ exclude: ['docs/'] })).toEqual(['src/a.md']);
  });
});

describe('links and odd files', () => {
  it('reads a link to a file inside, never one that leads outside, and does not follow cycles', async () => {
    write('real.bin', 'abc');
    symlinkSync('real.bin', join(root, 'alias.safetensors'));
    symlinkSync('/etc/passwd', join(root, 'passwd'));
    symlinkSync('loop-b', join(root, 'loop-a'));
    symlinkSync('loop-a', join(root, 'loop-b'));
    mkdirSync(join(root, 'dir'));
    symlinkSync('..', join(root, 'dir', 'up'));
    expect(await paths()).toEqual(['alias.safetensors', 'real.bin']);
    expect(await skipped()).toMatchObject({ passwd: 'symlink-outside', 'loop-a': 'symlink-cycle', 'loop-b': 'symlink-cycle' });
  });

  it('reads a snapshot of a Hugging Face cache, which is all links into the blobs of the same model', async () => {
    write('models--a--b/blobs/abc', 'weights');
    write('elsewhere', 'x');
    const snapshot = join(root, 'models--a--b/snapshots/rev');
    mkdirSync(join(snapshot, 'unet'), { recursive: true });
    symlinkSync('../../blobs/abc', join(snapshot, 'model.bin'));
    symlinkSync('../../../blobs/abc', join(snapshot, 'unet/model.bin'));
    symlinkSync('../../../elsewhere', join(snapshot, 'other.bin'));
    for (const folder of [snapshot, join(snapshot, 'unet')]) {
      const source = await directorySource(folder);
      const { entries } = await source.list();
      expect(entries.map(({ path }) => path)).toContain('model.bin');
      const reader = await source.open('model.bin');
      expect(Buffer.from(await reader.read(0, 7)).toString()).toBe('weights');
      await reader.close?.();
    }
    const { skipped: left } = await (await directorySource(snapshot)).list();
    expect(left).toEqual([{ path: 'other.bin', reason: 'symlink-outside' }]);
    // A folder called snapshots alone is no cache.
    mkdirSync(join(root, 'x/snapshots/rev'), { recursive: true });
    write('x/blobs/abc');
    symlinkSync('../../blobs/abc', join(root, 'x/snapshots/rev/model.bin'));
    expect((await (await directorySource(join(root, 'x/snapshots/rev'))).list()).entries).toEqual([]);
  });

  it('does not open a path that became a link to the outside after the walk', async () => {
    write('a.txt');
    const source = await directorySource(root);
    await source.list();
    rmSync(join(root, 'a.txt'));
    symlinkSync('/etc/passwd', join(root, 'a.txt'));
    await expect(source.open('a.txt')).rejects.toThrow('outside');
  });

  it('lists special files instead of reading them', async () => {
    execFileSync('mkfifo', [join(root, 'pipe.pkl')]);
    expect(await skipped()).toEqual({ 'pipe.pkl': 'special-file' });
  });

  it('stops at a depth that no person writes', async () => {
    write(`${'d/'.repeat(MAX_DEPTH + 2)}x.py`);
    expect(Object.values(await skipped())).toEqual(['depth']);
  });

  it('keeps names with control characters as they are', async () => {
    write('$(x)\n::error::');
    expect(await paths()).toEqual(['$(x)\n::error::']);
  });
});

describe('target', () => {
  it('tells commit, branch and remote without running git or showing credentials', async () => {
    git('init');
    write('a.txt');
    git('add', '.');
    git('commit', '-m', 'first');
    git('remote', 'add', 'origin', 'https://user:secret@example.com/owner/name.git');
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
    const expected = { name: 'owner/name', type: 'directory', commit, branch: 'main', remote: 'https://example.com/owner/name' };
    expect((await directorySource(root)).target).toEqual(expected);
    git('pack-refs', '--all');
    expect((await directorySource(root)).target).toEqual(expected);
  });

  it('knows the commit in a linked work tree, and does not believe a link that git did not write', async () => {
    write('main/a.txt');
    const main = join(root, 'main');
    const run = (...args: string[]): void =>
      void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: main, stdio: 'ignore' });
    run('init');
    run('add', '.');
    run('commit', '-m', 'first');
    run('worktree', 'add', '../linked');
    expect((await directorySource(join(root, 'linked'))).target.commit).toMatch(/^[0-9a-f]{40}$/);
    write('forged/.git', `gitdir: ${join(main, '.git')}\n`);
    expect((await directorySource(join(root, 'forged'))).target.commit).toBeUndefined();
  });

  it('says what is wrong with a target in one line', async () => {
    await expect(directorySource(join(root, 'missing'))).rejects.toThrow(UserError);
    write('file.bin');
    await expect(directorySource(join(root, 'file.bin'))).rejects.toThrow(/assay inspect/);
  });
});
