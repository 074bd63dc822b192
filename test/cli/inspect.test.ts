import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assay } from './run.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'assay-inspect-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('lists what lies in a directory and cannot be read, and never as clean', () => {
  writeFileSync(join(root, 'a.txt'), 'words');
  symlinkSync('/etc/passwd', join(root, 'out.pkl'));
  symlinkSync('nowhere', join(root, 'lost.pkl'));
  const { stdout } = assay(['inspect', '--format', 'json', root]);
  const { artifacts } = JSON.parse(stdout) as { artifacts: { path: string; verdict: string }[] };
  expect(Object.fromEntries(artifacts.map(({ path, verdict }) => [path, verdict]))).toEqual({
    'a.txt': 'clean',
    'lost.pkl': 'incomplete',
    'out.pkl': 'incomplete',
  });
});
