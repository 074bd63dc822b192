#!/usr/bin/env node
// Accuracy of discovery: scans every checkout and scores the BOMs against hand-made labels.
//   npm run bench:discovery -- --repos DIR [--labels DIR] [--scorer FILE] [--boms DIR] [--only NAME] [--write docs/accuracy.md] [-- scorer arguments]
// DIR holds <owner>__<name>/ checkouts; labels and scorer are described in the scorer's README.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeSection } from './write-section.mjs';

const { values: args, positionals } = parseArgs({
  options: {
    repos: { type: 'string' },
    labels: { type: 'string' },
    scorer: { type: 'string' },
    boms: { type: 'string' },
    only: { type: 'string' },
    write: { type: 'string' },
  },
  allowPositionals: true,
});
const root = resolve(import.meta.dirname, '../..');
const bench = join(root, '../shared/bench/discovery');
const labels = resolve(args.labels ?? join(bench, 'labels'));
const scorer = resolve(args.scorer ?? join(bench, 'score.mjs'));
if (!args.repos || !existsSync(labels) || !existsSync(scorer)) {
  console.error('usage: npm run bench:discovery -- --repos DIR [--labels DIR] [--scorer FILE] [--boms DIR]');
  process.exit(2);
}
const boms = resolve(args.boms ?? mkdtempSync(join(tmpdir(), 'assay-boms-')));
mkdirSync(boms, { recursive: true });
for (const file of readdirSync(labels)
  .filter((name) => name.endsWith('.json'))
  .sort()) {
  const name = file.replace(/\.json$/, '');
  if (args.only && !name.toLowerCase().includes(args.only.toLowerCase())) continue;
  const repo = join(args.repos, name);
  if (!existsSync(repo)) {
    console.error(`missing: ${repo}`);
    continue;
  }
  const run = spawnSync(
    process.execPath,
    [
      join(root, 'dist/cli.js'),
      'scan',
      repo,
      '--format',
      'json',
      '--output',
      `cyclonedx=${join(boms, `${name}.cdx.json`)}`,
      '--fail-on',
      'none',
      '--no-progress',
    ],
    { encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  if (run.status !== 0) console.error(`${name}: exit ${run.status}\n${run.stderr}`);
}
const argv = [scorer, '--dir', labels, '--boms', boms, ...(args.only ? ['--skip-missing'] : [])];
const scored = spawnSync(process.execPath, [...argv, ...positionals], { encoding: 'utf8', maxBuffer: 1 << 30 });
process.stdout.write(scored.stdout);
process.stderr.write(scored.stderr);
if (args.write) {
  const { repos, micro } = JSON.parse(spawnSync(process.execPath, [...argv, '--json'], { encoding: 'utf8', maxBuffer: 1 << 30 }).stdout);
  writeSection(args.write, 'discovery', accuracy(repos, micro));
}
process.exit(scored.status ?? 2);

function accuracy(repos, micro) {
  const percent = (value) => (value == null ? '-' : (value * 100).toFixed(1));
  const line = (name, r) =>
    `| ${name} | ${r.expected} | ${r.found} | ${r.expected - r.found} | ${r.extra} | ${percent(r.precision)} | ${percent(r.recall)} | ${percent(r.f1)} |`;
  const head = (first) => [
    `| ${first} | labelled | found | missed | extra | precision % | recall % | F1 % |`,
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const kinds = Object.entries(micro.kinds).filter(([, r]) => r.expected || r.extra);
  const mean = repos.reduce((sum, r) => sum + (r.total.f1 ?? 0), 0) / repos.length;
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)} with \`npm run bench:discovery\` over ${repos.length} labelled public repositories (required labels).`,
    '',
    ...head('kind'),
    ...kinds.map(([kind, r]) => line(kind, r)),
    line('**all**', micro.total),
    '',
    `Mean F1 over repositories: ${percent(mean)} %.`,
    '',
    ...head('repository'),
    ...repos.map((r) => line(`${r.repo}`, r.total)),
  ].join('\n');
}
