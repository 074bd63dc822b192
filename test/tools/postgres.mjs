// Runs the suite that needs a real PostgreSQL: a cluster of its own in a temporary directory, on a loopback port.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = '/usr/lib/postgresql';
const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
if (versions.length === 0) {
  console.error('no PostgreSQL server here; on Debian: apt-get install postgresql');
  process.exit(1);
}
const bin = join(root, versions[0], 'bin');
const directory = mkdtempSync(join(tmpdir(), 'assay-postgres-'));
// The server refuses to run as root.
const id = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
const user = process.getuid() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
if (user.uid !== undefined) chownSync(directory, user.uid, user.gid);
const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = server.address();
    server.close(() => resolve(free));
  });
});
const run = (program, args) => {
  const { status, stderr, error } = spawnSync(join(bin, program), args, {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    ...user,
  });
  if (status !== 0) throw new Error(`${program}: ${stderr || error}`);
};
const data = join(directory, 'data');
let code = 1;
try {
  run('initdb', ['-D', data, '-U', 'assay', '-A', 'trust', '--no-sync', '-E', 'UTF8']);
  run('pg_ctl', [
    '-D',
    data,
    '-w',
    '-l',
    join(directory, 'log'),
    '-o',
    `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories='' -c fsync=off -c max_connections=100`,
    'start',
  ]);
  const vitest = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.postgres.config.ts', ...process.argv.slice(2)],
    {
      stdio: 'inherit',
      env: { ...process.env, ASSAY_TEST_POSTGRES: `postgres://assay@127.0.0.1:${port}/postgres` },
    },
  );
  code = vitest.status ?? 1;
} finally {
  try {
    run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
  } catch (error) {
    console.error(error.message);
  }
  rmSync(directory, { recursive: true, force: true });
}
process.exit(code);
