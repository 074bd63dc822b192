// Runs the suites of the Action with the node of GitHub's runner: the npm package ships its binary.
// node test/tools/action-node.mjs [bench]
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const home = resolve('node_modules/.cache/assay/node24');
mkdirSync(home, { recursive: true });
const run = (command, args, env = {}) => {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 2);
};
// `prefix` alone decides where it goes: this package's own dependencies stay as they are.
run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--silent', '--prefix', home, 'node@24']);
const node = join(home, 'node_modules/.bin/node');
run(node, ['--version']);
const env = { ASSAY_ACTION_NODE: node };
if (process.argv[2] === 'bench') {
  // Not in dist, which a build of the command line empties.
  const out = resolve('node_modules/.cache/assay/bench-bundle');
  run('npm', ['run', '--silent', 'build:action'], { ASSAY_ACTION_OUT: out });
  run(process.execPath, ['test/tools/run.mjs', 'test/bench/action.ts', out], env);
} else run('npx', ['vitest', 'run', '--config', 'vitest.action.config.ts'], env);
