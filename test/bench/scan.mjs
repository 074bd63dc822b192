#!/usr/bin/env node
// CPU, wall clock and memory of `assay scan` over a source tree, as whole processes.
//   npm run bench:scan -- --tree DIR [--runs 3] [--vs DIR]
// Prints CPU seconds per MB of source, peak memory, and the wall-clock ratio of one worker to two, run in turn.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values: args } = parseArgs({ options: { tree: { type: 'string' }, runs: { type: 'string', default: '3' } } });
if (!args.tree) {
  console.error('usage: npm run bench:scan -- --tree DIR [--runs 3]');
  process.exit(2);
}
const SOURCE = /\.(?:py|ipynb|[cm]?[jt]sx?|vue|svelte|java|kt|go|rs|cs|rb|php|sh)$/;
const cli = resolve(import.meta.dirname, '../../dist/cli.js');
let bytes = 0;
let files = 0;
const walk = (dir) => {
  for (const item of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, item.name);
    if (item.isDirectory()) walk(path);
    else if (item.isFile() && SOURCE.test(item.name)) {
      bytes += statSync(path).size;
      files++;
    }
  }
};
walk(args.tree);
const megabytes = bytes / 1e6;

/** One scan under `time`, which reports the whole process tree of threads. */
function run(jobs) {
  const started = process.hrtime.bigint();
  const done = spawnSync(
    '/usr/bin/time',
    [
      '-f',
      '%U %S %M',
      process.execPath,
      cli,
      'scan',
      args.tree,
      '--format',
      'json',
      '--quiet',
      '--fail-on',
      'none',
      '--jobs',
      String(jobs),
    ],
    { encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  const wall = Number(process.hrtime.bigint() - started) / 1e9;
  const [user, system, kilobytes] = done.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: user + system, rss: kilobytes / 1024 };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const pairs = Array.from({ length: Number(args.runs) }, () => [run(1), run(2)]);
const one = pairs.map(([a]) => a);
console.log(`${files} source files, ${megabytes.toFixed(1)} MB`);
console.log(
  `one worker:  ${median(one.map((r) => r.cpu)).toFixed(1)} s CPU (${(median(one.map((r) => r.cpu)) / megabytes).toFixed(3)} s/MB), ${median(one.map((r) => r.wall)).toFixed(1)} s wall, ${median(one.map((r) => r.rss)).toFixed(0)} MB`,
);
console.log(
  `two workers: ${median(pairs.map(([, b]) => b.cpu)).toFixed(1)} s CPU, ${median(pairs.map(([, b]) => b.wall)).toFixed(1)} s wall, ${median(pairs.map(([, b]) => b.rss)).toFixed(0)} MB`,
);
console.log(
  `wall one / two, pair by pair: ${pairs.map(([a, b]) => (a.wall / b.wall).toFixed(2)).join(' ')} (median ${median(pairs.map(([a, b]) => a.wall / b.wall)).toFixed(2)})`,
);
