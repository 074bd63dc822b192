// Verifies that the bundle of a release is what its sources give: node test/tools/check-action.mjs [folder]
// Builds the Action beside the given folder (default dist/action) and compares every file. On a tag the folder is in the commit.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const given = resolve(process.argv[2] ?? 'dist/action');
const built = resolve('node_modules/.cache/assay/check-bundle');

function digests(folder) {
  if (!existsSync(folder)) throw new Error(`${folder} does not exist: npm run build:action`);
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((item) => item.isFile());
  return new Map(
    files.map((item) => {
      const path = join(item.parentPath, item.name);
      return [relative(folder, path), createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

rmSync(built, { recursive: true, force: true });
const { status } = spawnSync('npm', ['run', '--silent', 'build:action'], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...process.env, ASSAY_ACTION_OUT: built },
});
if (status !== 0) process.exit(status ?? 2);
const [have, want] = [digests(given), digests(built)];
const differ = [...new Set([...have.keys(), ...want.keys()])].filter((file) => have.get(file) !== want.get(file)).sort();
for (const file of differ)
  console.error(`${!have.has(file) ? 'missing' : !want.has(file) ? 'not from these sources' : 'differs'}: ${file}`);
console.log(
  differ.length === 0 ? `${have.size} files, the same` : `${differ.length} of ${want.size} files are not what these sources give`,
);
process.exitCode = differ.length === 0 ? 0 : 1;
