import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command line, as a user runs it. */
export function assay(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Run {
  const run = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { PATH: process.env['PATH'], SOURCE_DATE_EPOCH: '1700000000', ...options.env },
  });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}
