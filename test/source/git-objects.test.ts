import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { commitSource } from '../../src/source/git-objects/index.ts';
import { applyDelta } from '../../src/source/git-objects/delta.ts';

let root: string;
const git = (...args: string[]): string => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args], { cwd: root, encoding: 'utf8' }).trim();

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

async function readTree(id: string): Promise<Record<string, string>> {
  const source = await commitSource(join(root, '.git'), id, 'x');
  const { entries } = await source.list();
  const files: Record<string, string> = {};
  for (const entry of entries) {
    const reader = await source.open(entry.path);
    expect(reader.size, entry.path).toBe(entry.size);
    files[entry.path] = Buffer.from(await reader.read(0, reader.size)).toString();
  }
  await source.close();
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
    if (kind !== 'loose') git('-c', `pack.deltaCacheSize=1`, 'repack', '-adfq', '--depth=50', ...(kind === 'packed' ? [] : ['--window=20']));
    if (kind === 'packed with reference deltas') git('-c', 'repack.useDeltaBaseOffset=false', 'repack', '-adfq');
    for (const [version, id] of ids.entries()) {
      const files = await readTree(id);
      expect(Object.keys(files)).toHaveLength(version + 3);
      expect(files['a.txt']).toBe(text(version));
      expect(files[`dir/sub/${version}.txt`]).toBe(`${version}`);
      expect(files['empty']).toBe('');
    }
  });

  it('says what to do where the commit is not in the clone', async () => {
    write('a', 'x');
    commit();
    await expect(commitSource(join(root, '.git'), 'a'.repeat(40), 'x')).rejects.toThrow(/fetch-depth: 0/);
    await expect(commitSource(join(root, '.git'), 'main', 'x')).rejects.toThrow(UserError);
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
