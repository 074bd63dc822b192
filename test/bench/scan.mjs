#!/usr/bin/env node
// CPU, wall clock and memory of `assay scan` over a source tree, as whole processes.
//   npm run bench:scan -- --tree DIR [--runs 3] [--rules-times 10]
// Prints CPU seconds per MB of source, with and without what the smallest scan costs, peak memory, and the
// wall-clock ratio of one worker to two, run in turn: of the whole scan, and of the stage that workers share. With --rules-times N, the cost of N times as many detection rules.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values: args } = parseArgs({
  options: { tree: { type: 'string' }, runs: { type: 'string', default: '3' }, 'rules-times': { type: 'string' } },
});
if (!args.tree) {
  console.error('usage: npm run bench:scan -- --tree DIR [--runs 3] [--rules-times 10]');
  process.exit(2);
}
const SOURCE = /\.(?:py|ipynb|[cm]?[jt]sx?|vue|svelte|java|kt|go|rs|cs|rb|php|sh)$/;
const dist = resolve(import.meta.dirname, '../../dist');
const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/assay');
// Below the checkout, where a copy of the package finds its dependencies.
mkdirSync(CACHE, { recursive: true });
const scratch = mkdtempSync(join(CACHE, 'bench-'));
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
function run(jobs, { tree = args.tree, build = dist } = {}) {
  const scan = ['scan', tree, '--format', 'json', '--quiet', '--verbose', '--fail-on', 'none', '--jobs', String(jobs)];
  const started = process.hrtime.bigint();
  const done = spawnSync('/usr/bin/time', ['-f', '%U %S %M', process.execPath, join(build, 'cli.js'), ...scan], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const wall = Number(process.hrtime.bigint() - started) / 1e9;
  const [user, system, kilobytes] = done.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  const reading = Number(/^crawl +([\d.]+) s$/m.exec(done.stderr)?.[1]);
  return { wall, reading, cpu: user + system, rss: kilobytes / 1024 };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const of = (results, key) => median(results.map((result) => result[key]));
const times = (work) => Array.from({ length: Number(args.runs) }, work);

/** The built package with `factor` times as many detection rules: copies of those that ship, for packages that nothing imports. */
function buildWith(factor) {
  const folder = join(scratch, 'dist');
  cpSync(dist, folder, { recursive: true });
  const file = join(folder, 'knowledge/detect.json');
  const asset = JSON.parse(readFileSync(file, 'utf8'));
  const invented = (copy) => (rule, index) => ({
    ...rule,
    id: `${rule.id}-${copy}`,
    calls: rule.calls.map((_, at) => `bench${copy}x${index}.Client${at}.create${copy}x${index}`),
  });
  const copies = Array.from({ length: factor - 1 }, (_, copy) => asset.rules.map(invented(copy)));
  writeFileSync(file, JSON.stringify({ ...asset, rules: [...asset.rules, ...copies.flat()] }));
  return folder;
}

try {
  const least = join(scratch, 'least');
  mkdirSync(least);
  writeFileSync(join(least, 'main.py'), 'import openai\n');
  const start = of(
    times(() => run(1, { tree: least })),
    'cpu',
  );
  const slope = (cpu) =>
    `${cpu.toFixed(1)} s CPU (${(cpu / megabytes).toFixed(3)} s/MB, ${((cpu - start) / megabytes).toFixed(3)} beyond the start)`;
  console.log(`${files} source files, ${megabytes.toFixed(1)} MB; a tree of one line: ${start.toFixed(2)} s CPU`);
  if (args['rules-times']) {
    const build = buildWith(Number(args['rules-times']));
    const runs = times(() => [run(1), run(1, { build }), run(1, { tree: least, build })]);
    const [shipped, many, bare] = [0, 1, 2].map((at) =>
      of(
        runs.map((results) => results[at]),
        'cpu',
      ),
    );
    console.log(`rules that ship: ${slope(shipped)}`);
    console.log(`${args['rules-times']} times as many: ${many.toFixed(1)} s CPU; a tree of one line: ${bare.toFixed(2)} s`);
    console.log(`slope: ${((100 * (many - bare)) / (shipped - start) - 100).toFixed(1)} % more`);
  } else {
    const pairs = times(() => [run(1), run(2)]);
    const [one, two] = [0, 1].map((at) => pairs.map((pair) => pair[at]));
    console.log(`one worker:  ${slope(of(one, 'cpu'))}, ${of(one, 'wall').toFixed(1)} s wall, ${of(one, 'rss').toFixed(0)} MB`);
    console.log(`two workers: ${of(two, 'cpu').toFixed(1)} s CPU, ${of(two, 'wall').toFixed(1)} s wall, ${of(two, 'rss').toFixed(0)} MB`);
    for (const [what, key] of [
      ['the whole scan', 'wall'],
      ['reading alone', 'reading'],
    ]) {
      const ratios = pairs.map(([a, b]) => a[key] / b[key]);
      console.log(`${what}, one / two: ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')} (median ${median(ratios).toFixed(2)})`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
